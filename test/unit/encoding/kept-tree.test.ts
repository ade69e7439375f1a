import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TreeReader, TreeWriter } from '../../../src/encoding/kept-tree.ts'
import { GoInt, type Value } from '../../../src/golang/value.ts'

const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !Object.is(value, -0))
const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    number,
    fc.array(tie('value')),
    fc
      .array(fc.tuple(fc.string(), tie('value')))
      .map((entries): Value => new Map<string, Value>(entries)),
  ),
}))

/** Numbers and scalars as another run has them. */
function another({ numbers, scalars }: TreeWriter): TreeReader {
  return new TreeReader({
    numbers: Int32Array.from(numbers),
    scalars: JSON.parse(JSON.stringify(scalars)) as TreeWriter['scalars'],
  })
}

test('any values are read as they were written, in any order', () => {
  fc.assert(
    fc.property(fc.array(anyValue), (values) => {
      const writer = new TreeWriter()
      const starts = values.map((value) => writer.write(value) as number)
      for (const trees of [new TreeReader(writer), another(writer)]) {
        const read = starts.map((start) => trees.read(start))
        expect(read).toEqual(values)
        expect(read.map(namesOf)).toEqual(values.map(namesOf))
        expect(starts.toReversed().map((start) => trees.read(start))).toEqual(values.toReversed())
      }
    }),
  )
})

/** Names in the order of their maps. */
function namesOf(value: Value): unknown {
  if (Array.isArray(value)) return value.map(namesOf)
  return value instanceof Map && [...value].map(([name, item]) => [name, namesOf(item)])
}

test('each read gives a value of its own', () => {
  const writer = new TreeWriter()
  const start = writer.write(new Map([['a', ['b']]])) as number
  const trees = new TreeReader(writer)
  ;(trees.read(start) as Map<string, string[]>).get('a')?.push('c')
  expect(trees.read(start)).toEqual(new Map([['a', ['b']]]))
})

test('a scalar that comes often is kept once, and apart from one that looks like it', () => {
  const writer = new TreeWriter()
  writer.write(new Map<string, Value>([['a', ['a', '1', 1, 'true', true, 'null', null, 'a', 1]]]))
  expect(writer.scalars).toEqual(['a', '1', 1, 'true', true, 'null', null])
})

test.each([
  ['an integer of Go', new GoInt(1n, 'int')],
  ['minus zero', -0],
  ['what is no number', NaN],
  ['a number without end', -Infinity],
  ['bytes', new Uint8Array(1)],
])('%s is not written, nor what holds it', (_name, value) => {
  const writer = new TreeWriter()
  const texts = writer.write(['a'])
  expect(writer.write(value)).toBeUndefined()
  expect(writer.write(['b', new Map<string, Value>([['c', [value]]])])).toBeUndefined()
  expect(writer.numbers).toHaveLength(2)
  expect(new TreeReader(writer).read(texts as number)).toEqual(['a'])
})
