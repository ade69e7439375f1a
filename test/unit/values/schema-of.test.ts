import fc from 'fast-check'
import { expect, test } from 'vitest'
import { schemaOf } from '../../../src/actions/values-schema.ts'
import type { JsonObject } from '../../../src/base/json.ts'
import { decodeYamlMap } from '../../../src/encoding/yaml-decode.ts'
import { inferSchema } from '../../../src/values/schema-of.ts'
import { valuesTypes } from '../../../src/values/types-of.ts'
import { checkAgainstSchema } from '../../../src/values/validate.ts'
import { chartOf } from '../../support/chart-builder.ts'

const VALUES = `# -- How many pods run.
# @schema minimum: 1
replicas: 2
image:
  # Where images come from.
  repository: nginx
  tag: ""
# @schema
# type: [string, "null"]
# @schema
host: null
ports:
  - name: http
    port: 80
__proto__: true
`

test('types, defaults, descriptions and hints come from values.yaml and its comments', () => {
  expect(JSON.parse(JSON.stringify(inferSchema(VALUES)))).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      replicas: { description: 'How many pods run.', type: 'integer', default: 2, minimum: 1 },
      image: {
        type: 'object',
        properties: {
          repository: {
            description: 'Where images come from.',
            type: 'string',
            default: 'nginx',
          },
          tag: { type: 'string', default: '' },
        },
      },
      host: { default: null, type: ['string', 'null'] },
      ports: {
        type: 'array',
        items: {
          type: 'object',
          properties: { name: { type: 'string' }, port: { type: 'integer' } },
        },
        default: [{ name: 'http', port: 80 }],
      },
      ['__proto__']: { type: 'boolean', default: true },
    },
  })
})

test('types come from a schema, newer keywords included', async () => {
  const types = await valuesTypes({
    type: 'object',
    properties: {
      size: { $ref: '#/$defs/size' },
      pair: { prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
      mode: { const: 'fast' },
    },
    required: ['size'],
    $defs: { size: { enum: ['small', 'large'] } },
  })
  expect(types).toContain("export type Size = 'small' | 'large'")
  expect(types).toContain('size: Size')
  expect(types).toContain("mode?: 'fast'")
  expect(types).toContain('pair?:')
})

test('a value of which only a default or a description is known is of any type', async () => {
  const schema = inferSchema('# Who may come in.\nguests: ~\n', { dialect: 'core' })
  expect(await valuesTypes(schema)).toBe(`export interface Values {
  /**
   * Who may come in.
   */
  guests?: unknown
}
`)
})

/** The schema of one value, and what was told of the comments. */
function inferred(text: string, key = 'a'): { schema: unknown; told: string[] } {
  const told: string[] = []
  const schema = inferSchema(text, { onWarning: (warning) => told.push(warning) })
  const properties = schema['properties'] as Record<string, unknown>
  return { schema: properties[key], told }
}

test.each([
  [
    '# @schema minimum one\na: 1\n',
    'values.yaml:1: above a: "@schema minimum one" gives no keywords, as "@schema minimum: 1" does',
  ],
  [
    'a: 1\nb:\n  # Text.\n  # @schema maximum: 2; minimun: 1\n  c: 2\n',
    'values.yaml:4: above b.c: "minimun" is no keyword of a schema; did you mean "minimum"?',
  ],
  [
    '# @schema\n# type: integer\n# "minimun": 1\n# @schema\na: 1\n',
    'values.yaml:3: above a: "minimun" is no keyword of a schema; did you mean "minimum"?',
  ],
  [
    '\n# @schema maximum: 1\na: 1 # @schema minimum: one\n',
    'values.yaml:3: above a: "minimum" is left out: got string, want number',
  ],
  [
    'b: 2\n\n# @schema $ref: "#/definitions/none"\na: 1\n',
    'values.yaml:3: no schema can have this: json-pointer in "file:///values.schema.json#/definitions/none" not found',
  ],
  [
    '# @schema type: text\na: 1\n',
    `values.yaml:1: above a: "type" is left out: value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'`,
  ],
  [
    '# @schema pattern: "["\na: 1\n',
    'values.yaml:1: above a: "pattern" is left out: \'[\' is not valid regex: error parsing regexp: missing closing ]: `[`',
  ],
])('%s is told of with its line', (text, warning) => {
  expect(inferred(text).told).toEqual([warning])
})

test.each([
  [
    '# @schema minimum: 1; x-order: 2\na: 3\n',
    { type: 'integer', default: 3, minimum: 1, 'x-order': 2 },
  ],
  ['# @schema\na: 4\n', { type: 'integer', default: 4 }],
  // losisin/helm-values-schema-json
  [
    '# @schema type:[string, null];minLength:1\na: x\n',
    { type: ['string', 'null'], default: 'x', minLength: 1 },
  ],
  ['# @schema pattern: ^(x;|z)$\na: z\n', { type: 'string', default: 'z', pattern: '^(x;|z)$' }],
  [
    '# @schema minLength: 1; pattern: "^a;b: c$"\na: "a;b: c"\n',
    { type: 'string', default: 'a;b: c', minLength: 1, pattern: '^a;b: c$' },
  ],
  ['# @schema {"minimum": 2}\na: 3\n', { type: 'integer', default: 3, minimum: 2 }],
  // dadav/helm-schema
  [
    '# @schema\n# type: [string, "null"]\n# @schema\n# -- The host.\na: null\n',
    { description: 'The host.', default: null, type: ['string', 'null'] },
  ],
  // helm-docs
  [
    '# Something else.\n# -- What it is,\n# in two lines.\n# @default -- of the node\na: 1\n',
    { description: 'What it is, in two lines.', type: 'integer', default: 1 },
  ],
  ['# a -- What it is.\na: 1\n', { description: 'What it is.', type: 'integer', default: 1 }],
  ['# a -- b is no description of c\nc: 1\n', undefined],
  // bitnami/readme-generator-for-helm
  [
    '## @section All\n## @param a [string, nullable, default: x] What it is\n##\na: ""\n',
    { description: 'What it is', type: ['string', 'null'], default: '' },
  ],
  [
    '## @param a [string] What\na: null\n',
    { description: 'What', type: ['string', 'null'], default: null },
  ],
  [
    '## @param a [string] What\na: 1\n',
    { description: 'What', type: ['string', 'integer'], default: 1 },
  ],
  [
    '## All of a\n## @param a.b.c What c is\n## @param a.list[0].d What d is\na:\n  b: {c: 1}\n  list: [{d: 1}]\n',
    {
      description: 'All of a',
      type: 'object',
      properties: {
        b: {
          type: 'object',
          properties: { c: { description: 'What c is', type: 'integer', default: 1 } },
        },
        list: {
          type: 'array',
          items: {
            type: 'object',
            properties: { d: { description: 'What d is', type: 'integer' } },
          },
          default: [{ d: 1 }],
        },
      },
    },
  ],
  ['######\n## Text\n# -----\na: 1\n', { description: 'Text', type: 'integer', default: 1 }],
])('%j gives its schema', (text, schema) => {
  expect(inferred(text)).toEqual({ schema, told: [] })
})

test('a value that must be there is told so by the map around it, and all values have keywords too', () => {
  const text = `# @schema.root
# title: Mine
# additionalProperties: false
# @schema.root
# @schema required: true
a: 1
# @schema
# required: [c]
# @schema
b: {c: 1}
# @schema required:false
d: 1
`
  expect(inferSchema(text)).toEqual({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      a: { type: 'integer', default: 1 },
      b: {
        type: 'object',
        properties: { c: { type: 'integer', default: 1 } },
        required: ['c'],
      },
      d: { type: 'integer', default: 1 },
    },
    required: ['a'],
    title: 'Mine',
    additionalProperties: false,
  })
})

