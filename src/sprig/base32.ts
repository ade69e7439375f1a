import { toBytes } from '../golang/bytes.ts'
import { GoError } from '../golang/value.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Writes bytes as padded base32, as Go's base32.StdEncoding. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET.charAt((held >> bits) & 31)
    }
  }
  if (bits > 0) text += ALPHABET.charAt((held << (5 - bits)) & 31)
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}

/**
 * Reads padded base32, with line breaks anywhere, as Go's base32.StdEncoding.
 *
 * @throws GoError with the position, line breaks left out, of the first byte that is wrong
 */
export function decodeBase32(text: string): Buffer {
  const characters = toBytes(text)
    .toString('latin1')
    .replaceAll(/[\r\n]/g, '')
  const end = dataEnd(characters)
  const bytes = Buffer.alloc(Math.floor((end * 5) / 8))
  let bits = 0
  let held = 0
  let filled = 0
  for (const character of characters.slice(0, end)) {
    held = ((held << 5) | ALPHABET.indexOf(character)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[filled++] = (held >> bits) & 255
    }
  }
  return bytes
}

/** Checks groups of eight as Go's decoder does and gives where the padding begins. */
function dataEnd(characters: string): number {
  const { length } = characters
  for (let at = 0; at < length; at++) {
    const inGroup = at % 8
    const character = characters.charAt(at)
    if (character === '=' && inGroup >= 2 && length - at <= 8) {
      assertPadding(characters, at, inGroup)
      return at
    }
    if (!ALPHABET.includes(character)) fail(at)
  }
  if (length % 8 !== 0) fail(length - (length % 8))
  return length
}

function assertPadding(characters: string, first: number, inGroup: number): void {
  const { length } = characters
  if (length - first - 1 + inGroup < 7) fail(length)
  for (let at = first + 1; at < first + 8 - inGroup; at++) {
    if (characters[at] !== '=') fail(at - 1)
  }
  // No number of bytes ends in so many characters.
  if (inGroup === 3 || inGroup === 6) fail(first)
}

function fail(at: number): never {
  throw new GoError(`illegal base32 data at input byte ${at}`)
}
