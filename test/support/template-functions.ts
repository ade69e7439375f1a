import { byteLength, sliceBytes } from '../../src/golang/bytes.ts'
import { sprint } from '../../src/golang/format.ts'
import { fn, type FunctionTable, variadic } from '../../src/golang/function.ts'
import {
  GoError,
  GoInt,
  type GoMap,
  int,
  int64,
  STRING_MAP,
  strings,
  type Value,
  withType,
} from '../../src/golang/value.ts'
import type { TemplateSet } from '../../src/gotmpl/template-set.ts'
import { isTrue } from '../../src/golang/truth.ts'

/** Functions with each kind of signature; test/conformance/gotmpl/reference.go has the same. */
export function templateFunctions(set: () => TemplateSet): FunctionTable {
  return new Map([
    ['upper', fn(['string'], (text: string) => text.toUpperCase())],
    ['list', variadic(['any'], (...items: Value[]) => items)],
    ['dict', variadic(['any'], dict)],
    ['add', fn(['int', 'int'], (a: GoInt, b: GoInt) => int(a.value + b.value))],
    ['add64', variadic(['int64', 'int64'], (...all: GoInt[]) => int64(sum(all)))],
    ['half', fn(['float64'], (number: number) => number / 2)],
    ['trunc', fn(['int', 'string'], trunc)],
    [
      'default',
      variadic(['any', 'any'], (fallback: Value, ...given: Value[]) => {
        const [value] = given
        return value !== undefined && isTrue(value) ? value : fallback
      }),
    ],
    [
      'fail',
      fn(['string'], (message: string) => {
        throw new GoError(message)
      }),
    ],
    ['nothing', fn([], () => null)],
    ['yes', fn(['bool'], (value: boolean) => value)],
    ['keys', fn(['map'], (map: Value) => int(map instanceof Map ? map.size : 0))],
    ['size', fn(['list'], (list: Value) => int(Array.isArray(list) ? list.length : 0))],
    [
      'join',
      fn(['string', 'strings'], (separator: string, list: Value) =>
        Array.isArray(list) ? list.map((value) => sprint(value)).join(separator) : '',
      ),
    ],
    ['include', fn(['string', 'any'], (name: string, data: Value) => set().execute(name, data))],
  ])
}

/** Data of a row, where `{"$i": 7}` is an int, `$i64`, `$u8`, `$f`, `$ss` and `$sm` likewise. */
export function rowValue(data: unknown): Value {
  if (Array.isArray(data)) return data.map(rowValue)
  if (typeof data !== 'object' || data === null) return data as Value
  const entries = Object.entries(data)
  const [[kind, value] = ['', undefined]] = entries
  switch (kind) {
    case '$i':
      return int(value as number)
    case '$i64':
      return int64(value as number)
    case '$u8':
      return new GoInt(BigInt(value as number), 'uint8')
    case '$f':
      return value as number
    case '$ss':
      return strings([...(value as string[])])
    case '$sm':
      return withType(new Map(Object.entries(value as Record<string, string>)), STRING_MAP)
    default:
      return new Map(entries.map(([key, item]) => [key, rowValue(item)]))
  }
}

function dict(...pairs: Value[]): GoMap {
  const map: GoMap = new Map()
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    map.set(sprint(pairs[at] ?? null), pairs[at + 1] ?? null)
  }
  return map
}

function sum(all: readonly GoInt[]): bigint {
  return all.reduce((total, { value }) => total + value, 0n)
}

function trunc(size: GoInt, text: string): string {
  const isLonger = size.value >= 0n && byteLength(text) > size.value
  return isLonger ? sliceBytes(text, 0, Number(size.value)) : text
}
