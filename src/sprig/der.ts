/*
 * ASN.1 in DER, as much as certificates and keys need: a value is its tag, the length of
 * its contents, and the contents.
 */

/** One value: `raw` is all of it, `contents` what it holds. */
export interface DerValue {
  readonly tag: number
  readonly raw: Buffer
  readonly contents: Buffer
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  bytes: 0x04,
  objectId: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  utcTime: 0x17,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Writes one value. */
export function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents)
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body])
}

/** Writes a sequence of values that are written already. */
export function sequence(...values: Uint8Array[]): Buffer {
  return der(TAG.sequence, ...values)
}

/** Writes a number that is not negative. */
export function integer(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  const needsZero = (bytes[0] ?? 0) >= 0x80
  return der(TAG.integer, needsZero ? Buffer.of(0) : Buffer.alloc(0), bytes)
}

/** Writes an object identifier such as `2.5.29.15`. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(TAG.objectId, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** Writes a bit string of whole bytes. */
export function bitString(bytes: Uint8Array): Buffer {
  return der(TAG.bits, Buffer.of(0), bytes)
}

/** Reads the values that stand one after the other; undefined when they are not well-formed. */
export function readDer(bytes: Buffer): DerValue[] | undefined {
  const values: DerValue[] = []
  let at = 0
  while (at < bytes.length) {
    const header = headerAt(bytes, at)
    if (header === undefined) return undefined
    const end = header.start + header.length
    if (end > bytes.length) return undefined
    values.push({
      tag: bytes[at] ?? 0,
      raw: bytes.subarray(at, end),
      contents: bytes.subarray(header.start, end),
    })
    at = end
  }
  return values
}

/** Reads the values that a value holds; none when they are not well-formed. */
export function partsOf(value: DerValue | undefined): DerValue[] {
  return readDer(value?.contents ?? Buffer.alloc(0)) ?? []
}

/** Reads a number that is not negative. */
export function readInteger(value: DerValue | undefined): bigint {
  return BigInt(`0x0${value?.contents.toString('hex') ?? ''}`)
}

function headerAt(bytes: Buffer, at: number): { start: number; length: number } | undefined {
  const short = bytes[at + 1]
  if (short === undefined) return undefined
  if (short < 0x80) return { start: at + 2, length: short }
  const size = short & 0x7f
  if (size === 0 || size > 4 || at + 2 + size > bytes.length) return undefined
  return { start: at + 2 + size, length: bytes.readUIntBE(at + 2, size) }
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const hex = length.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes])
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}
