import { PkgError } from '../base/errors.ts'
import type { Chart } from '../chart/chart.ts'
import { isNative } from '../chart/chart.ts'
import { sprintf } from '../golang/format.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { copyMap } from './copy-values.ts'

/** Is told, one text at a time, of values that were ignored; the texts are Helm's. */
export type OnWarning = (warning: string) => void

export interface CoalesceOptions {
  onWarning?: OnWarning | undefined
  /**
   * Keeps every null, because the result is coalesced again later. Else a null of the
   * person's removes the default that it stands over.
   */
  keepNulls?: boolean
  /** Takes the charts' own values as they are and copies none, because nobody needs them afterwards. */
  takesDefaults?: boolean
}

/**
 * Lays the person's values over the defaults of a chart and all its subcharts: the tree
 * that templates see. Maps are merged, all else is replaced; what a chart says wins over
 * its subcharts; `global` is handed down to each of them.
 *
 * A native chart loses every null at every depth. A Helm chart keeps or loses it as Helm
 * does: one of the person's goes with the default under it, most others stay.
 *
 * Source: Helm 4.1.4 pkg/chart/common/util/coalesce.go, `CoalesceValues`, `MergeValues`.
 *
 * @param values left as they are
 * @throws PkgError VALUES_UNREADABLE when a subchart's values are no map
 */
export function coalesceValues(chart: Chart, values: GoMap, options: CoalesceOptions = {}): GoMap {
  const pass: Pass = {
    warn: options.onWarning ?? (() => undefined),
    keepNulls: options.keepNulls ?? false,
    takesDefaults: options.takesDefaults ?? false,
  }
  const result = copyMap(values)
  coalesceChart(pass, chart, result, '')
  if (!pass.keepNulls) removeNullsOfNative(chart, result)
  return result
}

/**
 * Merges `source` into `target` where `target` has no such key, in place, and keeps nulls.
 * Maps may be shared between the two afterwards.
 *
 * Source: Helm 4.1.4 pkg/chart/common/util/coalesce.go, `MergeTables`.
 */
export function mergeTables(target: GoMap, source: GoMap, onWarning: OnWarning): GoMap {
  mergeInto({ warn: onWarning, keepNulls: true }, target, source, '')
  return target
}

/**
 * Merges `source` into `target`, which wins, in place; a null of the target's goes together
 * with what it stands over. Maps may be shared between the two afterwards.
 *
 * Source: Helm 4.1.4 pkg/chart/common/util/coalesce.go, `CoalesceTables`.
 */
export function coalesceInto(target: GoMap, source: GoMap, onWarning: OnWarning): GoMap {
  mergeInto({ warn: onWarning, keepNulls: false }, target, source, '')
  return target
}

interface Pass {
  readonly warn: OnWarning
  readonly keepNulls: boolean
  readonly takesDefaults?: boolean
}

const GLOBAL = 'global'

function coalesceChart(pass: Pass, chart: Chart, target: GoMap, prefix: string): void {
  addDefaults(pass, chart, target, prefix)
  const inner = joinPath(prefix, chart.metadata.name)
  for (const subchart of chart.subcharts) {
    const { name } = subchart.metadata
    const values = target.has(name) ? (target.get(name) ?? null) : new Map<string, Value>()
    if (!(values instanceof Map)) throw typeMismatch(name, values)
    target.set(name, values)
    handDownGlobals(pass, values, target, inner)
    coalesceChart(pass, subchart, values, inner)
  }
}

function typeMismatch(name: string, value: Value): PkgError {
  return new PkgError('VALUES_UNREADABLE', sprintf('type mismatch on %s: %t', name, value), {
    hint: `Give a map under "${name}": it holds the values of the subchart of that name.`,
  })
}

/** Adds the chart's own defaults below what `target` holds already. */
function addDefaults(pass: Pass, chart: Chart, target: GoMap, prefix: string): void {
  const path = joinPath(prefix, chart.metadata.name)
  const defaults = pass.takesDefaults === true ? chart.values : copyMap(chart.values)
  for (const [key, fallback] of defaults) {
    if (!target.has(key)) {
      target.set(key, fallback)
      continue
    }
    const value = target.get(key) ?? null
    if (value === null) {
      if (!pass.keepNulls) target.delete(key)
    } else if (value instanceof Map && fallback instanceof Map) {
      // A subchart's nulls must survive until they meet the subchart's own defaults.
      const keepNulls = pass.keepNulls || hasSubchart(chart, key)
      mergeInto({ ...pass, keepNulls }, value, fallback, joinPath(path, key))
    } else if (value instanceof Map && fallback !== null) {
      pass.warn(`warning: skipped value for ${path}.${key}: Not a table.`)
    }
  }
}

