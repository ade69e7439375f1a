import { chartPath, type Chart } from '../chart/chart.ts'
import { fromBytes } from '../golang/bytes.ts'
import { fileReads } from '../hbs/file-reads.ts'
import { compileGlob } from './glob.ts'
import { goFileReads } from './go-file-reads.ts'

/** A place in a template that reads a file which the chart does not have. */
export interface MissingFile {
  /** The template, by its path below the chart. */
  template: string
  line: number
  /** In characters, from 1. */
  column: number
  /** What is read. */
  name: string
}

/**
 * Lists where the templates of a chart, without its subcharts, read files by names that stand
 * there and that the chart does not have: Helm gives an empty text for them.
 *
 * A name that a template anywhere asks about first, or has another text for, is left out, and so
 * is one that a pattern of `files.glob` takes. Templates of library charts read the files of
 * others.
 */
export function missingFiles(chart: Chart): MissingFile[] {
  if (chart.metadata.type?.toLowerCase() === 'library') return []
  const own = new Set(chart.files.map(({ name }) => name))
  const all = new Set(filesBelow(chart))
  const reads = chart.templates.flatMap(({ name, data }) => {
    const text = fromBytes(data)
    return /files/i.test(text) ? readsOf(chart, name, text) : []
  })
  const tested = new Set(reads.filter(({ isTested }) => isTested).map(({ name }) => name))
  const patterns = new Set(reads.filter(({ isPattern }) => isPattern).map(({ name }) => name))
  // Whatever they all take together takes too long to find out.
  if (patterns.size > MOST_PATTERNS) return []
  const globs = [...patterns].map((pattern) => compileGlob(pattern))
  return reads.filter(({ template, isPattern, name }) => {
    if (isPattern || tested.has(name) || globs.some((takes) => takes(name))) return false
    // What a partial defines may be called by a subchart, for its own files.
    const isPartial = /(?:^|\/)_[^/]*$/.test(template)
    return !(isPartial ? all : own).has(name)
  })
}

const MOST_PATTERNS = 100

function filesBelow({ files, subcharts }: Chart): string[] {
  return [...files.map(({ name }) => name), ...subcharts.flatMap(filesBelow)]
}

interface Read extends MissingFile {
  isPattern: boolean
  isTested: boolean
}

function readsOf(chart: Chart, template: string, text: string): Read[] {
  if (!template.endsWith('.hbs')) {
    const path = `${chartPath(chart)}/${template}`
    return goFileReads(path, text, TESTERS).map((read) => ({ ...read, template }))
  }
  return fileReads(template, text, TESTERS).map(({ place, ...read }) => {
    return { ...read, template, line: place.line, column: place.column + 1 }
  })
}

/** Functions with an answer of their own for a text that is empty. */
const TESTERS: ReadonlySet<string> = new Set(
  'if unless and or not eq ne len default coalesce empty required ternary fail'.split(' '),
)
