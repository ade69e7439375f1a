import { isUtf8 } from 'node:buffer'
import { mayBeTyped, resolvePlain } from '../encoding/yaml-resolve.ts'
import {
  checkEntry,
  type IndexEntry,
  type IndexHead,
  type OnChart,
  type OnWarning,
} from './entry.ts'
import { giveUp, Irregular, Lines } from './lines.ts'
import { readText, readTexts, skipValue } from './values.ts'

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
  readonly #sink: ScanSink
  readonly #charts = new Set<string>()

  constructor(bytes: Buffer, sink: ScanSink) {
    this.#lines = new Lines(bytes)
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
      const rest = lines.from(colon + 1)
      if (key === 'apiVersion' || key === 'generated') head[key] = readText(lines, rest, 0)
      else if (key === 'entries') this.#readCharts(rest)
      else skipValue(lines, rest, { column: 0 })
    }
    return head
  }

  #readCharts(rest: string): void {
    const lines = this.#lines
    const value = rest.trim()
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
      const entries = this.#readVersions({ key, warnings }, lines.from(colon + 1), column)
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
    rest: string,
    column: number,
  ): IndexEntry[] {
    const lines = this.#lines
    const value = rest.trim()
    lines.next()
    if (value === '[]') return []
    const dash = lines.indent
    if (value !== '' || dash < column || lines.isEnd) giveUp()
    const entries: IndexEntry[] = []
    while (lines.indent === dash && lines.startsWith('- ')) {
      const entry = this.#readEntry(dash + 2)
      const problem = checkEntry(entry)
      if (problem === '') entries.push(entry)
      else warnings.push(`chart "${key}" ${entry.version}: ${problem}`)
    }
    return entries
  }

  /** Reads the fields at a column; the first one stands behind the dash of the item. */
  #readEntry(column: number): IndexEntry {
    const lines = this.#lines
    const entry = newEntry()
    let seen = 0
    let isFirst = true
    while (isFirst || (lines.indent === column && !lines.isBlank)) {
      isFirst = false
      const colon = lines.colon()
      if (colon < 0) giveUp()
      const key = lines.between(column, colon)
      const bit = FIELDS.get(key) ?? 0
      if ((seen & bit) !== 0) giveUp()
      seen |= bit
      this.#readField(entry, key, { rest: lines.from(colon + 1), column })
    }
    if (lines.isBlank || lines.indent > column) giveUp()
    return entry
  }

  #readField(
    entry: IndexEntry,
    key: string,
    { rest, column }: { rest: string; column: number },
  ): void {
    const lines = this.#lines
    switch (key) {
      case 'name':
      case 'version':
      case 'appVersion':
      case 'description':
      case 'digest':
      case 'created':
        entry[key] = readText(lines, rest, column)
        return
      case 'type':
        if (!['', 'application', 'library'].includes(readText(lines, rest, column))) giveUp()
        return
      case 'urls':
        entry.urls = readTexts(lines, rest, column)
        return
      case 'keywords':
        entry.keywords = readTexts(lines, rest, column).join(' ')
        return
      case 'deprecated':
        entry.deprecated = readBoolean(lines, rest)
        return
      case 'maintainers':
      case 'dependencies':
        skipValue(lines, rest, { column, onLine: assertItem })
        return
      default:
        if (!FIELDS.has(key)) assertUnknown(key)
        skipValue(lines, rest, { column })
    }
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

/** Fields that are kept, each with a bit of its own; 0 are those that are passed over. */
const FIELDS = new Map<string, number>(
  Object.entries({
    name: 1,
    version: 2,
    appVersion: 4,
    description: 8,
    digest: 16,
    created: 32,
    type: 64,
    urls: 128,
    keywords: 256,
    deprecated: 512,
    maintainers: 1024,
    dependencies: 2048,
    apiVersion: 4096,
  }),
)

const LOWER_FIELDS = new Set(Array.from(FIELDS.keys(), (key) => key.toLowerCase()))

function newEntry(): IndexEntry {
  return {
    name: '',
    version: '',
    appVersion: '',
    description: '',
    keywords: '',
    urls: [],
    digest: '',
    created: '',
    deprecated: false,
  }
}

/** Helm finds a field whatever the case of its letters. */
function assertUnknown(key: string): void {
  if (PASSED_OVER.has(key)) return
  if (!NAME.test(key) || LOWER_FIELDS.has(key.toLowerCase())) giveUp()
}

const PASSED_OVER = new Set(['annotations', 'home', 'icon', 'sources', 'kubeVersion'])

function readBoolean(lines: Lines, rest: string): boolean {
  const value = rest.trim()
  if (value !== 'true' && value !== 'false') giveUp()
  lines.next()
  return value === 'true'
}

/** Whether an entry can be used may hang on these: an empty item, or an odd alias. */
function assertItem(text: string, isOutermost: boolean): void {
  if (isOutermost && text.startsWith('-') && !/^- +[\w-]+:/.test(text)) giveUp()
  const [, alias] = /^(?:- +)?alias:(.*)$/.exec(text) ?? []
  if (alias !== undefined && !/^ *[a-zA-Z0-9_-]+ *$/.test(alias)) giveUp()
}