function hasSubchart(chart: Chart, name: string): boolean {
  return chart.subcharts.some((subchart) => subchart.metadata.name === name)
}

/**
 * Copies `global` of a chart into the values of its subchart, over what is there.
 *
 * Maps are copied one level deep only. What a subchart then adds to a deeper one shows in
 * its parents too; charts see that in Helm, so it is kept.
 */
function handDownGlobals(pass: Pass, target: GoMap, source: GoMap, prefix: string): void {
  const own = target.has(GLOBAL) ? target.get(GLOBAL) : new Map<string, Value>()
  if (!(own instanceof Map)) {
    pass.warn(`warning: skipping globals because destination ${GLOBAL} is not a table.`)
    return
  }
  const given = source.has(GLOBAL) ? source.get(GLOBAL) : new Map<string, Value>()
  if (!(given instanceof Map)) {
    pass.warn(`warning: skipping globals because source ${GLOBAL} is not a table.`)
    return
  }
  for (const [key, value] of given) handDownGlobal(pass, own, { key, value, prefix })
  target.set(GLOBAL, own)
}

interface Entry {
  key: string
  value: Value
  prefix: string
}

function handDownGlobal(pass: Pass, own: GoMap, { key, value, prefix }: Entry): void {
  const existing = own.get(key)
  if (!(value instanceof Map)) {
    if (existing instanceof Map) pass.warn(`key ${key} is table. Skipping`)
    else own.set(key, value)
    return
  }
  const copy: GoMap = new Map(value)
  if (existing instanceof Map) {
    mergeInto({ ...pass, keepNulls: true }, copy, existing, joinPath(prefix, key))
  } else if (own.has(key)) {
    pass.warn(sprintf('Conflict: cannot merge map onto non-map for %q. Skipping.', key))
    return
  }
  own.set(key, copy)
}

/** Merges `source` into `target`, which wins; both change. */
function mergeInto(pass: Pass, target: GoMap, source: GoMap, prefix: string): void {
  const hidden = hideDefaults(target, source)
  source.forEach((value, key) => {
    const existing = target.get(key)
    if (existing === undefined) target.set(key, value)
    else if (existing === null && !pass.keepNulls && hidden.has(key)) target.delete(key)
    else if (existing instanceof Map && value instanceof Map) {
      mergeInto(pass, existing, value, joinPath(prefix, key))
    } else if (value instanceof Map) {
      const path = joinPath(prefix, key)
      pass.warn(sprintf('warning: cannot overwrite table with non table for %s (%v)', path, value))
    } else if (existing instanceof Map && value !== null) {
      pass.warn(
        sprintf(
          'warning: destination for %s is a table. Ignoring non-table value (%v)',
          joinPath(prefix, key),
          value,
        ),
      )
    }
  })
}

/** Puts the target's nulls over the source's values; gives the keys of those that were none. */
function hideDefaults(target: GoMap, source: GoMap): ReadonlySet<string> {
  let hidden: Set<string> | undefined
  target.forEach((value, key) => {
    if (value !== null) return
    if ((source.get(key) ?? null) !== null) (hidden ??= new Set()).add(key)
    source.set(key, null)
  })
  return hidden ?? NOTHING
}

const NOTHING: ReadonlySet<string> = new Set()

function joinPath(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`
}

/** Removes every null from the values of native charts; those of Helm charts inside stay. */
function removeNullsOfNative(chart: Chart, values: GoMap): void {
  const subcharts = new Map(chart.subcharts.map((each) => [each.metadata.name, each]))
  const native = isNative(chart)
  for (const [key, value] of values) {
    const subchart = subcharts.get(key)
    if (subchart !== undefined && value instanceof Map) removeNullsOfNative(subchart, value)
    else if (native && value === null) values.delete(key)
    else if (native && value instanceof Map) removeNulls(value)
  }
}

function removeNulls(values: GoMap): void {
  for (const [key, value] of values) {
    if (value === null) values.delete(key)
    else if (value instanceof Map) removeNulls(value)
  }
}
