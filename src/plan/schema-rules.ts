import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'

/**
 * Lists the rules in CEL (`x-kubernetes-validations`) that a schema has and another had not, each
 * as its path and what it wants: `spec: self.size < 50`.
 *
 * @param before OpenAPI v3 schemas as CRDs have them
 */
export function addedRules(before: JsonObject, after: JsonObject): string[] {
  const known = new Set(rulesOf(before, ''))
  return rulesOf(after, '').filter((rule) => !known.has(rule))
}

function rulesOf(schema: JsonObject, path: string): string[] {
  const { properties, items, additionalProperties } = schema
  const inner = Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([name, each]) =>
    within(each, path === '' ? name : `${path}.${name}`),
  )
  return [
    ...textsOf(schema['x-kubernetes-validations'], path),
    ...inner,
    ...within(items, `${path}[]`),
    ...within(additionalProperties, `${path}.*`),
  ]
}

function within(schema: Json | undefined, path: string): string[] {
  return isJsonObject(schema) ? rulesOf(schema, path) : []
}

function textsOf(validations: Json | undefined, path: string): string[] {
  return (Array.isArray(validations) ? validations : []).flatMap((each) =>
    isJsonObject(each) && typeof each['rule'] === 'string'
      ? [`${path === '' ? 'the object' : path}: ${each['rule']}`]
      : [],
  )
}
