import { expect, test } from 'vitest'
import { decodeToml, encodeToml } from '../../../src/encoding/toml.ts'
import { sprint } from '../../../src/golang/format.ts'
import { GoError, int, int64, type Value } from '../../../src/golang/value.ts'

const map = (entries: Record<string, Value>): Map<string, Value> => new Map(Object.entries(entries))

// Wanted values are what Helm 4.1.4 prints for `toToml`.
test('values come before tables, each in order, and nil is left out', () => {
  const value = map({
    z: int(1),
    a: map({ x: 1.5, deep: map({ y: true, none: null }) }),
    'b c': 'q"\n\u007f',
    list: [int(1), 'x', [2]],
    rows: [map({ n: 1 }), map({ n: map({}) })],
    mixed: [map({ a: 's', b: null }), int(1)],
  })
  expect(encodeToml(value)).toBe(`"b c" = "q\\"\\n\\u007f"
list = [1, "x", [2.0]]
mixed = [{a = "s", }, 1]
z = 1

[a]
  x = 1.5
  [a.deep]
    y = true

[[rows]]
  n = 1.0

[[rows]]
  [rows.n]
`)
})

test.each<[string, Value, string]>([
  ['nil in a list', map({ a: [null] }), 'toml: cannot encode array with nil element'],
  [
    'a list of tables at the top',
    [map({ a: 1 })],
    'toml: top-level values must be Go maps or structs',
  ],
])('%s is refused', (_, value, want) => {
  expect(() => encodeToml(value)).toThrow(new GoError(want))
})

test('TOML is read with integers and times', () => {
  const text = 'a = 1_000\nb = 1.5\nd = 1979-05-27T07:32:00-07:00\n[t]\nl = ["x", {y = true}]\n'
  const table = decodeToml(text)
  expect(table.get('a')).toEqual(int64(1000))
  expect(sprint(table)).toBe(
    'map[a:1000 b:1.5 d:1979-05-27 07:32:00 -0700 -0700 t:map[l:[x map[y:true]]]]',
  )
})

test('what is written reads back', () => {
  const value = map({ a: int64(1), t: map({ s: 'x', l: [1.5, true] }), r: [map({ n: 'y' })] })
  expect(decodeToml(encodeToml(value))).toEqual(value)
})

test('a mistake names its line', () => {
  expect(() => decodeToml('a = 1\nb = ')).toThrow(/^toml: line 2: /)
})