test.each([
  ['a: [1, 1.5]', { items: { type: 'number' } }],
  ['a: [1, null]', { items: { type: ['integer', 'null'] } }],
  ['a: [1, x]', {}],
  ['a: [null]', {}],
  ['a: [{b: 1.5}, {b: 1}]', { items: { type: 'object', properties: { b: { type: 'number' } } } }],
  ['a: [{b: x}, {b: 1}]', { items: { type: 'object', properties: { b: {} } } }],
  [
    'a: [{b: null}, {b: 1}]',
    { items: { type: 'object', properties: { b: { type: ['integer', 'null'] } } } },
  ],
  ['a: [[1], [x]]', { items: { type: 'array' } }],
  [
    'a: [[{b: 1}], [{c: 1}]]',
    {
      items: {
        type: 'array',
        items: { type: 'object', properties: { b: { type: 'integer' }, c: { type: 'integer' } } },
      },
    },
  ],
])('items of %s have a schema that takes all of them', (text, want) => {
  const { schema } = inferred(text)
  const { default: _, ...rest } = schema as { default: unknown }
  expect(rest).toEqual({ type: 'array', ...want })
})

const leaf = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom('', 'x', 'yes', '1'),
)
const { values: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('values'),
  ),
  values: fc.dictionary(fc.constantFrom('a', 'b', '__proto__', '$ref', 'type', ''), tie('value')),
}))

