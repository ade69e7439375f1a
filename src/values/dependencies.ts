import { PkgError } from '../base/errors.ts'
import { isCompatibleRange } from '../base/versions.ts'
import type { Chart } from '../chart/chart.ts'
import type { ChartMetadata, Dependency } from '../chart/metadata.ts'
import { trimSpace } from '../golang/space.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { coalesceValues, type OnWarning } from './coalesce.ts'
import { importValues } from './import-values.ts'
import { findTable, findValue } from './value-paths.ts'

export interface ResolvedChart {
  /** A copy of the chart, without the subcharts that are off; aliases have copies of their own. */
  chart: Chart
  /** The person's values, as they were given. */
  values: GoMap
}

/**
 * Decides which subcharts are on: matches each declared dependency with a subchart by name
 * and version range, gives aliased ones their name, switches by conditions and tags, and
 * imports the values that parents want from their subcharts.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/util/dependencies.go, `ProcessDependencies`.
 *
 * @param chart left as it is
 * @throws PkgError VALUES_UNREADABLE when a subchart's values are no map
 */
export function resolveSubcharts(
  chart: Chart,
  values: GoMap,
  onWarning: OnWarning = () => undefined,
): ResolvedChart {
  const resolved = copyChart(chart, undefined)
  try {
    switchSubcharts(resolved, values, '', onWarning)
    importValues(resolved, onWarning)
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const message = `chart dependencies processing failed: ${error.message}`
    throw new PkgError(error.code, message, { hint: error.hint, cause: error })
  }
  return { chart: resolved, values }
}

/** Copies what resolving changes: the tree, the metadata, and which values each chart has. */
function copyChart(chart: Chart, parent: Chart | undefined): Chart {
  const copy: Chart = { ...chart, metadata: copyMetadata(chart.metadata), parent }
  copy.subcharts = chart.subcharts.map((subchart) => copyChart(subchart, copy))
  return copy
}

function copyMetadata(metadata: ChartMetadata): ChartMetadata {
  const { dependencies } = metadata
  if (dependencies === undefined) return { ...metadata }
  return { ...metadata, dependencies: dependencies.map((each) => ({ ...each })) }
}

/**
 * Keeps the subcharts of `chart` that are on, and goes on inside them.
 *
 * @param path of the chart in the values of the root, with a dot after each name
 */
function switchSubcharts(chart: Chart, values: GoMap, path: string, warn: OnWarning): void {
  const { dependencies } = chart.metadata
  if (dependencies === undefined) return
  chart.subcharts = [...undeclared(chart, dependencies), ...declared(chart, dependencies)]
  for (const subchart of chart.subcharts) subchart.parent = chart
  for (const each of dependencies) each.enabled = true
  const coalesced = coalesceValues(chart, values, { onWarning: warn })
  switchByTags(dependencies, coalesced, warn)
  switchByConditions(dependencies, { values: coalesced, path }, warn)
  const off = new Set(dependencies.filter((each) => each.enabled !== true).map(({ name }) => name))
  chart.subcharts = chart.subcharts.filter(({ metadata }) => !off.has(metadata.name))
  for (const subchart of chart.subcharts) {
    switchSubcharts(subchart, coalesced, `${path}${subchart.metadata.name}.`, warn)
  }
  const on = dependencies.filter(({ name }) => !off.has(name))
  if (on.length > 0) chart.metadata.dependencies = on
  else delete chart.metadata.dependencies
}

/** Subcharts that lie in charts/ though no dependency asks for them. They are on. */
function undeclared(chart: Chart, dependencies: readonly Dependency[]): Chart[] {
  return chart.subcharts.filter(
    (subchart) => !dependencies.some((dependency) => isMatch(subchart, dependency)),
  )
}

/** One copy of a subchart for each dependency that has one, under its alias. */
function declared(chart: Chart, dependencies: readonly Dependency[]): Chart[] {
  const found: Chart[] = []
  for (const dependency of dependencies) {
    const subchart = chart.subcharts.find((each) => isMatch(each, dependency))
    const { alias } = dependency
    if (subchart !== undefined) {
      const copy = copyForAlias(subchart, chart)
      if (alias) copy.metadata.name = alias
      found.push(copy)
    }
    if (alias) dependency.name = alias
  }
  return found
}

/**
 * Copies a subchart for one dependency, two levels deep as Helm does: what lies deeper is
 * shared by all aliases of the subchart, and so are the names in its template paths.
 */
function copyForAlias(subchart: Chart, parent: Chart): Chart {
  const copy: Chart = { ...subchart, metadata: copyMetadata(subchart.metadata), parent }
  copy.subcharts = subchart.subcharts.map((each) => ({ ...each, parent: copy }))
  return copy
}

function isMatch({ metadata }: Chart, { name, version = '' }: Dependency): boolean {
  return metadata.name === name && isCompatibleRange(version, metadata.version)
}

/** A dependency is off when a tag of it is false and none is true. */
function switchByTags(dependencies: readonly Dependency[], values: GoMap, warn: OnWarning): void {
  const tags = findTable(values, 'tags')
  if (!(tags instanceof Map)) return
  for (const dependency of dependencies) {
    const set: boolean[] = []
    for (const tag of dependency.tags ?? []) {
      if (!tags.has(tag)) continue
      const value = tags.get(tag)
      if (typeof value === 'boolean') set.push(value)
      else warn(`returned non-bool value tag=${tag} chart=${dependency.name}`)
    }
    dependency.enabled = set.length === 0 || set.includes(true)
  }
}

/** The first of a dependency's conditions that is a boolean decides, whatever the tags say. */
function switchByConditions(
  dependencies: readonly Dependency[],
  place: { values: GoMap; path: string },
  warn: OnWarning,
): void {
  for (const dependency of dependencies) {
    for (const condition of trimSpace(dependency.condition ?? '').split(',')) {
      if (condition === '') continue
      const value: Value | undefined = findValue(place.values, place.path + condition)
      if (typeof value === 'boolean') {
        dependency.enabled = value
        break
      }
      if (value !== undefined) {
        warn(`returned non-bool value path=${condition} chart=${dependency.name}`)
      }
    }
  }
}
