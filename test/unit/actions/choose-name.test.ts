import { expect, test } from 'vitest'
import { chooseName } from '../../../src/actions/choose-name.ts'

const NOW = new Date(1_000)
const CHART = { words: ['./web'], generate: true, template: undefined }

// Wanted: what Helm 4.1.4 does.
test('install makes a name up', () => {
  expect(chooseName(CHART, NOW)).toEqual({ name: 'web-1', chart: './web' })
})

test('template has a name already, so that it makes up none', () => {
  const choice = { ...CHART, fallback: 'release-name' }
  expect(chooseName(choice, NOW)).toEqual({ name: 'release-name', chart: './web' })
  expect(chooseName({ ...choice, template: 'a-{{ "b" }}' }, NOW).name).toBe('a-b')
  expect(() => chooseName({ ...choice, words: ['web', './web'] }, NOW)).toThrow(
    'cannot set --generate-name and also specify a name',
  )
})
