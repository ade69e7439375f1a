import { PkgError } from '../base/errors.ts'
import { requirePackage } from '../base/lazy.ts'
import { quote } from '../golang/strconv.ts'
import { assertPathFits, spendFile, tooLarge, type ChartBudget } from './budget.ts'
import type { ChartFile, ChartWarning } from './chart.ts'
import { withoutMark } from './file-reader.ts'
import { linkStaysInside, type Link } from './links.ts'
import { isZero, readTar, TarError, type TarEntry } from './tar.ts'

export interface ArchiveContent {
  /** Files with their paths below the archive's one root folder, in the archive's order. */
  files: ChartFile[]
  warnings: ChartWarning[]
}

/**
 * Reads a chart archive in memory; nothing is written and no link is followed.
 *
 * A link that stays inside the chart is read as an empty file, as Helm does. Entries that
 * could harm whoever unpacks the chart are refused, also where Helm lets them pass.
 *
 * @throws PkgError ARCHIVE_UNSAFE, CHART_TOO_LARGE, CHART_INVALID
 */
export function readArchive(bytes: Uint8Array, budget: ChartBudget): ArchiveContent {
  const { tar, isCut } = gunzip(bytes, budget)
  const reading: Reading = {
    budget,
    root: undefined,
    files: [],
    names: new Map(),
    links: new Map(),
  }
  const end = tarErrors(() => readTar(tar, (entry) => takeEntry(entry, reading)))
  if (isCut && !end.hasMark) throw broken('gzip: invalid header')
  if (reading.files.length === 0) throw broken('no files in chart archive')
  assertNoFileIsFolder(reading)
  return {
    files: reading.files,
    warnings: [...linkWarnings(reading), ...restWarnings(end.rest, budget)],
  }
}

interface Reading {
  budget: ChartBudget
  /** The folder that all entries are in. */
  root: string | undefined
  files: ChartFile[]
  /** Names in lower case to names, so that `values.yaml` and `Values.yaml` cannot both be there. */
  names: Map<string, string>
  links: Map<string, Link>
}

/** Room for headers and padding, and for what may follow the end mark. */
function outputBound({ limits, bytes, files }: ChartBudget): number {
  return limits.treeBytes - bytes + (limits.treeFiles - files + 2) * 1024 + limits.fileBytes
}

function gunzip(bytes: Uint8Array, budget: ChartBudget): { tar: Buffer; isCut: boolean } {
  const { limits } = budget
  if (bytes.length > limits.archiveBytes) {
    throw tooLarge(
      `chart archive is larger than the maximum size ${limits.archiveBytes}`,
      `It has ${bytes.length} bytes.`,
    )
  }
  if (bytes.length < GZIP_HEADER) throw broken(bytes.length === 0 ? 'EOF' : 'unexpected EOF')
  if (!isGzip(bytes)) throw broken('gzip: invalid header')
  const zlib = requirePackage('node:zlib') as typeof import('node:zlib')
  const maxOutputLength = outputBound(budget)
  const chunkSize = Math.min(expectedSize(bytes) + 1, maxOutputLength)
  try {
    return { tar: fitted(zlib.gunzipSync(bytes, { maxOutputLength, chunkSize })), isCut: false }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(
        `decompressed chart is larger than the maximum size ${limits.treeBytes}`,
        `${bytes.length} compressed bytes give more than ${maxOutputLength}.`,
      )
    }
    if (code === 'Z_BUF_ERROR') throw broken('unexpected EOF')
    if (message !== 'incorrect header check') throw broken(`gzip: ${message}`)
  }
  // Something that is no gzip follows the first member. Helm stops at the archive's end mark
  // and never sees it, so the first member alone counts.
  const raw = bytes.subarray(headerLength(bytes))
  return { tar: zlib.inflateRawSync(raw, { maxOutputLength, chunkSize }), isCut: true }
}

/** Bytes that every gzip file has at least. */
const GZIP_HEADER = 10

/** Whether the bytes begin as a gzip file does, which may be all that is there of one. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8
}

/**
 * The size that the last member claims to have, as far as deflate could have made it from so
 * many bytes. With a buffer of that size, what is read is never copied from piece to piece.
 */
function expectedSize(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4)
  return Math.max(1024, Math.min(view.getUint32(0, true), bytes.length * MAX_RATIO))
}

/** Bytes that one compressed byte can become, at the very most. */
const MAX_RATIO = 1032

/** Gives back the memory of a buffer that turned out far too large. */
function fitted(output: Buffer): Buffer {
  return output.buffer.byteLength > 2 * output.length + 4096 ? Buffer.from(output) : output
}

/** Length of the gzip header: ten bytes, then fields as its flags say (RFC 1952). */
function headerLength(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0
  let at = 10
  if ((flags & 4) !== 0) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0)
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1
  return (flags & 2) === 0 ? at : at + 2
}

