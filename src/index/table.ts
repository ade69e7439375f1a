import { closeSync, openSync, readSync } from 'node:fs'
import { parseJson } from '../base/json.ts'
import { sortEntries, type IndexEntry, type IndexHead } from './entry.ts'
import type { IndexSink } from './read.ts'

/*
 * The side table of an index: what look-ups and searches read in its place.
 *
 *   line 1     TableHead as JSON, with the places of the two parts at the end
 *   blocks     one for each chart: its versions as JSON, newest first
 *   directory  a line for each chart: its key as JSON, offset, length and sum of its block
 *   lines      what search reads: a line for each run of versions that search cannot tell apart
 *
 * A look-up reads the directory and one block; a search reads the lines alone. Each part has
 * a sum, so that a damaged table is seen and made anew.
 */

export interface TableHead extends IndexHead {
  format: number
  /** sha256 of the index, in hexadecimal digits. */
  source: string
  /** How many charts and versions there are. */
  charts: number
  versions: number
  warnings: string[]
  directory: Place
  lines: Place
}

/** Offset behind the head, length in bytes, and sum. */
type Place = readonly [offset: number, length: number, sum: number]

/** Versions of a chart, newest first, that search cannot tell apart. */
export interface SearchLine {
  /** What the chart is listed under. */
  key: string
  name: string
  description: string
  keywords: string
  /** The versions and their appVersions. */
  versions: readonly (readonly [version: string, appVersion: string])[]
}

export interface IndexTable {
  head: TableHead
  /** @returns undefined when there is no such chart */
  versionsOf(key: string): IndexEntry[] | undefined
  /** Keys of all charts, in the index's order. */
  keys(): string[]
  /** A sum over the entries of each chart: where it is the same, so are they. */
  sums(): Map<string, number>
  /** In the index's order, charts newest version first. */
  searchLines(): SearchLine[]
  close(): void
}

const FORMAT = 2
const HEAD_BYTES = 1 << 16
const PAIR = '\u001e'
const APP = '\u001f'

/** Collects the charts of an index into the parts of a table. */
export interface TableWriter extends IndexSink {
  /** The parts of the file, in order. */
  finish(head: IndexHead, source: string, warnings: string[]): Buffer[]
}

/** Starts a table. */
export function openTableWriter(): TableWriter {
  const blocks: Buffer[] = []
  const directory: string[] = ['\n']
  const lines: Buffer[] = []
  let offset = 0
  let charts = 0
  let versions = 0
  return {
    add(key, entries) {
      const sorted = sortEntries(entries)
      const block = Buffer.from(encodeBlock(sorted))
      const name = JSON.stringify(key)
      directory.push(`${name}\t${offset}\t${block.length}\t${sumOf(block)}\n`)
      lines.push(Buffer.from(encodeLines(name, sorted)))
      blocks.push(block)
      offset += block.length
      charts++
      versions += entries.length
    },
    finish(head, source, warnings) {
      const directoryPart = Buffer.from(directory.join(''))
      const linesPart = Buffer.concat(lines)
      const complete: TableHead = {
        format: FORMAT,
        source,
        ...shortened(head),
        charts,
        versions,
        warnings: warnings.slice(0, 20).map((warning) => warning.slice(0, 200)),
        directory: [offset, directoryPart.length, sumOf(directoryPart)],
        lines: [offset + directoryPart.length, linesPart.length, sumOf(linesPart)],
      }
      return [Buffer.from(`${JSON.stringify(complete)}\n`), ...blocks, directoryPart, linesPart]
    },
  }
}

/** The head is read in one piece, so that nothing that an index says may make it longer. */
function shortened({ apiVersion, generated }: IndexHead): IndexHead {
  return { apiVersion: apiVersion.slice(0, 200), generated: generated.slice(0, 200) }
}

/**
 * Opens the table of an index.
 *
 * @param source sha256 of the index, in hexadecimal digits
 * @returns undefined when there is none, or one that is of another index or damaged
 */
export function openTable(path: string, source: string): IndexTable | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const start = Buffer.allocUnsafe(HEAD_BYTES)
  const length = readSync(descriptor, start, 0, HEAD_BYTES, 0)
  const close = () => closeSync(descriptor)
  const table = tableIn(start.subarray(0, length), source, {
    part(offset, size) {
      const part = Buffer.allocUnsafe(size)
      const got = readSync(descriptor, part, 0, size, offset)
      return part.subarray(0, got)
    },
    close,
  })
  if (table === undefined) close()
  return table
}

/** Opens a table that is no file. */
export function openTableBytes(bytes: Buffer, source: string): IndexTable | undefined {
  return tableIn(bytes, source, {
    part: (offset, size) => bytes.subarray(offset, offset + size),
    close: () => undefined,
  })
}

interface TableBytes {
  /** Fewer than `size` bytes at the end. */
  part(offset: number, size: number): Buffer
  close(): void
}

