import { expect, test } from 'vitest'
import { KeptTexts } from '../../../src/encoding/kept-texts.ts'
import type { Value } from '../../../src/golang/value.ts'
import { MemoryStore } from '../../support/memory-store.ts'

const TEXT = 'é𝄞 \udc80'

function keep(store: MemoryStore, contents: Record<string, string>): void {
  const kept = new KeptTexts(store, 'web')
  for (const [text, content] of Object.entries(contents)) kept.add(text, content)
  kept.save()
}

test('what was read of a text is found by the very same text', () => {
  const store = new MemoryStore()
  keep(store, { [TEXT]: 'first', 'b: 1': 'second' })
  const kept = new KeptTexts(store, 'web')
  expect([TEXT, 'b: 1', 'b: 2', ''].map((text) => kept.find(text))).toEqual([
    'first',
    'second',
    undefined,
    undefined,
  ])
})

test('nothing is written where nothing is new', () => {
  const store = new MemoryStore()
  keep(store, { a: '1' })
  const kept = new KeptTexts(store, 'web')
  kept.find('a')
  kept.find('b')
  kept.save()
  expect(store.written).toBe(1)
})

test('what a run has not used goes when something is new', () => {
  const store = new MemoryStore()
  keep(store, { a: '1', b: '2' })
  const kept = new KeptTexts(store, 'web')
  kept.find('b')
  kept.add('c', '3')
  kept.save()
  const left = new KeptTexts(store, 'web')
  expect(['a', 'b', 'c'].map((text) => left.find(text))).toEqual([undefined, '2', '3'])
})

test('a name may have any characters', () => {
  const store = new MemoryStore()
  new KeptTexts(store, '../../etc/\0passwd-1.0.0+x').save()
  const kept = new KeptTexts(store, `../a/${'b'.repeat(300)}`)
  kept.add('a', '1')
  kept.save()
  const [name = ''] = store.files.keys()
  expect(name).toMatch(/^\.\._a_b{95}$/)
})

test('a file that is cut off or damaged anywhere gives nothing wrong', () => {
  const store = new MemoryStore()
  keep(store, { 'a: 1\n': 'first', 'b: 2\n': 'second' })
  const [[name = '', whole = new Uint8Array()] = []] = store.files
  const finds = () => {
    const kept = new KeptTexts(store, 'web')
    return ['a: 1\n', 'b: 2\n'].map((text) => kept.find(text))
  }
  expect(finds()).toEqual(['first', 'second'])
  for (let length = 0; length < whole.length; length++) {
    store.files.set(name, whole.subarray(0, length))
    for (const [at, found] of finds().entries())
      expect([undefined, ['first', 'second'][at]]).toContain(found)
  }
  for (let at = 0; at < whole.length; at++) {
    store.files.set(name, whole.with(at, (whole[at] ?? 0) ^ 0xff))
    for (const [index, found] of finds().entries())
      expect([undefined, ['first', 'second'][index]]).toContain(found)
  }
})

test('what is found may be changed without changing what is kept', () => {
  const store = new MemoryStore()
  const run = (): Value[] => {
    const kept = new KeptTexts(store, 'web')
    if (store.written === 0) kept.add('a: []', new Map([['a', []]]))
    const found = [kept.find('a: []'), kept.find('a: []')] as Map<string, Value[]>[]
    found[0]?.get('a')?.push('changed')
    kept.save()
    return found
  }
  const wanted = [new Map([['a', ['changed']]]), new Map([['a', []]])]
  expect([run(), run(), store.written]).toEqual([wanted, wanted, 1])
})

test('what JSON does not have is left', () => {
  const store = new MemoryStore()
  const kept = new KeptTexts(store, 'web')
  kept.add('a: -0', new Map([['a', -0]]))
  expect(kept.find('a: -0')).toBeUndefined()
  kept.save()
  expect(store.written).toBe(0)
})
