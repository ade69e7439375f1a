import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { checkDefinition } from '../../../src/plan/definition-check.ts'
import { narrowingsOf } from '../../../src/plan/schema-narrowing.ts'
import { resourceCheck } from '../../../src/plan/validate-resource.ts'

function definition(
  versions: string[],
  options: { scope?: string; stored?: string[]; schema?: JsonObject } = {},
): KubeObject {
  const { scope = 'Namespaced', stored = ['v1'], schema = {} } = options
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'databases.example.org' },
    spec: {
      group: 'example.org',
      scope,
      names: { kind: 'Database', plural: 'databases' },
      versions: versions.map((name, at) => ({
        name,
        served: true,
        storage: at === 0,
        schema: { openAPIV3Schema: schema },
      })),
    },
    status: { storedVersions: stored },
  }
}

const SAFE = { refusals: [], narrowings: [], rules: [] }

test('the same CRD is safe, and one more version too', () => {
  const live = definition(['v1'])
  expect(checkDefinition(live, live)).toEqual(SAFE)
  expect(checkDefinition(live, definition(['v1', 'v2']))).toEqual(SAFE)
})

test('another scope and a version that objects are stored in are refused', () => {
  const live = definition(['v1', 'v1beta1'], { stored: ['v1beta1', 'v1'] })
  expect(checkDefinition(live, definition(['v1'], { scope: 'Cluster' })).refusals).toEqual([
    'spec.scope changes from "Namespaced" to "Cluster"',
    'version v1beta1 goes, and objects may still be stored in it',
  ])
})

test('rules in CEL that are new are named, wherever they are', () => {
  const schema = (rule: string, inner: string): JsonObject => ({
    type: 'object',
    'x-kubernetes-validations': [{ rule: 'true' }, { rule, message: 'told to whoever breaks it' }],
    properties: {
      spec: {
        type: 'object',
        properties: {
          list: { type: 'array', items: { 'x-kubernetes-validations': [{ rule: inner }] } },
          map: { additionalProperties: { 'x-kubernetes-validations': [{ rule: inner }] } },
        },
      },
    },
  })
  const live = definition(['v1'], { schema: schema('a', 'b') })
  expect(checkDefinition(live, live)).toEqual(SAFE)
  expect(checkDefinition(live, definition(['v1'], { schema: schema('c', 'd') }))).toEqual({
    ...SAFE,
    rules: ['v1 the object: c', 'v1 spec.list[]: d', 'v1 spec.map.*: d'],
  })
})

test('a version that is new is compared with the stored one', () => {
  const live = definition(['v1'], {
    schema: { type: 'object', properties: { a: { type: 'string' } } },
  })
  const next = definition(['v1'], {
    schema: { type: 'object', properties: { a: { type: 'string' } } },
  })
  const spec = next['spec'] as { versions: JsonObject[] }
  spec.versions.push({ name: 'v2', served: true, schema: { openAPIV3Schema: { type: 'object' } } })
  expect(checkDefinition(live, next).narrowings).toEqual(['v2 a: goes, and what it holds with it'])
})

const size = (schema: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties: { size: schema },
  ...more,
})

