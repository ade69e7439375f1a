import { expect, test } from 'vitest'
import { newMask } from '../../../src/base/redact.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { diffFields, maskSecrets } from '../../../src/plan/diff.ts'

function secret(
  data: Record<string, string>,
  annotations: Record<string, string> = {},
): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', annotations }, data }
}

const mask = newMask(Buffer.from('key of the test'))

test('fields are named as people write them', () => {
  const before = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'x' },
    spec: { a: [1, { b: 2 }], gone: true },
  }
  const after = {
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'x', labels: { 'a/b': 'c' } },
    spec: { a: [1, { b: 3 }] },
  }
  expect(diffFields(before, after)).toEqual([
    { path: 'metadata.labels', before: undefined, after: { 'a/b': 'c' } },
    { path: 'spec.a[1].b', before: 2, after: 3 },
    { path: 'spec.gone', before: true, after: undefined },
  ])
  expect(diffFields(before, before)).toEqual([])
})

test('equal secrets have equal masks, other ones others, and none can be read', () => {
  const masked = maskSecrets(secret({ a: 'c2VjcmV0', b: 'c2VjcmV0', c: 'b3RoZXI=' }), mask)
  const { a, b, c } = masked['data'] as Record<string, string>
  expect(a).toMatch(/^<8 bytes, #[0-9a-f]{4}>$/)
  expect({ b, isOther: c !== a }).toEqual({ b: a, isOther: true })
})

test('what kubectl noted down and what the object calls sensitive is masked too', () => {
  const noted = maskSecrets(
    secret({}, { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":1}' }),
    mask,
  )
  expect(JSON.stringify(noted)).not.toContain('{\\"data\\"')

  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Database',
    metadata: { name: 'd', annotations: { 'kubectl-pkg/sensitive-paths': 'spec.auth, spec.none' } },
    spec: { auth: { password: 'hunter2', ports: [5432] }, size: 3 },
  }
  const text = JSON.stringify(maskSecrets(object, mask))
  expect({
    password: text.includes('hunter2'),
    port: text.includes('5432'),
    size: text.includes('"size":3'),
  }).toEqual({
    password: false,
    port: false,
    size: true,
  })
})

test('an object with nothing to hide is not copied', () => {
  const object = { ...secret({ a: 'plain' }), kind: 'ConfigMap' }
  expect(maskSecrets(object, mask)).toBe(object)
})
