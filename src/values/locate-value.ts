import type { SourceSpan } from '../base/errors.ts'
import { PkgError } from '../base/errors.ts'
import { rawFile, type Chart } from '../chart/chart.ts'
import { spanFinderInAll } from '../encoding/yaml-span.ts'
import { fromBytes } from '../golang/bytes.ts'
import type { GoMap, Value } from '../golang/value.ts'
import type { ValuesFile, ValueSources } from './compose-values.ts'
import { parseSet, type SetFlag } from './parse-set.ts'
import type { LocateValue } from './validate.ts'

/**
 * Makes a finder of what sets a value: a flag, else the last of the person's files, else the
 * release before, else the defaults of the chart or of a subchart.
 */
export function locateValue(chart: Chart, sources: ValueSources = {}): LocateValue {
  const { files = [], kept } = sources
  let locate: LocateValue | undefined
  const inFiles: LocateValue = (path) => {
    // Most values are accepted, and nothing is read again for those.
    locate ??= locateInFiles([...defaultsOf(chart, ''), ...files])
    return locate(path)
  }
  return (path) =>
    flagThatSets(sources, path) ??
    (kept === undefined ? undefined : inKept(kept, files, path)) ??
    inFiles(path) ??
    inSubchart(chart, path, '')
}

/**
 * Makes a finder of what sets a value among a person's own flags and files, for a warning: larger
 * files are not worth the time to find a line in them.
 */
export function locateGiven({ files = [], ...flags }: ValueSources = {}): LocateValue {
  const locate = locateInFiles(files.filter(({ text }) => text.length <= MOST_TEXT))
  return (path) => flagThatSets(flags, path) ?? locate(path)
}

/** Characters that are read again in some 50 ms. */
const MOST_TEXT = 2 ** 20

/**
 * Makes a finder of the lines that set values: the last of the files that sets a value
 * counts, and for one that no file sets, the nearest map around it.
 */
export function locateInFiles(files: readonly ValuesFile[]): LocateValue {
  let finders: ReturnType<typeof spanFinderInAll>[] | undefined
  return (path) => {
    finders ??= files.map((file) => spanFinderInAll(file)).toReversed()
    for (let length = path.length; length > 0; length--) {
      const outer = path.slice(0, length)
      for (const find of finders) {
        const span = find(outer)
        if (span !== undefined) return span
      }
    }
    return undefined
  }
}

function inKept(
  kept: GoMap,
  files: readonly ValuesFile[],
  path: readonly string[],
): SourceSpan | undefined {
  const isInFile = files.some((file) => spanFinderInAll(file)(path) !== undefined)
  return holds(kept, path) && !isInFile ? { file: 'the values of the release' } : undefined
}

/** @param folder of the chart below the outermost one, with `/` at its end; empty for that one */
function defaultsOf(chart: Chart, folder: string): ValuesFile[] {
  const file = rawFile(chart, 'values.yaml')
  return file === undefined ? [] : [{ name: `${folder}values.yaml`, text: fromBytes(file.data) }]
}

function inSubchart(
  chart: Chart,
  [name, ...path]: readonly string[],
  folder: string,
): SourceSpan | undefined {
  const subchart = chart.subcharts.find(({ metadata }) => metadata.name === name)
  if (subchart === undefined) return undefined
  const inner = `${folder}charts/${subchart.metadata.name}/`
  return locateInFiles(defaultsOf(subchart, inner))(path) ?? inSubchart(subchart, path, inner)
}

function flagThatSets(sources: ValueSources, path: readonly string[]): SourceSpan | undefined {
  const flags: [SetFlag, readonly string[] | undefined][] = [
    ['set-literal', sources.setLiteral],
    ['set-file', sources.setFile],
    ['set-string', sources.setString],
    ['set', sources.set],
    ['set-json', sources.setJson],
  ]
  for (const [flag, texts = []] of flags) {
    const text = texts.findLast((each) => sets(flag, each, path))
    if (text !== undefined) return { file: `--${flag} ${path.join('.')}` }
  }
  return undefined
}

function sets(flag: SetFlag, text: string, path: readonly string[]): boolean {
  const values: GoMap = new Map()
  try {
    parseSet(flag, text, values)
  } catch (error) {
    // It was given over values that this one does not see.
    if (error instanceof PkgError) return false
    throw error
  }
  return holds(values, path)
}

function holds(values: GoMap, path: readonly string[]): boolean {
  let value: Value | undefined = values
  for (const step of path) {
    if (value instanceof Map) value = value.get(step)
    else value = Array.isArray(value) ? value[Number(step)] : undefined
    if (value === undefined) return false
  }
  return path.length > 0
}
