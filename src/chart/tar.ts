/*
 * A tar archive in memory: 512-byte headers, each followed by its data in whole blocks.
 *
 * Reads ustar, GNU long names and pax records, and nothing it cannot vouch for: sizes must
 * be inside the archive, checksums right, records small. Names come out as the bytes say;
 * whether they are harmless is for the caller to judge.
 */
import { fromBytes } from '../golang/bytes.ts'

const BLOCK = 512
/** Go's own bound on the records that lengthen a header. */
const MAX_RECORD_BYTES = 1024 * 1024

export interface TarEntry {
  kind: 'file' | 'folder' | 'symlink' | 'hardlink' | 'device' | 'fifo' | 'sparse' | 'unknown'
  name: string
  /** Target of a link; empty for everything else. */
  target: string
  data: Uint8Array
}

/** What stands after the mark that ends an archive. */
export interface TarEnd {
  hasMark: boolean
  rest: Uint8Array
}

/** An archive that is not well-formed; the message says how, in Go's words where it has some. */
export class TarError extends Error {
  override readonly name = 'TarError'
}

/** Headers that hold for the next entry. */
interface Overrides {
  name?: string
  target?: string
  size?: number
  sparse?: boolean
}

/**
 * Gives each entry to `visit`, in order; data is a view of the archive, not a copy.
 *
 * @throws TarError when the archive is not well-formed
 */
export function readTar(archive: Buffer, visit: (entry: TarEntry) => void): TarEnd {
  let at = 0
  let overrides: Overrides = {}
  while (at + BLOCK <= archive.length) {
    const header = archive.subarray(at, at + BLOCK)
    at += BLOCK
    if (isZero(header)) return readEnd(archive, at)
    assertChecksum(header)
    const type = header.toString('latin1', 156, 157)
    const size = holdsData(type) ? (overrides.size ?? readNumber(header, 124, 136)) : 0
    if (size > archive.length - at) throw new TarError('unexpected EOF')
    const data = archive.subarray(at, at + size)
    at = Math.min(at + Math.ceil(size / BLOCK) * BLOCK, archive.length)
    if (type === 'x' || type === 'L' || type === 'K') {
      overrides = { ...overrides, ...readOverrides(type, data) }
      continue
    }
    if (type !== 'g') visit(entryOf(header, type, data, overrides))
    overrides = {}
  }
  if (at < archive.length) throw new TarError('unexpected EOF')
  return { hasMark: false, rest: archive.subarray(archive.length) }
}

function readEnd(archive: Buffer, at: number): TarEnd {
  const second = archive.subarray(at, at + BLOCK)
  if (second.length === BLOCK && !isZero(second))
    throw new TarError('archive/tar: invalid tar header')
  return { hasMark: true, rest: archive.subarray(at + second.length) }
}

/** Whether all bytes are 0. They are compared as a whole, as a look at each takes far longer. */
export function isZero(bytes: Uint8Array): boolean {
  return !bytes[0] && Buffer.compare(bytes, Buffer.alloc(bytes.length)) === 0
}

/** The sum of all bytes of the header, its own field taken as blanks; old tars sum signed bytes. */
function assertChecksum(header: Buffer): void {
  let unsigned = 8 * 32
  let negative = 0
  for (let at = 0; at < BLOCK; at++) {
    if (at === 148) at = 156
    const byte = header[at] ?? 0
    unsigned += byte
    if (byte > 127) negative += 256
  }
  const stored = readNumber(header, 148, 156)
  if (stored !== unsigned && stored !== unsigned - negative) {
    throw new TarError('archive/tar: invalid tar header')
  }
}

function holdsData(type: string): boolean {
  return !'123456'.includes(type)
}

/** A number in octal digits, or in base 256 when its first bit is set; never negative. */
function readNumber(header: Buffer, start: number, end: number): number {
  const first = header[start] ?? 0
  let number = 0
  if (first >= 0x80) {
    number = first & 0x7f
    // The second bit is the sign.
    if (first >= 0xc0) throw new TarError('archive/tar: invalid tar header')
    for (let at = start + 1; at < end; at++) number = number * 256 + (header[at] ?? 0)
  } else {
    const digits = header.toString('latin1', start, end).replaceAll(/^[ \0]+|[ \0][^]*$/g, '')
    if (!/^[0-7]*$/.test(digits)) throw new TarError('archive/tar: invalid tar header')
    number = digits === '' ? 0 : Number.parseInt(digits, 8)
  }
  if (!Number.isSafeInteger(number)) throw new TarError('archive/tar: invalid tar header')
  return number
}

function entryOf(header: Buffer, type: string, data: Buffer, overrides: Overrides): TarEntry {
  const name = overrides.name ?? headerName(header)
  const target = overrides.target ?? text(header, 157, 257)
  return { kind: kindOf(type, name, overrides), name, target, data }
}

function headerName(header: Buffer): string {
  const name = text(header, 0, 100)
  const isUstar = header.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isUstar ? text(header, 345, 500) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function text(header: Buffer, start: number, end: number): string {
  const field = header.subarray(start, end)
  const length = field.indexOf(0)
  return fromBytes(length < 0 ? field : field.subarray(0, length))
}

const KINDS: Record<string, TarEntry['kind']> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  '6': 'fifo',
  '7': 'file',
  S: 'sparse',
}

function kindOf(type: string, name: string, overrides: Overrides): TarEntry['kind'] {
  if (overrides.sparse === true) return 'sparse'
  const kind = KINDS[type] ?? 'unknown'
  return kind === 'file' && name.endsWith('/') ? 'folder' : kind
}

function readOverrides(type: 'x' | 'L' | 'K', data: Buffer): Overrides {
  if (data.length > MAX_RECORD_BYTES) {
    throw new TarError(`header record of ${data.length} bytes, more than ${MAX_RECORD_BYTES}`)
  }
  if (type === 'x') return readPax(data)
  const value = text(data, 0, data.length)
  return type === 'L' ? { name: value } : { target: value }
}

/** Records like `30 path=web/Chart.yaml\n`, where 30 is the length of the whole record. */
function readPax(data: Buffer): Overrides {
  const overrides: Overrides = {}
  let at = 0
  while (at < data.length) {
    const blank = data.indexOf(0x20, at)
    const digits = blank < 0 ? '' : data.toString('latin1', at, blank)
    const end = at + Number.parseInt(digits, 10)
    const equals = data.indexOf(0x3d, blank)
    const isWhole = end <= data.length && equals > blank && equals < end && data[end - 1] === 0x0a
    if (!/^\d{1,9}$/.test(digits) || !isWhole) throw new TarError('archive/tar: invalid tar header')
    const key = data.toString('latin1', blank + 1, equals)
    applyPax(overrides, key, fromBytes(data.subarray(equals + 1, end - 1)))
    at = end
  }
  return overrides
}

function applyPax(overrides: Overrides, key: string, value: string): void {
  if (key.startsWith('GNU.sparse.')) overrides.sparse = true
  if (key === 'path' || key === 'linkpath') {
    if (value.includes('\0')) throw new TarError('archive/tar: invalid tar header')
    if (value !== '') overrides[key === 'path' ? 'name' : 'target'] = value
  } else if (key === 'size' && value !== '') {
    if (!/^\d{1,15}$/.test(value)) throw new TarError('archive/tar: invalid tar header')
    overrides.size = Number(value)
  }
}
