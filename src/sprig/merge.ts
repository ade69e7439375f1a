import { ValueBudget } from '../base/value-budget.ts'
import { type GoFunction, variadic } from '../golang/function.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { isEmpty, mapOf } from './cast.ts'
import { noteChange } from './changes.ts'
import { plainMap } from './plain-map.ts'

/**
 * Gives the functions that lay maps over one another. All change and return the first.
 *
 * Source: Masterminds/sprig v3.3.0 dict.go over dario.cat/mergo v1.0.1.
 */
export function mergeFunctions(): Record<string, GoFunction> {
  const keeping = merging(false)
  const overwriting = merging(true)
  return {
    merge: keeping,
    mustMerge: keeping,
    mergeOverwrite: overwriting,
    mustMergeOverwrite: overwriting,
  }
}

function merging(overwrite: boolean): GoFunction {
  return variadic(['map', 'map'], (target: Value, ...sources: Value[]) => {
    noteChange()
    const budget = new ValueBudget()
    let merged = mapOf(target)
    for (const source of sources) {
      const entries = mapOf(source)
      if (entries === undefined) continue
      merged ??= new Map()
      mergeInto(merged, entries, { overwrite, budget })
    }
    return plainMap(merged ?? target)
  })
}

interface Merge {
  readonly overwrite: boolean
  readonly budget: ValueBudget
}

/**
 * Lays `source` over `target`, in place, keeping what `target` has unless `overwrite`.
 *
 * What is empty in `target` counts as missing. Nested maps are merged in place, so a map
 * that both sides share changes on both; a value taken over is shared, not copied. A nil
 * in `source` only counts with `overwrite`.
 */
function mergeInto(target: GoMap, source: GoMap, merge: Merge): void {
  const { overwrite, budget } = merge
  for (const [key, value] of source) {
    budget.visit()
    const present = target.get(key)
    if (value === null) {
      if (overwrite) target.set(key, null)
    } else if (value instanceof Map && present instanceof Map) {
      if (value !== present) mergeInto(present, value, merge)
      if (present.size === 0) target.set(key, value)
    } else if (overwrite || present === undefined || isEmpty(present)) {
      target.set(key, value)
    }
  }
}