test('a schema takes the values that it was made of', () => {
  fc.assert(
    fc.property(anything, (values) => {
      const text = JSON.stringify(values)
      const schema = Buffer.from(JSON.stringify(inferSchema(text)))
      expect(checkAgainstSchema(schema, decodeYamlMap(text))?.text).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('a chart’s values may be several documents', () => {
  const text = '# One.\na: {b: 1}\n---\n# Two.\n# @schema minimun: 1\na: {c: 2}\n'
  const told: string[] = []
  const schema = schemaOf(chartOf({ 'values.yaml': text }), (warning) => told.push(warning))
  expect(schema['properties']).toEqual({
    a: {
      description: 'Two.',
      type: 'object',
      properties: { b: { type: 'integer', default: 1 }, c: { type: 'integer', default: 2 } },
      minimun: 1,
    },
  })
  expect(told).toEqual([
    'values.yaml:5: above a: "minimun" is no keyword of a schema; did you mean "minimum"?',
  ])
})

const DRAFT7 = 'http://json-schema.org/draft-07/schema#'

test.each<[schema: JsonObject, types: string]>([
  [{ $ref: '#' }, 'export type Values = unknown'],
  [{ properties: { a: { $ref: '#' } } }, 'a?: Values'],
  [
    { properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { $ref: '#/$defs/a' } } },
    'a?: unknown',
  ],
  [
    {
      properties: { a: { $ref: '#/$defs/a' } },
      $defs: { a: { $ref: '#/$defs/b' }, b: { type: 'string' } },
    },
    'export type A = string',
  ],
  [
    { properties: { a: { $ref: '#/properties/a/$defs/x', $defs: { x: { type: 'string' } } } } },
    'a?: string',
  ],
  [{ properties: { a: { $ref: '#b' }, b: { $anchor: 'b', type: 'string' } } }, 'a?: string'],
  [
    { $schema: DRAFT7, properties: { a: { $ref: '#b' }, b: { $id: '#b', type: 'string' } } },
    'a?: string',
  ],
  [
    {
      $id: 'https://example.com/s',
      properties: { a: { $ref: 's#/definitions/b' } },
      definitions: { b: { type: 'string' } },
    },
    'export type B = string',
  ],
  [
    { properties: { a: { $dynamicRef: '#b' }, b: { $dynamicAnchor: 'b', type: 'string' } } },
    'a?: string',
  ],
  [{ properties: { a: { $ref: 'https://json-schema.org/draft/2020-12/schema' } } }, 'a?: unknown'],
  [{ properties: { $ref: { type: 'string' }, a: { $ref: '#/properties/$ref' } } }, 'a?: Ref'],
  [{ properties: { a: { $ref: '#/properties/b%20c' }, 'b c': { type: 'string' } } }, 'a?: string'],
  [
    {
      properties: {
        a: { $ref: '#/properties/b/prefixItems/0' },
        b: { prefixItems: [{ type: 'string' }], items: { type: 'number' } },
        c: { $ref: '#/properties/b/items' },
        d: { type: 'array', items: { type: 'boolean' } },
        e: { $ref: '#/properties/d/items' },
      },
    },
    'c?: Items\n  d?: boolean[]\n  e?: boolean',
  ],
])('types follow what %j refers to', async (schema, types) => {
  expect(await valuesTypes(schema)).toContain(types)
})

test.each<[schema: JsonObject, types: string]>([
  // References to `true` and `false`.
  [
    {
      properties: { a: { $ref: '#/$defs/a' }, b: { $ref: '#/$defs/b' }, c: true, d: false },
      $defs: { a: true, b: false },
    },
    'a?: unknown\n  b?: never\n  c?: unknown\n  d?: never',
  ],
  // What stands beside a reference holds as well, since 2019.
  [
    {
      properties: {
        a: { $ref: '#/$defs/o', properties: { y: { type: 'string' } }, required: ['y'] },
        b: { $ref: '#/properties/a/properties/y' },
      },
      $defs: { o: { type: 'object', properties: { x: { type: 'integer' } } } },
    },
    'a?: O & {\n    y: string\n  }\n  b?: Y\n}\nexport interface O {\n  x?: number\n}',
  ],
  [
    {
      $schema: DRAFT7,
      properties: { a: { $ref: '#/definitions/o', type: 'string', description: 'Text.' } },
      definitions: { o: { type: 'integer' } },
    },
    '/**\n   * Text.\n   */\n  a?: number',
  ],
  // What says nothing of the type of a value.
  [
    { properties: { a: { minLength: 1 }, b: { not: { type: 'string' } }, c: { 'x-order': 1 } } },
    'a?: unknown\n  b?: unknown\n  c?: unknown',
  ],
  // Objects that may have any names, those of a pattern, or names that are not described.
  [{ properties: { a: { type: 'object' } } }, 'a?: {\n    [k: string]: unknown\n  }'],
  [{ properties: { a: { type: 'object', additionalProperties: false } } }, 'a?: {}'],
  [
    { properties: { a: { patternProperties: { '^a': { type: 'string' }, '*/': { enum: [1] } } } } },
    'Values {\n  a?: {\n    [k: string]: string | 1\n  }',
  ],
  [
    { properties: { a: { type: 'object', unevaluatedProperties: { type: 'string' } } } },
    '[k: string]: string',
  ],
  [{ required: ['a', 'b'], properties: { a: { type: 'string' } } }, 'a: string\n  b: unknown'],
  [
    { properties: { a: { anyOf: [{ required: ['x'] }, { required: ['y'] }] } } },
    '| {\n        x: unknown\n      }\n    | {\n        y: unknown\n      }',
  ],
  // Lists that may go on.
  [
    { properties: { a: { prefixItems: [{ type: 'string' }], minItems: 1 } } },
    'a?: [string, ...unknown[]]',
  ],
  [
    { properties: { a: { prefixItems: [{ type: 'string' }], minItems: 1, maxItems: 1 } } },
    'a?: [string]',
  ],
])('types of %j are true', async (schema, types) => {
  expect(await valuesTypes(schema)).toContain(types)
})

// An object that declares names is closed in the types: they would refuse values that the schema takes.
test.each<[title: string, schema: string, types: string]>([
  [
    'of then and else, in all of several',
    `{"properties": {"kind": {"type": "string"}},
      "allOf": [{
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"properties": {"token": {"type": "string"}}, "required": ["token"]},
        "else": {"properties": {"token": {"type": "number"}, "kind": {"minLength": 3}, "none": false}}}]}`,
    'Values = unknown & {\n  kind?: string\n  token?: string | number\n}\n',
  ],
  [
    'of schemas that depend on another name',
    `{"properties": {"a": true},
      "dependencies": {"a": {"properties": {"b": {"type": "string"}}}, "b": ["a"]},
      "dependentSchemas": {"b": {"$ref": "#/$defs/c"}},
      "$defs": {"c": {"allOf": [{"properties": {"c": {"type": "boolean"}}}]}}}`,
    'Values {\n  a?: unknown\n  c?: boolean\n  b?: string\n}\n',
  ],
  [
    'of an object within',
    `{"properties": {"auth": {"properties": {"kind": {"type": "string"}}}},
      "if": {"properties": {"auth": {"properties": {"kind": {"const": "a"}}}}},
      "then": {"properties": {"auth": {"properties": {"token": {"type": "string"}}}}}}`,
    'Values {\n  auth?: {\n    kind?: string\n    token?: string\n  }\n}\n',
  ],
  [
    'which lead back to where they are',
    `{"properties": {
      "a": {"properties": {"x": {"type": "string"}}, "if": true, "then": {"$ref": "#"}}}}`,
    'Values {\n  a?: {\n    x?: string\n    a?: {\n      x?: string\n    }\n  }\n}\n',
  ],
])('types have names of conditions, %s', async (_title, schema, types) => {
  expect(await valuesTypes(JSON.parse(schema) as JsonObject)).toContain(types)
})

// In each the condition may not hold, and the name then be of any type, or not be allowed at all.
test.each<JsonObject>([
  { properties: { a: true }, additionalProperties: false },
  { properties: { a: true }, additionalProperties: true },
  { properties: { a: true }, patternProperties: { '^x': { type: 'string' } } },
  { properties: { a: true }, unevaluatedProperties: { type: 'string' } },
  { type: 'object' },
  { properties: { a: true }, required: ['b'] },
  { properties: { a: true, b: true } },
  { properties: { a: true }, oneOf: [{ properties: { b: { type: 'string' } } }] },
  { $ref: '#/$defs/a', $defs: { a: { properties: { a: true } } } },
  { type: ['string', 'number'], properties: { a: true } },
])('types of %j are as without a condition', async (schema) => {
  const condition = { if: true, else: { properties: { b: { type: 'number' } } } }
  expect(await valuesTypes({ ...schema, ...condition })).toBe(await valuesTypes(schema))
})

test('a name under a condition of a part goes to the whole, which may declare it otherwise', async () => {
  const part = {
    properties: { a: true },
    if: true,
    else: { properties: { b: { type: 'number' }, c: { type: 'number' } } },
  }
  const schema = {
    properties: { b: { type: 'string' } },
    allOf: [{ $ref: '#/$defs/part' }],
    $defs: { part },
  }
  expect(await valuesTypes(schema)).toBe(
    'export type Values = Part & {\n  b?: string\n  c?: number\n}\n\nexport interface Part {\n  a?: unknown\n}\n',
  )
})

test('a schema cannot write what it likes into the types', async () => {
  const hostile = {
    tsType: 'any}\nprocess.exit(1)\ninterface X {',
    type: 'string',
    tsEnumNames: ['a=process.exit(1)'],
  }
  const schema = { properties: { a: hostile, b: { ...hostile, enum: ['x'] }, tsType: {} } }
  expect(await valuesTypes(schema)).toBe(
    "export interface Values {\n  a?: string\n  b?: 'x'\n  tsType?: unknown\n}\n",
  )
})
