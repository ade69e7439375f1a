import { toBytes } from '../golang/bytes.ts'

export interface TarFile {
  /** Path with `/`. */
  name: string
  data: Uint8Array
}

const BLOCK = 512

/**
 * Writes files as a tar archive whose bytes depend on nothing but its input: plain files with
 * mode 0644, no owner, one time. A path too long or too foreign for ustar gets a pax record.
 *
 * @param mtime seconds since 1970, at most 0o77777777777
 */
export function writeTar(files: readonly TarFile[], mtime: number): Buffer {
  const parts = files.flatMap((file) => entryParts(file))
  const size = parts.reduce((sum, part) => sum + BLOCK + padded(part.data.length), 2 * BLOCK)
  const archive = Buffer.alloc(size)
  let at = 0
  for (const part of parts) {
    writeHeader(archive.subarray(at, at + BLOCK), part, mtime)
    archive.set(part.data, at + BLOCK)
    at += BLOCK + padded(part.data.length)
  }
  return archive
}

/**
 * The header of a plain file whose bytes follow, filled up with zeros to a multiple of 512.
 *
 * @param name a path of at most 100 ASCII characters
 */
export function tarHeader(name: string, size: number, mtime: number): Buffer {
  const header = Buffer.alloc(BLOCK)
  writeHeader(header, { name, prefix: '', type: '0', data: { length: size } }, mtime)
  return header
}

interface Part {
  name: string
  prefix: string
  type: '0' | 'x'
  data: Uint8Array
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

function entryParts({ name, data }: TarFile): Part[] {
  const place = ustarName(name)
  if (place !== undefined) return [{ ...place, type: '0', data }]
  const short = name.replaceAll(/[^\x20-\x7e]/g, '_').slice(-80)
  return [
    { name: `PaxHeaders.0/${short}`, prefix: '', type: 'x', data: paxRecord('path', name) },
    { name: short, prefix: '', type: '0', data },
  ]
}

/** Up to 100 characters, or two parts of up to 155 and 100 cut at a slash. */
function ustarName(name: string): { name: string; prefix: string } | undefined {
  if (!/^[\x20-\x7e]*$/.test(name)) return undefined
  if (name.length <= 100) return { name, prefix: '' }
  const cut = name.indexOf('/', name.length - 101)
  if (cut < 0 || cut > 155 || cut === name.length - 1) return undefined
  return { name: name.slice(cut + 1), prefix: name.slice(0, cut) }
}

/** The length that a record starts with counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = toBytes(` ${key}=${value}\n`)
  let length = rest.length + 1
  while (length !== rest.length + String(length).length) {
    length = rest.length + String(length).length
  }
  return Buffer.concat([Buffer.from(String(length)), rest])
}

/** Fields of a ustar header: where they begin, and how many octal digits the numbers have. */
function writeHeader(
  header: Buffer,
  { name, prefix, type, data }: Omit<Part, 'data'> & { data: { length: number } },
  mtime: number,
): void {
  header.write(name, 0, 'latin1')
  header.write(['0000644', '0000000', '0000000', ''].join('\0'), 100, 'latin1')
  header.write(`${octal(data.length, 11)}\0${octal(mtime, 11)}\0`, 124, 'latin1')
  header.write(`        ${type}`, 148, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  header.write(['0000000', '0000000', ''].join('\0'), 329, 'latin1')
  header.write(prefix, 345, 'latin1')
  let sum = 0
  // Iterating over a Buffer takes several times as long as counting.
  for (let at = 0; at < BLOCK; at++) sum += header[at] ?? 0
  header.write(`${octal(sum, 6)}\0 `, 148, 'latin1')
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
