import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { isDecidable, isFixed } from '../../../src/plan/immutable.ts'

function object(kind: string, fields: JsonObject, apiVersion = 'v1'): KubeObject {
  return { apiVersion, kind, metadata: { name: 'web' }, ...fields }
}

test.each([
  { what: object('ConfigMap', { data: { a: 'x' } }), want: true },
  { what: object('ConfigMap', { data: { a: null } }), want: false },
  { what: object('ConfigMap', { binaryData: { a: 'aGVsbG8=' } }), want: true },
  { what: object('ConfigMap', { binaryData: { a: 'aGVs\nbG8=' } }), want: false },
  { what: object('Secret', { data: { a: 'aGVsbG8=', b: '' } }), want: true },
  { what: object('Secret', { data: { a: 'aGVsbG8=\n' } }), want: false },
  { what: object('Secret', { data: { a: null } }), want: false },
  { what: object('Secret', { stringData: { a: 'x' } }), want: false },
  { what: object('ServiceAccount', {}), want: true },
  // Their quantities and ports are given back in other words.
  { what: object('ResourceQuota', {}), want: false },
  { what: object('LimitRange', {}), want: false },
  { what: object('NetworkPolicy', {}, 'networking.k8s.io/v1'), want: false },
])('what applying $what.kind does is known without asking: $want', ({ what, want }) => {
  expect(isDecidable(what)).toBe(want)
})

const fixed = 'data: field is immutable when `immutable` is set'

test.each([
  { kind: 'Secret', wanted: 'd29ybGQ=', live: 'aGVsbG8=', want: fixed },
  { kind: 'Secret', wanted: 'aGVsbG8=', live: 'aGVsbG8=', want: undefined },
  // The server is asked.
  { kind: 'Secret', wanted: 'aGVs\nbG8=', live: 'aGVsbG8=', want: undefined },
  { kind: 'ConfigMap', wanted: 'b', live: 'a', want: fixed },
  { kind: 'ConfigMap', wanted: null, live: '', want: undefined },
])('of an immutable $kind with $live, $wanted gives: $want', ({ kind, wanted, live, want }) => {
  const of = (a: string | null): KubeObject => object(kind, { immutable: true, data: { a } })
  expect(isFixed(of(wanted), of(live))).toBe(want)
})
