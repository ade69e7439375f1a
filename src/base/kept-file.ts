/*
 * Files of the cache that hold what was read of texts, from one run to the next, and the very texts.
 *
 * Such a file begins with numbers of 32 bits, as this machine writes them: the word of its kind; the
 * sum of what comes behind it up to the texts; how many numbers each part has. Then come the parts,
 * the last being JSON, and the texts.
 */
import type { Json } from './json.ts'

/** Keeps files under names; it may forget them at any time. */
export interface FileStore {
  /** In bytes. What was read of fewer is not worth a file. */
  readonly least: number
  read(name: string): Uint8Array | undefined
  write(name: string, content: readonly Uint8Array[]): void
}

/** What a file holds. */
export interface KeptFile {
  parts: Int32Array[]
  json: Json
  texts: readonly Uint8Array[]
}

/** `kind` is written in four letters. */
export interface FileKind {
  kind: string
  /** Besides JSON. */
  parts: number
}

const SPACE = 0x20

/** The bytes of a file, to be written one after the other. */
export function packFile(kind: string, { parts, json, texts }: KeptFile): Uint8Array[] {
  const all = [...parts, numbersOfJson(json)]
  const head = Int32Array.of(wordOf(kind), sumOf(all), ...all.map(({ length }) => length))
  return [...[head, ...all].map(bytesOf), ...texts]
}

/**
 * Takes a file apart; its texts come in one.
 *
 * @returns undefined for one of another kind or machine, and for one that lacks anything but texts
 */
export function openFile(
  data: Uint8Array | undefined,
  { kind, parts: count }: FileKind,
): KeptFile | undefined {
  const head = 3 + count
  if (data === undefined || data.length < head * 4 || data.byteOffset % 4 !== 0) return undefined
  const [word, sum, ...lengths] = numbersOf(data, 0, head)
  const texts = lengths.reduce((at, length) => at + length, head)
  const isWhole = lengths.every((length) => length >= 0) && data.length >= texts * 4
  if (word !== wordOf(kind) || !isWhole) return undefined
  let end = head
  const parts = lengths.map((length) => numbersOf(data, end, (end += length)))
  if (sumOf(parts) !== sum) return undefined
  const json = parts.pop()
  return json && { parts, json: jsonOf(json), texts: [data.subarray(texts * 4)] }
}

/** On another machine the letters come the other way round. */
function wordOf(kind: string): number {
  return new Int32Array(Uint8Array.from(Buffer.from(kind)).buffer)[0] ?? 0
}

/** Spaces behind it fill up the last number. */
function numbersOfJson(value: Json): Int32Array {
  const json = Buffer.from(JSON.stringify(value))
  const bytes = new Uint8Array(Math.ceil(json.length / 4) * 4).fill(SPACE)
  bytes.set(json)
  return new Int32Array(bytes.buffer)
}

function jsonOf(numbers: Int32Array): Json {
  return JSON.parse(bytesOf(numbers).toString()) as Json
}

function numbersOf(data: Uint8Array, start: number, end: number): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset + start * 4, end - start)
}

/** The same bytes, not a copy of them. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

/** In numbers; a disk loses, or gives in the place of another, no less than so much at once. */
const BLOCK = 128

/** Modulo 2³²; tells a file that a loss of power has left unfinished. */
function sumOf(parts: readonly Int32Array[]): number {
  let sum = 0
  for (const numbers of parts) {
    sum = (sum * 31 + numbers.length) | 0
    for (let at = 0; at < numbers.length; at += BLOCK) {
      sum = (sum * 31 + sumBetween(numbers, at, Math.min(at + BLOCK, numbers.length))) | 0
    }
  }
  return sum
}

/** Four at a time, as the loop is interpreted. */
function sumBetween(numbers: Int32Array, start: number, end: number): number {
  let sum = 0
  let index = start
  for (; index + 3 < end; index += 4) {
    const pair = (numbers[index] as number) + (numbers[index + 1] as number)
    sum = (sum + pair + (numbers[index + 2] as number) + (numbers[index + 3] as number)) | 0
  }
  for (; index < end; index++) sum = (sum + (numbers[index] as number)) | 0
  return sum
}
