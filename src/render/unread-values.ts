/*
 * A person's values that nothing reads, most often misspelt ones.
 *
 * A name counts as unread when no template asked for it while it rendered, the defaults do not
 * have it, and no file of the chart speaks of it, so that an option which is off just now is no
 * misspelling. Below a map that no template looked into, anything may be meant; there only what
 * is nearly the name of a default is told of.
 */
import { nearest } from '../base/nearest.ts'
import type { Chart } from '../chart/chart.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { spokenNames } from '../values/spoken-names.ts'
import { peek, readsOf } from './traced-values.ts'

export interface UnreadValue {
  path: readonly string[]
  /** The name that was most likely wanted instead of the path's last. */
  meant: string | undefined
}

/** Says which value is meant, and which one may have been. */
export function unreadText({ path, meant }: UnreadValue): string {
  const advice = meant === undefined ? '' : `; did you mean "${meant}"?`
  return `no template reads ${path.join('.')}${advice}`
}

/** Charts of one release: as loaded, and as its values switched subcharts. */
export interface SwitchedChart {
  loaded: Chart
  chart: Chart
}

/** Whether a person's values have names that the defaults lack, so that reads matter. */
export function hasUnknownNames(charts: SwitchedChart, given: GoMap): boolean {
  return namesOf(charts, given, undefined).next().done !== true
}

/**
 * Finds the person's values that no template has read, one at a time: a file may hold thousands.
 *
 * @param values as {@link traceValues} made them, after the templates had them
 */
export function* unreadValues(
  charts: SwitchedChart,
  given: GoMap,
  values: GoMap,
): Generator<UnreadValue> {
  let spoken: ReadonlySet<string> | undefined
  for (const { path, section, isOfChart } of namesOf(charts, given, values)) {
    const name = path.at(-1) ?? ''
    if (isOwnOfPerson(name, path)) continue
    spoken ??= spokenNames(charts.chart)
    if (spoken.has(name)) continue
    const meant = name.length < SHORT ? undefined : nearest(name, namesAround(section))
    const isLookedInto = section.seen.some((each) => (readsOf(each)?.names.size ?? 0) > 0)
    if (isOfChart || isLookedInto || meant !== undefined) yield { path, meant }
  }
}

/** Of shorter names, too many are near to each other. */
const SHORT = 4

/** Anchors that a values file keeps for itself stand in such names. */
function isOwnOfPerson(name: string, path: readonly string[]): boolean {
  return path.length === 1 && /^(?:x-|[._])/.test(name)
}

/** A map of the person's, beside what charts and templates have in its place. */
interface Section {
  given: GoMap
  path: readonly string[]
  defaults: readonly GoMap[]
  seen: readonly GoMap[]
}

interface UnknownName {
  path: readonly string[]
  section: Section
  /** Whether it stands among the values of a chart, not in a map of theirs. */
  isOfChart: boolean
}

/** Names of the person's that the defaults lack and nobody has read. */
function* namesOf(
  charts: SwitchedChart,
  given: GoMap,
  values: GoMap | undefined,
): Generator<UnknownName> {
  const root = { given, path: [], defaults: [charts.chart.values], seen: values ? [values] : [] }
  yield* namesOfChart(charts, root, tablesOf(charts.chart, root))
}

/** `global` of every chart: what one of them reads is read. */
interface Globals {
  defaults: GoMap[]
  seen: GoMap[]
}

function tablesOf(chart: Chart, section: Pick<Section, 'defaults' | 'seen'>): Globals {
  const own = { defaults: at(section.defaults, GLOBAL), seen: at(section.seen, GLOBAL) }
  for (const subchart of chart.subcharts) {
    const { defaults, seen } = tablesOf(subchart, sectionOf(subchart, section))
    own.defaults.push(...defaults)
    own.seen.push(...seen)
  }
  return own
}

const GLOBAL = 'global'

function sectionOf(
  { metadata, values }: Chart,
  { defaults, seen }: Pick<Section, 'defaults' | 'seen'>,
): Pick<Section, 'defaults' | 'seen'> {
  return { defaults: [...at(defaults, metadata.name), values], seen: at(seen, metadata.name) }
}

function* namesOfChart(
  { loaded, chart }: SwitchedChart,
  section: Section,
  globals: Globals,
): Generator<UnknownName> {
  for (const [name, value] of section.given) {
    const path = [...section.path, name]
    const below = value instanceof Map ? value : undefined
    const subchart = chart.subcharts.find(({ metadata }) => metadata.name === name)
    if (subchart !== undefined && below !== undefined) {
      const before = loaded.subcharts.find(({ metadata }) => metadata.name === name) ?? subchart
      const inner = { given: below, path, ...sectionOf(subchart, section) }
      yield* namesOfChart({ loaded: before, chart: subchart }, inner, globals)
    } else if (name === GLOBAL && below !== undefined) {
      yield* namesOfMap({ given: below, path, ...globals })
    } else if (!isOfSwitch(loaded, section.path, name)) {
      yield* namesOfEntry(section, name, value, true)
    }
  }
}

/** Values of subcharts that are off, and the tags that switch them. */
function isOfSwitch(chart: Chart, path: readonly string[], name: string): boolean {
  return (
    (name === 'tags' && path.length === 0) ||
    chart.subcharts.some(({ metadata }) => metadata.name === name) ||
    (chart.metadata.dependencies ?? []).some((each) => each.name === name || each.alias === name)
  )
}

function* namesOfMap(section: Section): Generator<UnknownName> {
  for (const [name, value] of section.given) yield* namesOfEntry(section, name, value, false)
}

function* namesOfEntry(
  section: Section,
  name: string,
  value: Value,
  isOfChart: boolean,
): Generator<UnknownName> {
  // A null takes a default away.
  if (value === null) return
  const path = [...section.path, name]
  if (!section.defaults.some((each) => each.has(name)) && !isRead(section, name)) {
    yield { path, section, isOfChart }
    return
  }
  const inner = { path, defaults: at(section.defaults, name), seen: at(section.seen, name) }
  if (value instanceof Map) yield* namesOfMap({ given: value, ...inner })
  if (!Array.isArray(value)) return
  for (const [index, each] of value.entries()) {
    if (!(each instanceof Map)) continue
    const seen = itemsAt(section.seen, name, index)
    yield* namesOfMap({ ...inner, given: each, path: [...path, String(index)], seen })
  }
}

function isRead({ seen }: Section, name: string): boolean {
  return seen.some((each) => {
    const reads = readsOf(each)
    return reads !== undefined && (reads.isWhole || reads.names.has(name))
  })
}

function namesAround({ defaults, seen }: Section): string[] {
  const read = seen.flatMap((each) => [...(readsOf(each)?.names ?? [])])
  return [...defaults.flatMap((each) => [...each.keys()]), ...read]
}

/** The maps under a name; those of a list, when there is one. */
function at(maps: readonly GoMap[], name: string): GoMap[] {
  return maps.flatMap((map) => [peek(map, name) ?? []].flat()).filter((each) => each instanceof Map)
}

function itemsAt(maps: readonly GoMap[], name: string, index: number): GoMap[] {
  return maps.flatMap((map) => {
    const list = peek(map, name)
    const item = Array.isArray(list) ? list[index] : undefined
    return item instanceof Map ? [item] : []
  })
}
