import { fromBytes, toBytes } from '../golang/bytes.ts'
import { GoError } from '../golang/value.ts'

/**
 * Reads padded base64, with line breaks anywhere, as Go's base64.StdEncoding.
 *
 * @throws GoError with the position of the first byte that is wrong
 */
export function decodeBase64(text: string): Buffer {
  if (PLAIN.test(text)) return Buffer.from(text, 'base64')
  const bytes = toBytes(text).toString('latin1')
  const wrong = wrongByte(bytes)
  if (wrong !== undefined) throw new GoError(`illegal base64 data at input byte ${wrong}`)
  return Buffer.from(bytes.replaceAll(/[\r\n]/g, ''), 'base64')
}

/** Reads padded base64 into text; @throws as `decodeBase64` */
export function decodeBase64Text(text: string): string {
  return fromBytes(decodeBase64(text))
}

/** Where Go's decoder, which reads groups of four, stops; undefined when all is right. */
function wrongByte(bytes: string): number | undefined {
  let inGroup = 0
  for (let at = 0; at < bytes.length; at++) {
    const character = bytes.charAt(at)
    if (character === '\n' || character === '\r') continue
    if (character === '=') return wrongPadding(bytes, at, inGroup)
    if (!/[A-Za-z0-9+/]/.test(character)) return at
    inGroup = (inGroup + 1) % 4
  }
  return inGroup === 0 ? undefined : bytes.length - inGroup
}

function wrongPadding(bytes: string, first: number, inGroup: number): number | undefined {
  if (inGroup < 2) return first
  let at = afterLineBreaks(bytes, first + 1)
  if (inGroup === 2) {
    if (at === bytes.length) return bytes.length
    if (bytes[at] !== '=') return at - 1
    at = afterLineBreaks(bytes, at + 1)
  }
  return at < bytes.length ? at : undefined
}

function afterLineBreaks(bytes: string, start: number): number {
  let at = start
  while (bytes[at] === '\n' || bytes[at] === '\r') at++
  return at
}

const PLAIN = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
