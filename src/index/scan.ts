import { isUtf8 } from 'node:buffer'
import { mayBeTyped, resolvePlain } from '../encoding/yaml-resolve.ts'
import {
  checkEntry,
  type IndexEntry,
  type IndexHead,
  type OnChart,
  type OnWarning,
} from './entry.ts'
import { EntryReader } from './entry-reader.ts'
import { giveUp, Irregular, Lines } from './lines.ts'
import { readText, skipValue } from './values.ts'

/** A chart that the general reader has read by itself. */
export interface ReadChart {
  key: string
  entries: IndexEntry[]
  warnings: string[]
}

export interface ScanSink {
  onChart: OnChart
  onWarning: OnWarning
  /**
   * Reads the lines of one chart, from its key on, that are written otherwise.
   *
   * @returns undefined when they can only be read with the rest of the index
   */
  readChart: (text: string) => ReadChart | undefined
}

/**
 * Reads an index.yaml of the form that Helm writes, without making a tree of it.
 *
 * It never decides that an index is wrong: a chart that it does not know how to read it leaves to
 * the general reader, and the whole index when that cannot read the chart by itself.
 *
 * @returns undefined when the index is written otherwise; charts may have been told of
 */
export function scanIndex(bytes: Buffer, sink: ScanSink): IndexHead | undefined {
  if (!isUtf8(bytes)) return undefined
  try {
    return new IndexScanner(bytes, sink).read()
  } catch (error) {
    if (error instanceof Irregular) return undefined
    throw error
  }
}

const NAME = /^[A-Za-z]+$/
const CHART = /^[A-Za-z0-9][\w.-]*$/

class IndexScanner {
  readonly #lines: Lines
  readonly #entries: EntryReader
  readonly #sink: ScanSink
  readonly #charts = new Set<string>()

  constructor(bytes: Buffer, sink: ScanSink) {
    this.#lines = new Lines(bytes)
    this.#entries = new EntryReader(this.#lines)
    this.#sink = sink
  }

  read(): IndexHead {
    const lines = this.#lines
    const head = { apiVersion: '', generated: '' }
    const seen = new Set<string>()
    if (lines.line === '---') lines.next()
    while (!lines.isEnd) {
      if (lines.isBlank || lines.startsWith('#')) {
        lines.next()
        continue
      }
      const colon = lines.colon()
      const key = lines.line.slice(0, colon)
      if (colon < 1 || !NAME.test(key) || seen.has(key)) giveUp()
      seen.add(key)
      if (key === 'apiVersion' || key === 'generated') head[key] = readText(lines, colon + 1, 0)
      else if (key === 'entries') this.#readCharts(colon + 1)
      else skipValue(lines, colon + 1, { column: 0 })
    }
    return head
  }

  #readCharts(at: number): void {
    const lines = this.#lines
    const value = lines.from(at).trim()
    lines.next()
    if (value === '{}') return
    if (value !== '') giveUp()
    skipVoid(lines)
    const column = lines.indent
    if (column < 1) return
    while (!lines.isEnd && lines.indent === column) {
      const start = lines.offset
      this.#tell(this.#scanChart(column) ?? this.#readChart(start, column))
      skipVoid(lines)
    }
    if (lines.indent > 0) giveUp()
  }

  #tell({ key, entries, warnings }: ReadChart): void {
    if (this.#charts.has(key)) giveUp()
    this.#charts.add(key)
    this.#sink.onChart(key, entries)
    for (const warning of warnings) this.#sink.onWarning(warning)
  }

  #scanChart(column: number): ReadChart | undefined {
    const lines = this.#lines
    try {
      const colon = lines.colon()
      const key = lines.line.slice(column, colon)
      if (colon < 0 || !CHART.test(key)) giveUp()
      if (mayBeTyped(key.charCodeAt(0)) && typeof resolvePlain(key, 'helm') !== 'string') giveUp()
      const warnings: string[] = []
      const entries = this.#readVersions({ key, warnings }, colon + 1, column)
      if (!isAtNext(lines, column)) giveUp()
      return { key, entries, warnings }
    } catch (error) {
      if (error instanceof Irregular) return undefined
      throw error
    }
  }

  /**
   * Hands the lines of a chart to the general reader. Where a text or a list in brackets goes on
   * in lines that are no deeper than its key, it ends too soon for that reader to take it.
   */
  #readChart(start: number, column: number): ReadChart {
    const lines = this.#lines
    lines.seek(start)
    do lines.next()
    while (!lines.isEnd && !isAtNext(lines, column))
    return this.#sink.readChart(lines.textSince(start)) ?? giveUp()
  }

  #readVersions(
    { key, warnings }: { key: string; warnings: string[] },
    at: number,
    column: number,
  ): IndexEntry[] {
    const lines = this.#lines
    const value = lines.from(at).trim()
    lines.next()
    if (value === '[]') return []
    const dash = lines.indent
    if (value !== '' || dash < column || lines.isEnd) giveUp()
    const entries: IndexEntry[] = []
    while (lines.indent === dash && lines.startsWith('- ')) {
      const entry = this.#entries.read(dash + 2)
      const problem = checkEntry(entry)
      if (problem === '') entries.push(entry)
      else warnings.push(`chart "${key}"${entry.version && ` ${entry.version}`}: ${problem}`)
    }
    return entries
  }
}

/** Whether the line begins what comes behind a chart: the next chart, or a line less deep. */
function isAtNext(lines: Lines, column: number): boolean {
  if (lines.isBlank || lines.startsWith('#')) return false
  return lines.indent < column || (lines.indent === column && !lines.startsWith('-'))
}

/** Goes past empty lines and comments. */
function skipVoid(lines: Lines): void {
  while (lines.isBlank || (!lines.isEnd && lines.startsWith('#'))) lines.next()
}
