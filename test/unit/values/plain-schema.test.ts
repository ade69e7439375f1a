import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../../src/base/json.ts'
import { loadDocument } from '../../../src/values/schema-documents.ts'
import { metaschemaText } from '../../../src/values/metaschemas.ts'
import { METASCHEMA_URLS, type Draft } from '../../../src/values/drafts.ts'
import { parseSchemaJson } from '../../../src/values/schema-json.ts'
import { compileSchema } from '../../../src/values/schema-compile.ts'
import { isPlainSchema } from '../../../src/values/plain-schema.ts'
import { validateSchema } from '../../../src/values/schema-validate.ts'

const DRAFTS: Draft[] = [4, 6, 7, 2019, 2020]
/** Compiled as any schema is: as one that has another URL, each metaschema may be a chart's. */
const metaschemas = new Map(
  DRAFTS.map((draft) => [draft, compileSchema(metaschemaText(METASCHEMA_URLS[draft]) ?? '')]),
)

test.each([
  { type: 'object', properties: { a: { type: ['string', 'null'], default: 1 } }, required: ['a'] },
  { $defs: { a: { enum: ['x', null] } }, items: { $ref: '#/$defs/a' }, uniqueItems: true },
  { patternProperties: { '^a$': { minLength: 1 } }, additionalProperties: false },
  { allOf: [{ title: 'a' }, { not: { pattern: '^b' } }], minimum: -1.5, maxItems: 3 },
])('%j is plain in every draft', (schema) => {
  expect(DRAFTS.filter((draft) => !isPlainSchema(schema, draft))).toEqual([])
})

test.each(DRAFTS)('the metaschema of draft %j refuses what is wrong', (draft) => {
  const meta = metaschemas.get(draft)
  const wrong = parseSchemaJson('{"properties":{"a":{"type":"text"}}}')
  expect(meta && validateSchema(meta, wrong)).toBeDefined()
})

const PARTS = 'applicator content core format format-annotation meta-data unevaluated validation'

/** Every keyword that a metaschema says something of. */
function allKeywords(): string[] {
  const parts = (['2019-09', '2020-12'] as const).flatMap((draft) =>
    PARTS.split(' ').map((part) => `https://json-schema.org/draft/${draft}/meta/${part}`),
  )
  const documents = [...Object.values(METASCHEMA_URLS), ...parts]
    .filter((url) => metaschemaText(url) !== undefined)
    .map((url) => loadDocument(url).root)
  const names = documents.flatMap((root) => {
    const properties = root instanceof Map ? root.get('properties') : undefined
    return properties instanceof Map ? [...properties.keys()] : []
  })
  return [...new Set(names)]
}

test.each(allKeywords())('what a metaschema refuses of %s is not plain', (keyword) => {
  const values = [
    'null',
    'false',
    '-1',
    '0',
    '"("',
    '"text"',
    '[]',
    '[1,1]',
    '{"a":1}',
    '{"a":[1]}',
  ]
  const schemas = values.map((value) => `{"${keyword}":${value}}`)
  const passed = DRAFTS.flatMap((draft) => {
    const meta = metaschemas.get(draft)
    return schemas.filter(
      (schema) =>
        isPlainSchema(JSON.parse(schema) as Json, draft) &&
        meta &&
        validateSchema(meta, parseSchemaJson(schema)),
    )
  })
  expect(passed).toEqual([])
})

test('of a keyword that no draft has anything is plain', () => {
  const schema = { form: { type: 1 }, properties: { a: { render: 'slider' } } }
  expect(DRAFTS.filter((draft) => !isPlainSchema(schema, draft))).toEqual([])
})

test('a plain schema is one that its metaschema accepts', () => {
  const scalar = fc.constantFrom(
    null,
    true,
    false,
    'a',
    '',
    'string',
    'object',
    '^a',
    '(',
    1,
    1.5,
    -1,
  )
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      fc.dictionary(fc.constantFrom(...KEYWORDS), tie('value'), { maxKeys: 3 }),
    ),
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      tie('schema'),
      fc.array(fc.oneof(scalar, tie('schema')), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b', '(', '^c'), tie('schema'), { maxKeys: 2 }),
    ),
  }))
  let plain = 0
  fc.assert(
    fc.property(schema, fc.constantFrom(...DRAFTS), (json, draft) => {
      if (!isPlainSchema(json as Json, draft)) return
      plain++
      const meta = metaschemas.get(draft)
      const value = parseSchemaJson(JSON.stringify(json))
      expect(meta && validateSchema(meta, value)).toBeUndefined()
    }),
    { numRuns: 3000 },
  )
  expect(plain).toBeGreaterThan(300)
})

const KEYWORDS = [
  ...['$comment', '$defs', '$ref', '$schema', 'additionalItems', 'additionalProperties', 'allOf'],
  ...['const', 'contains', 'contentEncoding', 'default', 'definitions', 'deprecated', 'else'],
  ...['enum', 'examples', 'exclusiveMaximum', 'exclusiveMinimum', 'format', 'if', 'items'],
  ...['maxItems', 'maxLength', 'maximum', 'minProperties', 'not', 'oneOf', 'pattern'],
  ...['patternProperties', 'properties', 'propertyNames', 'readOnly', 'required', 'then', 'title'],
  ...['type', 'uniqueItems', 'dependencies', '$id', 'multipleOf', 'unknown'],
]