function tarErrors<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof TarError) throw broken(error.message)
    throw error
  }
}

function takeEntry(entry: TarEntry, reading: Reading): void {
  assertPathFits(reading.budget, entry.name)
  const name = pathBelowRoot(entry, reading)
  if (entry.kind === 'folder') return
  switch (entry.kind) {
    case 'device':
    case 'fifo':
      throw unsafe(entry, `it is a ${entry.kind}`)
    case 'sparse':
    case 'unknown':
      throw unsafe(entry, 'it is of a kind that charts do not have')
    default:
  }
  const twin = reading.names.get(name.toLowerCase())
  if (twin !== undefined) {
    throw unsafe(
      entry,
      twin === name ? 'it is there twice' : `it differs from ${quote(twin)} in case only`,
    )
  }
  reading.names.set(name.toLowerCase(), name)
  const isLink = entry.kind !== 'file'
  if (isLink) takeLink(name, entry, reading)
  const data = isLink ? new Uint8Array() : withoutMark(entry.data)
  spendFile(reading.budget, name, data.length)
  reading.files.push({ name, data })
}

/** Each link is followed through the others, so their number is bounded on its own. */
const MAX_LINKS = 1000

function takeLink(name: string, entry: TarEntry, { budget, links }: Reading): void {
  assertPathFits(budget, entry.target)
  links.set(name, { target: entry.target, isHard: entry.kind === 'hardlink' })
  if (links.size > MAX_LINKS) {
    throw tooLarge(`chart archive has more than the maximum of ${MAX_LINKS} links`)
  }
}

const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

const PARENT = /(?:^|[\\/])\.\.(?:[\\/]|$)/
const DRIVE = /^[a-zA-Z]:/

/** Cuts the root folder off. */
function pathBelowRoot(entry: TarEntry, reading: Reading): string {
  const { root, below } = partsOf(entry)
  if (below.length === 0 && entry.kind !== 'folder') {
    throw illegal('chart illegally contains content outside the base directory', entry)
  }
  reading.root ??= root
  if (reading.root !== root) throw unsafe(entry, `it is not in the folder ${quote(reading.root)}`)
  return below.join('/')
}

/** Takes a path apart; an archive made on Windows may have `\` between the parts. */
function partsOf(entry: TarEntry): { root: string; below: string[] } {
  const { name } = entry
  if (name === '' || UNPRINTABLE.test(name)) {
    throw unsafe(entry, 'its name has characters that do not print')
  }
  const [root = '', ...rest] = name.split(name.includes('\\') ? '\\' : '/')
  const below = rest.filter((part) => part !== '' && part !== '.')
  if (PARENT.test(name) || below[0]?.startsWith('..') === true) {
    throw illegal('chart illegally references parent directory', entry)
  }
  if (root === '') throw illegal('chart illegally contains absolute paths', entry)
  if (DRIVE.test(name) || DRIVE.test(below[0] ?? '')) {
    throw illegal('chart contains illegally named files', entry)
  }
  return { root, below }
}

function assertNoFileIsFolder({ files, names }: Reading): void {
  for (const { name } of files) {
    for (let at = name.indexOf('/'); at > 0; at = name.indexOf('/', at + 1)) {
      const above = name.slice(0, at)
      if (names.get(above.toLowerCase()) !== undefined) {
        throw unsafe({ name }, `it lies below the file ${quote(above)}`)
      }
    }
  }
}

function linkWarnings({ links, root = '' }: Reading): ChartWarning[] {
  return Array.from(links, ([name, link]) => {
    if (!linkStaysInside(name, { root, links })) {
      throw unsafe({ name }, `it is a link to ${quote(link.target)}, which leaves the chart`)
    }
    return { file: name, message: `link to "${link.target}" is read as an empty file` }
  })
}

function restWarnings(rest: Uint8Array, { limits }: ChartBudget): ChartWarning[] {
  if (rest.length > limits.fileBytes) {
    throw tooLarge(
      `what follows the end of the chart archive is larger than the maximum size ${limits.fileBytes}`,
      `It has ${rest.length} bytes.`,
    )
  }
  if (isZero(rest)) return []
  return [{ file: '', message: `${rest.length} bytes after the end of the archive are not read` }]
}

function unsafe({ name }: { name: string }, why: string): PkgError {
  return refused(`chart archive has an unsafe entry ${quote(name)}: ${why}`)
}

/** Says it as Helm does where Helm refuses such entries too, and names the entry. */
function illegal(why: string, { name }: { name: string }): PkgError {
  return refused(`${why}: ${quote(name)}`)
}

function refused(message: string): PkgError {
  return new PkgError('ARCHIVE_UNSAFE', message, {
    hint: 'Do not use this archive unless you know who made it; pack the chart anew.',
  })
}

function broken(why: string): PkgError {
  return new PkgError('CHART_INVALID', why, {
    hint: 'The file is damaged or no chart archive; fetch or pack it anew.',
  })
}
