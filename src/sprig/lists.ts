import { fn, type GoFunction, variadic } from '../golang/function.ts'
import {
  GoError,
  GoInt,
  GoNil,
  kindOf,
  strings,
  typeOfCollection,
  type Value,
  withType,
} from '../golang/value.ts'
import { compareText } from '../golang/order.ts'
import { isEmpty, itemsOf, NIL_DEREFERENCE, toInt64, toText, toTexts } from './cast.ts'
import { deepEqual } from './deep.ts'
import { assertCount, joinTexts } from './string-size.ts'

/**
 * Gives the functions over lists. None of them changes its argument.
 *
 * Source: Masterminds/sprig v3.3.0 list.go.
 */
export function listFunctions(): Record<string, GoFunction> {
  const list = variadic(['any'], (...items: Value[]) => items)
  return {
    list,
    tuple: list,
    join: fn(['string', 'any'], (separator: string, value: Value) =>
      joinTexts(toTexts(value), separator),
    ),
    toStrings: fn(['any'], (value: Value) => strings(toTexts(value))),
    sortAlpha: fn(['any'], sortAlpha),
    concat: variadic(['any'], concat),
    ...withMust('append', fn(['any', 'any'], append)),
    ...withMust('push', fn(['any', 'any'], append)),
    ...withMust('prepend', fn(['any', 'any'], prepend)),
    ...withMust('first', fn(['any'], first)),
    ...withMust('last', fn(['any'], last)),
    ...withMust('rest', fn(['any'], rest)),
    ...withMust('initial', fn(['any'], initial)),
    ...withMust('reverse', fn(['any'], reverse)),
    ...withMust('compact', fn(['any'], compact)),
    ...withMust('uniq', fn(['any'], uniq)),
    ...withMust('without', variadic(['any', 'any'], without)),
    ...withMust('has', fn(['any', 'any'], has)),
    ...withMust('slice', variadic(['any', 'any'], slice)),
    ...withMust('chunk', fn(['int', 'any'], chunk)),
  }
}

/** Sprig has each function twice; a panic and an error give a template the same failure. */
function withMust(name: string, declared: GoFunction): Record<string, GoFunction> {
  return { [name]: declared, [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`]: declared }
}

function append(value: Value, item: Value): Value {
  return [...itemsFor('Cannot push on type', value), item]
}

function prepend(value: Value, item: Value): Value {
  return [item, ...itemsFor('Cannot prepend on type', value)]
}

function first(value: Value): Value {
  return itemsFor('Cannot find first on type', value)[0] ?? null
}

function last(value: Value): Value {
  return itemsFor('Cannot find last on type', value).at(-1) ?? null
}

function rest(value: Value): Value {
  const items = itemsFor('Cannot find rest on type', value)
  return items.length === 0 ? NIL_LIST : items.slice(1)
}

function initial(value: Value): Value {
  const items = itemsFor('Cannot find initial on type', value)
  return items.length === 0 ? NIL_LIST : items.slice(0, -1)
}

function reverse(value: Value): Value {
  return itemsFor('Cannot find reverse on type', value).toReversed()
}

function compact(value: Value): Value {
  return itemsFor('Cannot compact on type', value).filter((item) => !isEmpty(item))
}

/** Scalars are looked up, which in a long list takes far less time than to compare all with all. */
function uniq(value: Value): Value {
  const kept: Value[] = []
  const scalars = new Set<string | number | boolean>()
  const others: Value[] = []
  for (const item of itemsFor('Cannot find uniq on type', value)) {
    const key = scalarKey(item)
    if (key === undefined ? isIn(others, item) : scalars.has(key)) continue
    if (key === undefined) others.push(item)
    else scalars.add(key)
    kept.push(item)
  }
  return kept
}

/** The same for equal scalars of one type alone; undefined for other values, and NaN. */
function scalarKey(item: Value): string | number | boolean | undefined {
  if (typeof item === 'string') return `string ${item}`
  if (typeof item !== 'object') return Number.isNaN(item) ? undefined : item
  return item instanceof GoInt && item.type === undefined ? `${item.kind} ${item.value}` : undefined
}

function without(value: Value, ...unwanted: Value[]): Value {
  return itemsFor('Cannot find without on type', value).filter((item) => !isIn(unwanted, item))
}

function has(needle: Value, value: Value): Value {
  return value !== null && isIn(itemsFor('Cannot find has on type', value), needle)
}

function slice(value: Value, ...bounds: Value[]): Value {
  const items = itemsFor('list should be type of slice or array but', value)
  if (items.length === 0) return null
  const start = bounds[0] === undefined ? 0 : Number(toInt64(bounds[0]))
  const end = bounds[1] === undefined ? items.length : Number(toInt64(bounds[1]))
  if (start < 0 || end < start || end > items.length) {
    throw new GoError('reflect.Value.Slice: slice index out of bounds')
  }
  if (value instanceof Uint8Array) return value.subarray(start, end)
  const type = Array.isArray(value) ? typeOfCollection(value) : undefined
  const part = items.slice(start, end)
  return type === undefined ? part : withType(part, type)
}

/**
 * Cuts a list into lists of `size` items; the last may be shorter.
 *
 * The number of lists comes from floats and wraps as Go's conversions do, so that sizes
 * below 1 fail as they do in Helm.
 */
function chunk(size: GoInt, value: Value): Value {
  const items = itemsFor('Cannot chunk type', value)
  const each = Number(size.value)
  const count = Math.floor((items.length - 1) / each) + 1
  if (!Number.isFinite(count) || count < 0) {
    throw new GoError('runtime error: makeslice: len out of range')
  }
  const chunks: Value[] = []
  for (let at = 0; at < count; at++) chunks.push(chunkAt(items, each, at, count))
  return withType(chunks, { name: '[][]interface {}' })
}

function chunkAt(items: readonly Value[], size: number, at: number, count: number): Value[] {
  const length = at === count - 1 ? items.length % size || size : size
  if (length < 0) throw new GoError('runtime error: makeslice: len out of range')
  const start = at * size
  if (start + length > items.length) throw new GoError('reflect: slice index out of range')
  return items.slice(start, start + length)
}

function concat(...lists: Value[]): Value {
  const parts = lists.map((list) => {
    return itemsOf(list) ?? fail(`Cannot concat type ${kindFor(list)} as list`)
  })
  assertCount(parts.reduce((count, part) => count + part.length, 0))
  const items = parts.flat(1)
  return items.length === 0 ? NIL_LIST : items
}

function sortAlpha(value: Value): Value {
  if (itemsOf(value) === undefined) return strings([toText(value)])
  return strings(toTexts(value).sort(compareText))
}

function itemsFor(complaint: string, value: Value): readonly Value[] {
  return itemsOf(value) ?? fail(`${complaint} ${kindFor(value)}`)
}

function kindFor(value: Value): string {
  return value === null ? fail(NIL_DEREFERENCE) : kindOf(value)
}

function fail(message: string): never {
  throw new GoError(message)
}

function isIn(items: readonly Value[], wanted: Value): boolean {
  return items.some((item) => deepEqual(wanted, item))
}

const NIL_LIST = new GoNil('slice', { name: '[]interface {}' })
