import { expect, test } from 'vitest'
import { PkgError } from '../../../src/base/errors.ts'
import { inParallel } from '../../../src/apply/in-parallel.ts'

/** Runs that end when they are told to. */
function controlled() {
  const begun: number[] = []
  const ends = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
  const run = (item: number): Promise<string> => {
    begun.push(item)
    return new Promise((resolve, reject) => {
      ends.set(item, { resolve: () => resolve(`done ${item}`), reject })
    })
  }
  return { begun, ends, run }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('results come in the order of the items, a few runs at a time', async () => {
  const { begun, ends, run } = controlled()
  const results = inParallel([1, 2, 3], 2, run)
  expect(begun).toEqual([1, 2])
  ends.get(2)?.resolve()
  await turn()
  expect(begun).toEqual([1, 2, 3])
  ends.get(3)?.resolve()
  ends.get(1)?.resolve()
  expect(await results).toEqual(['done 1', 'done 2', 'done 3'])
})

test('after a failure nothing is begun, and what is under way is waited for', async () => {
  const { begun, ends, run } = controlled()
  let isOver = false
  const results = inParallel([1, 2, 3, 4], 2, run).finally(() => (isOver = true))
  const outcome = expect(results).rejects.toThrow('no')
  ends.get(1)?.reject(new Error('no'))
  await turn()
  expect({ begun, isOver }).toEqual({ begun: [1, 2], isOver: false })
  ends.get(2)?.resolve()
  await outcome
  expect(begun).toEqual([1, 2])
})

test('all failures of the same time are told', async () => {
  const { ends, run } = controlled()
  const results = inParallel([1, 2], 2, run)
  const outcome = expect(results).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: 'b',
    details: ['why', 'also: a'],
  })
  ends.get(2)?.reject(new PkgError('FORBIDDEN', 'b', { details: ['why'] }))
  ends.get(1)?.reject(new PkgError('OBJECT_INVALID', 'a'))
  await outcome
})

test.each([
  { what: 'a mistake of ours', error: new TypeError('x is not a function') },
  { what: 'a signal', error: new PkgError('INTERRUPTED', 'cancelled') },
])('$what comes before all else', async ({ error }) => {
  const { ends, run } = controlled()
  const outcome = expect(inParallel([1, 2], 2, run)).rejects.toBe(error)
  ends.get(1)?.reject(new PkgError('FORBIDDEN', 'no'))
  ends.get(2)?.reject(error)
  await outcome
})
