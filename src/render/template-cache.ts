/*
 * What was read of a chart's templates, kept from one run to the next, so that they need not be read
 * again: of a large chart that is a quarter of all time. It serves for the very same files alone,
 * which are kept beside it.
 *
 * A file of the cache begins with numbers of 32 bits, as this machine writes them: MAGIC; the sum of
 * what comes behind it up to the texts; how many numbers are rows, places, lists (see KeptFiles) and
 * JSON. Then come these, the last being the JSON of paths, sizes and names, and the templates' texts.
 */
import type { KeptFiles } from '../gotmpl/template-files.ts'
import { sizeOf, type TemplateFile } from './collect-templates.ts'

/** Keeps files under names; it may forget them at any time. */
export interface TemplateStore {
  /** Templates of fewer bytes are not worth a file. */
  readonly least: number
  read(name: string): Uint8Array | undefined
  write(name: string, content: readonly Uint8Array[]): void
}

/** `kpkt` in the bytes of a little-endian machine; another one writes them the other way round. */
const MAGIC = 0x746b706b
const HEAD = 6
const SPACE = 0x20

/** Rows, places, lists and JSON. */
type Parts = readonly [Int32Array, Int32Array, Int32Array, Int32Array]

interface Names {
  /** Path and size of every file. */
  files: [string, number][]
  names: string[]
}

/** What an earlier run has kept of the same files; undefined when there is none. */
export function findTemplates(
  store: TemplateStore,
  files: readonly TemplateFile[],
): KeptFiles | undefined {
  const size = sizeOf(files)
  const data = store.read(nameOf(files, size))
  if (data === undefined || data.length < HEAD * 4 || data.byteOffset % 4 !== 0) return undefined
  const [magic, sum, ...lengths] = numbersOf(data, 0, HEAD)
  const texts = lengths.reduce((at, length) => at + length, HEAD)
  if (magic !== MAGIC || data.length !== texts * 4 + size) return undefined
  if (lengths.some((length) => length < 0)) return undefined
  const parts = partsOf(data, lengths)
  const [rows, places, lists, json] = parts
  if (sumOf(parts) !== sum) return undefined
  const { files: known, names } = JSON.parse(bufferOf(json).toString()) as Names
  if (!areSame(files, known, bufferOf(data).subarray(texts * 4))) return undefined
  return { rows, places, lists, names }
}

/** Keeps what was read of files for later runs. */
export function keepTemplates(
  store: TemplateStore,
  files: readonly TemplateFile[],
  kept: KeptFiles,
): void {
  const size = sizeOf(files)
  const { rows, places, lists, names } = kept
  const known: Names = {
    files: files.map(({ path, data }) => [path, data.length]),
    names: [...names],
  }
  const parts: Parts = [rows, places, lists, jsonOf(known)]
  const head = Int32Array.of(MAGIC, sumOf(parts), ...parts.map(({ length }) => length))
  const texts = files.map(({ data }) => data)
  store.write(nameOf(files, size), [...[head, ...parts].map(bufferOf), ...texts])
}

/** Charts of one name and size take one file of the cache, in which the last one stays. */
function nameOf(files: readonly TemplateFile[], size: number): string {
  const [chart = ''] = files.at(-1)?.path.split('/') ?? []
  return `${chart.replaceAll(/[^\w-]/g, '_').slice(0, 64)}-${files.length}-${size}`
}

function areSame(
  files: readonly TemplateFile[],
  known: readonly [string, number][],
  texts: Buffer,
): boolean {
  if (files.length !== known.length) return false
  let at = 0
  return files.every(({ path, data }, index) => {
    const [knownPath, size = 0] = known[index] ?? []
    const start = at
    at += size
    return path === knownPath && texts.compare(data, 0, data.length, start, at) === 0
  })
}

/** JSON as numbers; spaces behind it fill up the last one. */
function jsonOf(names: Names): Int32Array {
  const json = Buffer.from(JSON.stringify(names))
  const bytes = new Uint8Array(Math.ceil(json.length / 4) * 4).fill(SPACE)
  bytes.set(json)
  return new Int32Array(bytes.buffer)
}

function numbersOf(data: Uint8Array, start: number, end: number): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset + start * 4, end - start)
}

function partsOf(data: Uint8Array, lengths: readonly number[]): Parts {
  const [rows = 0, places = 0, lists = 0, json = 0] = lengths
  let end = HEAD
  const next = (length: number): Int32Array => numbersOf(data, end, (end += length))
  return [next(rows), next(places), next(lists), next(json)]
}

/** The same bytes, not a copy of them. */
function bufferOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

/** In numbers; a disk loses, or gives in the place of another, no less than so much at once. */
const BLOCK = 128

/** Modulo 2³²; tells a file that a loss of power has left unfinished. */
function sumOf(parts: Parts): number {
  let sum = 0
  for (const numbers of parts) {
    sum = (sum * 31 + numbers.length) | 0
    for (let at = 0; at < numbers.length; at += BLOCK) {
      sum = (sum * 31 + sumOfBlock(numbers.subarray(at, at + BLOCK))) | 0
    }
  }
  return sum
}

/** Four at a time, as the loop is interpreted. */
function sumOfBlock(numbers: Int32Array): number {
  const { length } = numbers
  let sum = 0
  let index = 0
  for (; index + 3 < length; index += 4) {
    const pair = (numbers[index] as number) + (numbers[index + 1] as number)
    sum = (sum + pair + (numbers[index + 2] as number) + (numbers[index + 3] as number)) | 0
  }
  for (; index < length; index++) sum = (sum + (numbers[index] as number)) | 0
  return sum
}
