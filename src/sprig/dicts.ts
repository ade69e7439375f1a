import { fn, type GoFunction, variadic } from '../golang/function.ts'
import { sortedKeys as keysInOrder } from '../golang/order.ts'
import { GoError, type GoMap, strings, typeName, type Value } from '../golang/value.ts'
import { mapOf, toText } from './cast.ts'
import { noteChange } from './changes.ts'
import { mergeFunctions } from './merge.ts'
import { plainMap } from './plain-map.ts'

/**
 * Gives the functions over maps. `set`, `unset` and the merges change their argument.
 *
 * Go walks maps in random order; `keys`, `values` and `pick` walk them by key here.
 *
 * Source: Masterminds/sprig v3.3.0 dict.go.
 */
export function dictFunctions(): Record<string, GoFunction> {
  return {
    ...mergeFunctions(),
    dict: variadic(['any'], dict),
    get: fn(['map', 'string'], get),
    set: fn(['map', 'string', 'any'], set),
    unset: fn(['map', 'string'], (map: Value, key: string) => {
      noteChange()
      mapOf(map)?.delete(key)
      return plainMap(map)
    }),
    hasKey: fn(['map', 'string'], (map: Value, key: string) => mapOf(map)?.has(key) === true),
    pluck: variadic(['string', 'map'], (key: string, ...maps: Value[]) =>
      maps.map((map) => lookUp(map, key)).filter((value) => value !== undefined),
    ),
    keys: variadic(['map'], (...maps: Value[]) => strings(maps.flatMap(sortedKeys))),
    values: fn(['map'], (map: Value) => sortedKeys(map).map((key) => lookUp(map, key) ?? null)),
    pick: variadic(['map', 'string'], pick),
    omit: variadic(['map', 'string'], omit),
    dig: variadic(['any'], dig),
  }
}

function lookUp(map: Value, key: string): Value | undefined {
  return mapOf(map)?.get(key)
}

function get(map: Value, key: string): Value {
  const value = lookUp(map, key)
  return value === undefined ? '' : value
}

function sortedKeys(map: Value): string[] {
  return keysInOrder(mapOf(map) ?? new Map())
}

function dict(...pairs: Value[]): Value {
  const map: GoMap = new Map()
  for (let at = 0; at < pairs.length; at += 2) {
    const value = pairs[at + 1]
    map.set(toText(pairs[at] ?? null), value === undefined ? '' : value)
  }
  return map
}

function set(map: Value, key: string, value: Value): Value {
  const entries = mapOf(map)
  if (entries === undefined) throw new GoError('assignment to entry in nil map')
  noteChange()
  entries.set(key, value)
  return plainMap(map)
}

function pick(map: Value, ...keys: string[]): Value {
  const picked: GoMap = new Map()
  for (const key of keys) {
    const value = lookUp(map, key)
    if (value !== undefined) picked.set(key, value)
  }
  return picked
}

function omit(map: Value, ...keys: string[]): Value {
  const kept: GoMap = new Map(mapOf(map))
  for (const key of keys) kept.delete(key)
  return kept
}

/** Walks nested maps by keys; the last two arguments are the fallback and the map. */
function dig(...args: Value[]): Value {
  if (args.length < 3) throw new GoError('dig needs at least three arguments')
  const fallback = args.at(-2) ?? null
  let step = assertMap(args.at(-1) ?? null)
  const keys = args.slice(0, -2).map(assertString)
  for (const [at, key] of keys.entries()) {
    const value = step.get(key)
    if (value === undefined) return fallback
    if (at === keys.length - 1) return value
    step = assertMap(value)
  }
  return fallback
}

function assertMap(value: Value): GoMap {
  if (value instanceof Map && typeName(value) === 'map[string]interface {}') return value
  throw conversionError(value, 'map[string]interface {}')
}

function assertString(value: Value): string {
  if (typeof value === 'string') return value
  throw conversionError(value, 'string')
}

function conversionError(value: Value, wanted: string): GoError {
  const actual = value === null ? 'nil' : typeName(value)
  return new GoError(`interface conversion: interface {} is ${actual}, not ${wanted}`)
}
