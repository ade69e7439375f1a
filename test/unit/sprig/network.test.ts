import { expect, test } from 'vitest'
import { render } from './call.ts'

test('names are only looked up where that is allowed', () => {
  const template = '{{ getHostByName "localhost" }}'
  expect(render(template)).toBe('')
  expect(render(template, null, { enableDns: true })).toMatch(/^(?:127\.0\.0\.1|::1)$/)
})

test('a name that nobody knows fails as in Sprig', () => {
  expect(() => render('{{ getHostByName "no host" }}', null, { enableDns: true })).toThrow(
    'error calling getHostByName: invalid argument to Intn',
  )
})
