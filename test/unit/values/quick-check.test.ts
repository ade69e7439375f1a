import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeJson } from '../../../src/encoding/json.ts'
import { METASCHEMA_URLS, type Draft } from '../../../src/values/drafts.ts'
import { readPlainSchema } from '../../../src/values/plain-schema.ts'
import { surelyMeets } from '../../../src/values/quick-check.ts'
import { compileSchema } from '../../../src/values/schema-compile.ts'
import { validateSchema } from '../../../src/values/schema-validate.ts'

const DRAFTS: Draft[] = [4, 6, 7, 2019, 2020]

function condition(asked: unknown, met: unknown, unmet: unknown = true): unknown {
  const [one, next, other] = [asked, met, unmet].map((each) => JSON.stringify(each))
  return JSON.parse(`{"if": ${one}, "then": ${next}, "else": ${other}}`)
}

function isSure(schema: unknown, value: unknown): boolean {
  const plain = readPlainSchema(JSON.stringify(schema))
  return plain !== undefined && surelyMeets(plain, decodeJson(JSON.stringify(value)))
}

test.each([
  [{ type: 'object', properties: { a: { type: ['string', 'null'] } }, required: ['a'] }, { a: '' }],
  [{ $defs: { a: { enum: ['x', null] } }, items: { $ref: '#/$defs/a' } }, ['x', null]],
  [{ additionalProperties: { type: 'integer', minimum: 1, maximum: 9 } }, { a: 1, b: 9 }],
  [{ anyOf: [{ type: 'string' }, { type: 'number' }], allOf: [{ type: 'integer' }] }, 3],
  [{ properties: { a: { minLength: 1, maxLength: 2 } }, maxProperties: 1 }, { a: 'ab' }],
  [{ definitions: { tree: { items: { $ref: '#/definitions/tree' } } } }, [[[]], []]],
  [{ form: { a: { type: 'string' } }, items: { $ref: '#/form/a' } }, ['b']],
  [{ oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] }, 3],
  [{ oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1 }],
  [
    { oneOf: [{ properties: { a: { const: 'x' } } }, { properties: { a: { enum: ['y'] } } }] },
    { a: 'y' },
  ],
  [{ oneOf: [{ pattern: '^a' }, { pattern: '^b' }, { not: { type: 'string' } }] }, 'ab'],
  [condition({ required: ['a'] }, { required: ['b'] }, { maxProperties: 1 }), { c: 1 }],
  [condition({ properties: { on: { const: true } } }, { required: ['a'] }), { on: false }],
  [condition({ minLength: 9 }, { type: 'string' }), 'a'],
  [{ pattern: '^(([0-9]+)h)?(([0-9]+)m)?$', not: { const: 'a' } }, '12h5m'],
  [{ patternProperties: { '^a': { type: 'string' } }, additionalProperties: false }, { ab: 'c' }],
  [{ exclusiveMinimum: 0, exclusiveMaximum: 3 }, 2],
])('%j is met by %j without being compiled', (schema, value) => {
  expect(isSure(schema, value)).toBe(true)
})

test.each([
  ['the type is another', { type: 'integer' }, 1.5],
  ['a name is missing', { required: ['a'] }, { b: 1 }],
  ['a name is not declared', { properties: { a: {} }, additionalProperties: false }, { b: 1 }],
  ['a name is that of a method', { properties: {}, additionalProperties: false }, { toString: 1 }],
  ['a pattern does not match', { pattern: '^a' }, 'b'],
  ['two of which one shall be met are', { oneOf: [{ type: 'string' }, { minLength: 0 }] }, 'a'],
  ['one of which one shall be met may be', { oneOf: [{}, { minLength: 9 }] }, 'nearly ten'],
  ['what shall not be met may be', { not: { minLength: 9 } }, 'nearly ten'],
  ['a condition may be met', condition({ minLength: 9 }, false), 'nearly ten'],
  ['a name fits a pattern that its value does not', { patternProperties: { a: false } }, { a: 1 }],
  [
    'what stands beside a reference is ignored',
    {
      $schema: METASCHEMA_URLS[7],
      definitions: { a: {} },
      not: { $ref: '#/definitions/a', type: 'null' },
    },
    'a',
  ],
  [
    'a name fits a pattern',
    { not: { patternProperties: { '^a': {} }, additionalProperties: false } },
    { ab: 1 },
  ],
  ['the limit itself is left out', { exclusiveMaximum: 3 }, 3],
  ['references lead to each other', { $ref: '#' }, 1],
  ['references multiply', { anyOf: [{ allOf: [{ $ref: '#' }, { $ref: '#' }] }] }, 1],
  ['a format is checked', { $schema: METASCHEMA_URLS[7], format: 'uri' }, 'a'],
  ['the limit is not exact', { maximum: 2 ** 60 }, 2 ** 60],
  ['the schema is wrong', { type: 'text' }, 'a'],
  ['a reference leads nowhere', { properties: { a: { $ref: '#/nowhere' } } }, {}],
  ['a reference leads to what is no schema', { title: 'a', $ref: '#/title' }, {}],
])('nothing is sure where %s', (_, schema, value) => {
  expect(isSure(schema, value)).toBe(false)
})

