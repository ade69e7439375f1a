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
    archive.write(headerText(part, mtime), at, 'latin1')
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
  header.write(headerText({ name, prefix: '', type: '0', data: { length: size } }, mtime), 'latin1')
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

/** Mode, user and group. */
const OWNER = '0000644\x000000000\x000000000\0'
/** An empty link, the format, no names of user and group, no device. */
const REST = `${'\0'.repeat(100)}ustar\x0000${'\0'.repeat(64)}0000000\x000000000\0`

const SHOWN_REST = REST.replaceAll('\0', '')

/** A ustar header, made as one text: many small writes take their time. */
function headerText(
  { name, prefix, type, data }: Omit<Part, 'data'> & { data: { length: number } },
  mtime: number,
): string {
  const numbers = `${OWNER}${octal(data.length, 11)}\0${octal(mtime, 11)}\0`
  // The sum takes its own field for eight spaces; zeros add nothing to it.
  const sum = sumOf(`${name}${numbers}        ${type}${SHOWN_REST}${prefix}`)
  return `${name.padEnd(100, '\0')}${numbers}${octal(sum, 6)}\0 ${type}${REST}${prefix}`
}

function sumOf(text: string): number {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at)
  return sum
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
