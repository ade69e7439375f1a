import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deprecatedApi } from '../../../src/lint/deprecated-apis.ts'

/* Recorded from the real Helm by test/conformance/record-deprecated-apis.mjs. */
const FILE = join(import.meta.dirname, '../../conformance/lint/deprecated-apis.json')
const rows = JSON.parse(readFileSync(FILE, 'utf8')) as [
  apiVersion: string,
  kind: string,
  since: number | null,
  message: string | null,
][]

test.each(rows)('%s %s', (apiVersion, kind, since, message) => {
  expect(deprecatedApi(apiVersion, kind)).toEqual(since === null ? undefined : { since, message })
})

test('there are enough of both', () => {
  const deprecated = rows.filter(([, , since]) => since !== null)
  expect([rows.length, deprecated.length]).toEqual([313, 159])
})

test('a custom resource is never deprecated', () => {
  expect(deprecatedApi('example.com/v1beta1', 'Ingress')).toBeUndefined()
})
