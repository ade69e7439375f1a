import { expect, test } from 'vitest'
import { composeValues, rememberKept, sourcesOf } from '../../../src/values/compose-values.ts'
import { locateInFiles, locateValue } from '../../../src/values/locate-value.ts'
import type { GoMap } from '../../../src/golang/value.ts'
import { chart } from './support.ts'

const kept = new Map([
  ['host', 'old'],
  ['level', 'old'],
  ['port', 'old'],
])

test.each([
  { path: 'level', file: '--set level' },
  { path: 'host', file: 'prod.yaml' },
  { path: 'port', file: 'the values of the release' },
  { path: 'image', file: undefined },
])('$path of an upgrade that keeps values is set by $file', ({ path, file }) => {
  const files = [{ name: 'prod.yaml', text: 'host: new\n' }]
  const given = composeValues({ files, set: ['level=new'] }, 'helm')
  const values: GoMap = new Map([...kept, ...given])
  rememberKept(values, given, kept)
  const locate = locateValue(chart('web', {}), sourcesOf(values))
  expect(locate([path])?.file).toBe(file)
})

test('of several documents the last that sets a value is told', () => {
  const text = 'a: 1\nb: 1\n---\nc:\n  d: 1\n---\na: 2\n'
  const locate = locateInFiles([{ name: 'my.yaml', text }])
  const lines = [['a'], ['b'], ['c', 'd'], ['c', 'none']].map((path) => locate(path)?.line)
  expect(lines).toEqual([7, 2, 5, 4])
})