// Each row is a change after which something that was right before may be wrong.
test.each([
  {
    what: 'another type',
    from: { type: 'string' },
    to: { type: 'integer' },
    want: 'size: type changes from string to integer',
  },
  {
    what: 'a smaller type',
    from: { type: 'number' },
    to: { type: 'integer' },
    want: 'size: type changes from number to integer',
  },
  {
    what: 'no null',
    from: { type: 'string', nullable: true },
    to: { type: 'string' },
    want: 'size: null is refused',
  },
  {
    what: 'a value less',
    from: { type: 'string', enum: ['a', 'b'] },
    to: { type: 'string', enum: ['a'] },
    want: 'size: "b" is refused',
  },
  {
    what: 'some values only',
    from: { type: 'string' },
    to: { type: 'string', enum: ['a'] },
    want: 'size: only some values are left',
  },
  {
    what: 'a higher minimum',
    from: { type: 'integer', minimum: 1 },
    to: { type: 'integer', minimum: 3 },
    want: 'size: minimum becomes 3',
  },
  {
    what: 'a first maximum',
    from: { type: 'integer' },
    to: { type: 'integer', maximum: 3 },
    want: 'size: maximum becomes 3',
  },
  {
    what: 'a shorter text',
    from: { type: 'string', maxLength: 9 },
    to: { type: 'string', maxLength: 3 },
    want: 'size: maxLength becomes 3',
  },
  {
    what: 'a pattern',
    from: { type: 'string' },
    to: { type: 'string', pattern: '^a' },
    want: 'size: pattern is added',
  },
  {
    what: 'another pattern',
    from: { type: 'string', pattern: '^b' },
    to: { type: 'string', pattern: '^a' },
    want: 'size: pattern changes',
  },
  {
    what: 'items of another type',
    from: { type: 'array', items: { type: 'string' } },
    to: { type: 'array', items: { type: 'object' } },
    want: 'size[]: type changes from string to object',
  },
  {
    what: 'a closed map',
    from: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    to: { type: 'object' },
    want: 'size: fields that the schema does not name go',
  },
])('$what is narrower', ({ from, to, want }) => {
  expect(narrowingsOf(size(from), size(to))).toEqual([want])
})

test('a field that becomes required, or goes, is narrower', () => {
  expect(
    narrowingsOf(size({ type: 'string' }), size({ type: 'string' }, { required: ['size'] })),
  ).toEqual(['size: becomes required'])
  expect(narrowingsOf(size({ type: 'string' }), { type: 'object' })).toEqual([
    'size: goes, and what it holds with it',
  ])
})

test.each([
  { what: 'a new field', from: { type: 'object' }, to: size({ type: 'string' }) },
  { what: 'a wider type', from: size({ type: 'integer' }), to: size({ type: 'number' }) },
  { what: 'a value more', from: size({ enum: ['a'] }), to: size({ enum: ['a', 'b'] }) },
  { what: 'a lower minimum', from: size({ minimum: 3 }), to: size({ minimum: 1 }) },
  { what: 'no maximum', from: size({ maximum: 3 }), to: size({}) },
  {
    what: 'a field that is no longer required',
    from: size({}, { required: ['size'] }),
    to: size({}),
  },
  {
    what: 'a required field with a default',
    from: size({ type: 'string' }),
    to: size({ type: 'string', default: 'a' }, { required: ['size'] }),
  },
  {
    what: 'an open map',
    from: size({ type: 'string' }),
    to: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
  { what: 'another description', from: size({ description: 'a' }), to: size({ description: 'b' }) },
])('$what is not narrower', ({ from, to }) => {
  expect(narrowingsOf(from, to)).toEqual([])
})

function resource(spec: JsonObject): KubeObject {
  return { apiVersion: 'example.org/v1', kind: 'Database', metadata: { name: 'a' }, spec }
}

test('a custom resource is checked by the schema of its version', () => {
  const check = resourceCheck({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        required: ['engine'],
        properties: {
          engine: { type: 'string', enum: ['pg', 'my'] },
          size: { type: 'integer', minimum: 3, exclusiveMinimum: false, format: 'int32' },
          port: {
            'x-kubernetes-int-or-string': true,
            anyOf: [{ type: 'integer' }, { type: 'string' }],
          },
          note: { type: 'string', nullable: true },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
      status: { type: 'object' },
    },
  })
  expect(
    check(resource({ engine: 'pg', size: 3, port: 'http', note: null, free: { a: 1 } })),
  ).toEqual([])
  expect(check(resource({ engine: 'pg', port: 80 }))).toEqual([])
  expect(check(resource({ engine: 'ora', size: 1, gone: true }))).toEqual([
    "spec.engine: value must be one of 'pg', 'my'",
    'spec.size: minimum: got 1, want 3',
    'spec.gone: would be dropped',
  ])
  expect(check(resource({}))).toEqual(["spec: missing property 'engine'"])
})