/** @param start the first bytes, with the whole of the head */
function tableIn(start: Buffer, source: string, bytes: TableBytes): IndexTable | undefined {
  const end = start.indexOf(10)
  const head = end < 0 ? undefined : parseHead(start.toString('utf8', 0, end), source)
  if (head === undefined) return undefined
  const read = ([offset, size, sum]: Place): Buffer => {
    const part = bytes.part(end + 1 + offset, size)
    if (part.length !== size || sumOf(part) !== sum) throw new DamagedTable(source)
    return part
  }
  let directory: string | undefined
  const readDirectory = () => (directory ??= read(head.directory).toString('utf8'))
  return {
    head,
    versionsOf(key) {
      const text = readDirectory()
      const label = `\n${JSON.stringify(key)}\t`
      const at = text.indexOf(label)
      if (at < 0) return undefined
      const line = text.slice(at + label.length, text.indexOf('\n', at + label.length))
      const [offset = 0, size = 0, sum = 0] = line.split('\t').map(Number)
      return decodeBlock(read([offset, size, sum]).toString('utf8'))
    },
    keys: () =>
      readDirectory()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line.slice(0, line.lastIndexOf('"') + 1)) as string),
    sums() {
      const lines = readDirectory().split('\n')
      return new Map(lines.filter((line) => line !== '').map(sumIn))
    },
    searchLines: () => parseLines(read(head.lines).toString('utf8')),
    close: () => bytes.close(),
  }
}

/** Key and sum of a line of the directory; a key can have no tab, as JSON spells it. */
function sumIn(line: string): [key: string, sum: number] {
  const [key = '', , , sum] = line.split('\t')
  return [JSON.parse(key) as string, Number(sum)]
}

/** A table whose bytes are not those that were written. */
export class DamagedTable extends Error {
  override readonly name = 'DamagedTable'
}

function parseHead(text: string, source: string): TableHead | undefined {
  const head = parseJson(text) as unknown as TableHead | undefined
  return head?.format === FORMAT && head.source === source ? head : undefined
}

/** A version in a block; the description is 0 when it is that of the version before. */
type BlockRow = readonly [
  name: string,
  version: string,
  appVersion: string,
  description: string | 0,
  keywords: string | 0,
  urls: string[],
  digest: string,
  created: string,
  deprecated: 0 | 1,
]

function encodeBlock(entries: readonly IndexEntry[]): string {
  let before: IndexEntry | undefined
  const rows = entries.map((entry): BlockRow => {
    const { name, version, appVersion, description, keywords, urls, digest, created } = entry
    const row: BlockRow = [
      name,
      version,
      appVersion,
      description === before?.description ? 0 : description,
      keywords === before?.keywords ? 0 : keywords,
      urls,
      digest,
      created,
      entry.deprecated ? 1 : 0,
    ]
    before = entry
    return row
  })
  return JSON.stringify(rows)
}

function decodeBlock(text: string): IndexEntry[] {
  let before = { description: '', keywords: '' }
  return (JSON.parse(text) as BlockRow[]).map((row) => {
    const [name, version, appVersion, description, keywords, urls, digest, created, deprecated] =
      row
    before = {
      description: description === 0 ? before.description : description,
      keywords: keywords === 0 ? before.keywords : keywords,
    }
    return {
      name,
      version,
      appVersion,
      ...before,
      urls,
      digest,
      created,
      deprecated: deprecated === 1,
    }
  })
}

/** Texts of entries have no control characters, so these can stand between them. */
function encodeLines(key: string, entries: readonly IndexEntry[]): string {
  let text = ''
  let before: IndexEntry | undefined
  for (const entry of entries) {
    const { name, description, keywords, version, appVersion } = entry
    const isSame =
      name === before?.name && description === before.description && keywords === before.keywords
    if (isSame) text += PAIR
    else text += `${before === undefined ? '' : '\n'}${key}\t${name}\t${description}\t${keywords}\t`
    text += version + APP + appVersion
    before = entry
  }
  return before === undefined ? '' : `${text}\n`
}

function parseLines(text: string): SearchLine[] {
  const parsed: SearchLine[] = []
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at)
    const [key = '', name = '', description = '', keywords = '', rest = ''] = text
      .slice(at, end)
      .split('\t')
    parsed.push({
      key: key === `"${name}"` ? name : (JSON.parse(key) as string),
      name,
      description,
      keywords,
      get versions() {
        return rest.split(PAIR).map((pair) => {
          const cut = pair.indexOf(APP)
          return [pair.slice(0, cut), pair.slice(cut + 1)] as const
        })
      },
    })
    at = end + 1
  }
  return parsed
}

/** FNV-1a over words of four bytes, and the bytes that are left: tells damage, not malice. */
function sumOf(bytes: Buffer): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const words = bytes.length & ~3
  let sum = 0x811c9dc5
  for (let at = 0; at < words; at += 4) sum = Math.imul(sum ^ view.getInt32(at), 0x01000193)
  for (let at = words; at < bytes.length; at++) sum = Math.imul(sum ^ view.getUint8(at), 0x01000193)
  return sum >>> 0
}