/** Schemas in which it counts that another one is met, that it is not, or both. */
const FORMS: Record<string, (one: unknown, other: unknown) => unknown> = {
  'a schema': (one) => one,
  'what is not to be met': (one) => ({ not: one }),
  'one of two': (one, other) => ({ oneOf: [one, other] }),
  'a condition': (one, other) => condition(one, other, false),
}

test.each(Object.keys(FORMS))('of %s only what is so is sure', (form) => {
  const scalar = fc.constantFrom(null, true, false, '', 'a', 'é𝄞', 0, 1, -2, 1.5, 2 ** 53)
  const name = fc.constantFrom('a', 'b', 'constructor', '__proto__')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 3 }),
    ),
  }))
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      someOf(keywordsOf(scalar, name, tie('schema'))),
    ),
  }))
  let sure = 0
  fc.assert(
    fc.property(schema, schema, value, fc.constantFrom(...DRAFTS), (one, other, any, draft) => {
      const made = FORMS[form]?.(one, other)
      const named = { $schema: METASCHEMA_URLS[draft], ...(made as object) }
      if (!isSure(named, any)) return
      sure++
      const node = compileSchema(JSON.stringify(named))
      expect(validateSchema(node, decodeJson(JSON.stringify(any)))).toBeUndefined()
    }),
    { numRuns: 5000 },
  )
  expect(sure).toBeGreaterThan(500)
})

/** A schema of a few keywords. */
function someOf(keywords: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  const entries = Object.entries(keywords).map(([key, of]) => fc.tuple(fc.constant(key), of))
  return fc.array(fc.oneof(...entries), { maxLength: 4 }).map((list) => Object.fromEntries(list))
}

function keywordsOf(
  scalar: fc.Arbitrary<unknown>,
  name: fc.Arbitrary<string>,
  schema: fc.Arbitrary<unknown>,
): Record<string, fc.Arbitrary<unknown>> {
  const schemas = fc.array(schema, { minLength: 1, maxLength: 3 })
  const named = fc.dictionary(name, schema, { maxKeys: 3 })
  const count = fc.nat(3)
  const limit = fc.constantFrom(0, 1, 1.5, -2, 2 ** 53)
  const types = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object']
  const type = fc.constantFrom(...types)
  return {
    ...all(type, ['type']),
    ...all(schemas, ['allOf', 'anyOf', 'oneOf']),
    ...all(named, ['$defs', 'definitions', 'properties', 'patternProperties']),
    ...all(fc.oneof(fc.boolean(), schema), ['additionalProperties']),
    ...all(schema, ['contains', 'else', 'if', 'items', 'not', 'propertyNames', 'then']),
    ...all(count, ['maxItems', 'maxLength', 'maxProperties', 'minItems', 'minLength']),
    ...all(count, ['minProperties']),
    ...all(limit, ['exclusiveMaximum', 'exclusiveMinimum', 'maximum', 'minimum']),
    enum: fc.uniqueArray(fc.constantFrom(null, true, '', 'a'), { minLength: 1 }),
    const: scalar,
    uniqueItems: fc.boolean(),
    required: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
    $ref: fc.constantFrom('#', '#/$defs/a', '#/definitions/b', '#/properties/a', '#/allOf/0'),
    format: fc.constantFrom('date', 'ipv4'),
    pattern: fc.constantFrom('^a', '𝄞|^$'),
    default: scalar,
  }
}

function all(value: fc.Arbitrary<unknown>, names: string[]): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(names.map((name) => [name, value]))
}
