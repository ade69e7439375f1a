import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChartWarning } from '../../../src/chart/chart.ts'
import { ValuesReader } from '../../../src/chart/kept-values.ts'
import { GoInt } from '../../../src/golang/value.ts'
import { MemoryStore } from '../../support/memory-store.ts'

/** Reads a text as two runs do, one after the other. */
function readTwice(text: string, dialect: 'core' | 'helm' = 'helm') {
  const store = new MemoryStore()
  const runs = [1, 2].map(() => {
    const warnings: ChartWarning[] = []
    const reader = new ValuesReader(store, 'web-1.0.0-values')
    const values = reader.read(Buffer.from(text), dialect, warnings)
    reader.save()
    return { values, warnings }
  })
  return { store, runs }
}

test('values are the same from one run to the next', () => {
  const text = 'b: {"10": 1.5, "9": [], x: {}}\n__proto__: [null, true, "𝄞", "é"]\na: -3\n'
  const { store, runs } = readTwice(text)
  expect(runs[1]).toEqual(runs[0])
  expect(
    Array.from(
      (runs[1]?.values.get('b') as Map<string, unknown> | undefined) ?? [],
      ([key]) => key,
    ),
  ).toEqual(['10', '9', 'x'])
  expect([store.written, store.found]).toEqual([1, 1])
})

test('any values are the same from one run to the next', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
      const { runs } = readTwice(JSON.stringify(values))
      expect(runs[1]).toEqual(runs[0])
    }),
  )
})

test('warnings are told each time', () => {
  const { store, runs } = readTwice('a: 1\na: 2\n')
  expect(runs.map(({ warnings }) => warnings.length)).toEqual([1, 1])
  expect(store.written).toBe(0)
})

test('integers of native charts stay integers', () => {
  const { store, runs } = readTwice('a: 1\n', 'core')
  expect(runs.map(({ values }) => values.get('a'))).toEqual([
    new GoInt(1n, 'int64'),
    new GoInt(1n, 'int64'),
  ])
  expect(store.written).toBe(0)
})

test.each(['a: -0.0\n', 'a: [{b: -0}]\n'])(
  'what JSON does not give back is not kept: %j',
  (text) => {
    const { runs } = readTwice(text)
    expect(runs[1]).toEqual(runs[0])
  },
)

test('what one run changes in its values is not kept', () => {
  const store = new MemoryStore()
  const read = () => {
    const reader = new ValuesReader(store, 'web')
    const values = reader.read(Buffer.from('a: {b: 1}\n'), 'helm', [])
    reader.save()
    return values
  }
  ;(read().get('a') as Map<string, unknown>).set('b', 2)
  ;(read().get('a') as Map<string, unknown>).set('b', 3)
  expect((read().get('a') as Map<string, unknown>).get('b')).toBe(1)
})
