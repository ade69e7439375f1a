import { trimSpace } from '../golang/space.ts'

/** One YAML document of a rendered file. */
export interface RenderedDocument {
  /** The document; of `documentsIn` trimmed at both ends. */
  text: string
  /** Line of the rendered file on which the document starts; counts from 1. */
  line: number
}

/** Splits rendered text as `documentsIn` does, all of it at once. */
export function splitDocuments(content: string): RenderedDocument[] {
  return [...documentsIn(content)]
}

/**
 * Splits rendered text at `---` lines, where white space around the separator goes too.
 *
 * A separator may have text glued to it (`---apiVersion: v1`), and one that follows
 * another directly belongs to the document, because the first took the line break.
 *
 * Source: Helm 4.1.4 pkg/release/v1/util/manifest.go, SplitManifests.
 */
export function* documentsIn(content: string): Generator<RenderedDocument> {
  const text = trimSpace(content)
  const lines = new Lines(content)
  const offset = content.indexOf(text)
  let start = 0

  const upTo = (end: number): RenderedDocument => {
    const raw = text.slice(start, end)
    const document = trimSpace(raw)
    const at = offset + start + raw.indexOf(document)
    return {
      text: document,
      get line() {
        return lines.numberAt(at)
      },
    }
  }

  if (text.startsWith('---')) start = skipBlank(text, 3)
  for (;;) {
    const separator = text.indexOf('\n---', start)
    if (separator < 0) break
    const end = skipBlankBack(text, separator, start)
    if (end > start) yield upTo(end)
    start = skipBlank(text, separator + 4)
  }
  if (text.length > start) yield upTo(text.length)
}

/** Tells lines by places in a text, from one to the next: few who have the text want to know. */
class Lines {
  private readonly text: string
  private line = 1
  private counted = 0

  constructor(text: string) {
    this.text = text
  }

  numberAt(place: number): number {
    if (place < this.counted) {
      this.line = 1
      this.counted = 0
    }
    this.line += countLines(this.text, this.counted, place)
    this.counted = place
    return this.line
  }
}

/**
 * Splits a manifest as those who write its objects do: each document keeps its end, and has a line
 * break there even when the text has none. A block scalar that stands last ends with it.
 *
 * Source: k8s.io/apimachinery v0.35.1 pkg/util/yaml/decoder.go, YAMLReader and LineReader.
 */
export function* wholeDocumentsIn(text: string): Generator<RenderedDocument> {
  let line = 1
  let counted = 0
  for (let start = 0, end = 0; start < text.length; start = end) {
    if (text.startsWith('---', start)) start += 3
    const separator = text.indexOf('\n---', start)
    end = separator < 0 ? text.length : separator + 1
    const filled = skipBlank(text, start)
    if (filled >= end) continue
    const begin = Math.max(start, text.lastIndexOf('\n', filled) + 1)
    line += countLines(text, counted, begin)
    counted = begin
    yield { text: text.slice(begin, end) + (text[end - 1] === '\n' ? '' : '\n'), line }
  }
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && isBlank(text.charCodeAt(at))) at++
  return at
}

function skipBlankBack(text: string, from: number, floor: number): number {
  let at = from
  while (at > floor && isBlank(text.charCodeAt(at - 1))) at--
  return at
}

/** What `\s` matches in Go's regular expressions. */
function isBlank(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 9 || unit === 13 || unit === 12
}

function countLines(text: string, start: number, end: number): number {
  let count = 0
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    count++
  }
  return count
}
