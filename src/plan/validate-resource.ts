import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { GoError } from '../golang/value.ts'
import type { KubeObject } from '../manifest/object.ts'
import { compileSchema } from '../values/schema-compile.ts'
import { leavesOf } from '../values/schema-failure.ts'
import { parseSchemaJson } from '../values/schema-json.ts'
import { validateSchema } from '../values/schema-validate.ts'

/** Says what is wrong with a custom resource, one line each: `spec.size: …`. */
export type ValidateResource = (resource: KubeObject) => string[]

/**
 * Makes a check of custom resources by the schema of a CRD's version. Rules in CEL
 * (`x-kubernetes-validations`) are not looked at.
 */
export function resourceCheck(schema: JsonObject): ValidateResource {
  const node = compiled(schema)
  return (resource) => {
    const { apiVersion: _version, kind: _kind, metadata: _metadata, ...content } = resource
    const failure = node && validateSchema(node, parseSchemaJson(JSON.stringify(content)))
    const wrong = failure === undefined ? [] : leavesOf(failure)
    return [
      ...wrong.map(
        ({ path, text }) => `${path.length === 0 ? 'the object' : path.join('.')}: ${text}`,
      ),
      ...droppedFields(schema, content, ''),
    ]
  }
}

/** A schema that our validator does not understand refuses nothing: the API server is asked. */
function compiled(schema: JsonObject) {
  try {
    const { apiVersion: _v, kind: _k, metadata: _m, ...properties } = propertiesOf(schema)
    const content = { ...schema, properties }
    return compileSchema(JSON.stringify({ $schema: DRAFT, ...asJsonSchema(content) }))
  } catch (error) {
    if (error instanceof GoError) return undefined
    throw error
  }
}

/** OpenAPI v3.0 has the keywords of this draft. */
const DRAFT = 'http://json-schema.org/draft-04/schema#'

/** Keywords whose values are schemas, schemas by name, and lists of schemas. */
const SCHEMAS = new Set(['additionalProperties', 'items', 'not'])
const NAMED = new Set(['properties', 'patternProperties', 'definitions'])
const LISTS = new Set(['allOf', 'anyOf', 'oneOf'])
/** What says nothing about values, or is no keyword of JSON Schema. */
const LEFT_OUT =
  /^(?:x-kubernetes-|nullable$|default$|description$|example$|externalDocs$|format$|title$)/

/** OpenAPI's `nullable` and Kubernetes' int-or-string in the words of JSON Schema. */
function asJsonSchema(schema: JsonObject): JsonObject {
  const translated: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if (LEFT_OUT.test(key)) continue
    if (SCHEMAS.has(key) && isJsonObject(value)) translated[key] = asJsonSchema(value)
    else if (NAMED.has(key) && isJsonObject(value)) translated[key] = mapValues(value)
    else if (LISTS.has(key) && Array.isArray(value)) translated[key] = value.map(translate)
    else translated[key] = value
  }
  addTypes(schema, translated)
  return translated
}

function addTypes(schema: JsonObject, translated: JsonObject): void {
  if (schema['x-kubernetes-int-or-string'] === true) translated['type'] = ['integer', 'string']
  const { type } = translated
  if (schema['nullable'] === true && type !== undefined) {
    translated['type'] = [...(Array.isArray(type) ? type : [type]), 'null']
    if (Array.isArray(translated['enum'])) translated['enum'] = [...translated['enum'], null]
  }
  const { required } = translated
  if (Array.isArray(required) && required.length === 0) delete translated['required']
}

function translate(value: Json): Json {
  return isJsonObject(value) ? asJsonSchema(value) : value
}

function mapValues(schemas: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, value]) => [name, translate(value)]),
  )
}

/** Fields that the schema does not name, which an API server drops without a word. */
function droppedFields(schema: JsonObject, value: Json | undefined, path: string): string[] {
  if (Array.isArray(value)) {
    const { items } = schema
    if (!isJsonObject(items)) return []
    return value.flatMap((item, at) => droppedFields(items, item, `${path}.${at}`))
  }
  if (!isJsonObject(value) || schema['x-kubernetes-preserve-unknown-fields'] === true) return []
  const properties = propertiesOf(schema)
  const rest = schema['additionalProperties']
  return Object.entries(value).flatMap(([key, item]) => {
    const place = path === '' ? key : `${path}.${key}`
    const inner = Object.hasOwn(properties, key) ? properties[key] : rest
    if (isJsonObject(inner)) return droppedFields(inner, item, place)
    return inner === undefined || inner === false ? [`${place}: would be dropped`] : []
  })
}

function propertiesOf(schema: JsonObject): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : {}
}
