import { expect, test } from 'vitest'
import { type GoMap, type Value, withType } from '../../../src/golang/value.ts'
import { plainMap } from '../../../src/sprig/plain-map.ts'
import { render } from './call.ts'

test('a map that a function gives back is the one that it was given', () => {
  const values: GoMap = withType(new Map<string, Value>([['a', 1]]), { name: 'common.Values' })
  const output = render(
    '{{ $m := set . "b" 2 }}{{ $_ := set $m "c" 3 }}{{ unset $m "a" | len }}{{ dig "b" "c" $m }}',
    values,
  )
  expect(output).toBe('22')
  expect([...values.keys()]).toEqual(['b', 'c'])
})

test('a shared map does on its entries all that a map does', () => {
  const values: GoMap = withType(new Map<string, Value>([['a', 1]]), { name: 'common.Values' })
  const shared = plainMap(values) as GoMap
  const visited: string[] = []
  shared.set('b', 2).forEach((_, key) => visited.push(key))
  expect({
    visited,
    size: shared.size,
    keys: [...shared.keys()],
    values: [...shared.values()],
    entries: [...shared.entries()],
    spread: [...shared],
    has: shared.has('a'),
    get: shared.get('b'),
    deleted: shared.delete('a'),
  }).toEqual({
    visited: ['a', 'b'],
    size: 2,
    keys: ['a', 'b'],
    values: [1, 2],
    entries: [
      ['a', 1],
      ['b', 2],
    ],
    spread: [
      ['a', 1],
      ['b', 2],
    ],
    has: true,
    get: 2,
    deleted: true,
  })
  shared.clear()
  expect(values.size).toBe(0)
})
