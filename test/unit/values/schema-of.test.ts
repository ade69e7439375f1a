import { expect, test } from 'vitest'
import { inferSchema } from '../../../src/values/schema-of.ts'
import { valuesTypes } from '../../../src/values/types-of.ts'

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
  const schema = inferSchema('# Who may come in.\nguests: ~\n', 'core')
  expect(await valuesTypes(schema)).toBe(`export interface Values {
  /**
   * Who may come in.
   */
  guests?: unknown
}
`)
})

test('comments that are meant for a schema and say nothing are told of', () => {
  const told: string[] = []
  const text =
    '# @schema minimum one\na: 1\nb:\n  # @schema minimun: 1\n  c: 2\n# @schema minimum: 1; x-order: 2\nd: 3\n# @schema\ne: 4\n'
  inferSchema(text, 'core', (warning) => told.push(warning))
  expect(told).toEqual([
    'values.yaml: above a: "@schema minimum one" gives no keywords, as "@schema minimum: 1" does',
    'values.yaml: above b.c: "minimun" is no keyword of a schema; did you mean "minimum"?',
  ])
})
