import { expect, test } from 'vitest'
import { ListStack } from '../../../src/gotmpl/list-stack.ts'

test('a list that is read inside another is cut out of it', () => {
  const stack = new ListStack<string>()
  const outer = stack.open()
  stack.add('a')
  const inner = stack.open()
  stack.add('x')
  stack.add('y')
  const innerList = stack.close(inner)
  stack.add('b')
  expect([innerList, stack.close(outer)]).toEqual([
    ['x', 'y'],
    ['a', 'b'],
  ])
})

test('a list that was closed does not change when the next one is read', () => {
  const stack = new ListStack<number>()
  stack.add(1)
  const first = stack.close(0)
  stack.add(2)
  expect([first, stack.close(0), stack.close(stack.open())]).toEqual([[1], [2], []])
})
