import { checkCount } from './schema-check-scalar.ts'
import { quoteSingle } from './schema-failure.ts'
import type { SchemaMap, SchemaValue } from './schema-json.ts'
import type { SchemaNode } from './schema-node.ts'
import {
  checkAsRoot,
  checkInner,
  checkSelf,
  fail,
  failNames,
  note,
  type Check,
} from './schema-check.ts'

/** Checks the keywords for objects. */
export function checkObject(check: Check, map: SchemaMap): void {
  const { propertyBounds = [], required = [] } = check.schema
  for (const { keyword, limit } of propertyBounds) {
    checkCount(check, { keyword, got: map.size, want: limit })
  }
  const missing = required.filter((name) => !map.has(name))
  if (missing.length > 0) {
    fail(check, `missing ${missing.length === 1 ? 'property' : 'properties'} ${join(missing)}`)
  }
  if (check.quiet && check.failures.length > 0) return
  checkDependencies(check, map, check.schema.dependencies)
  checkProperties(check, map)
  checkNames(check, map)
  checkDependencies(check, map, check.schema.dependentSchemas)
  checkDependencies(check, map, check.schema.dependentRequired)
}

/** Checks what a property that is there asks of the whole. */
function checkDependencies(
  check: Check,
  map: SchemaMap,
  dependencies: ReadonlyMap<string, SchemaNode | readonly string[]> | undefined,
): void {
  for (const [name, wanted] of dependencies ?? []) {
    if (!map.has(name)) continue
    if (!isNames(wanted)) {
      note(check, checkSelf(check, wanted))
      continue
    }
    const missing = wanted.filter((each) => !map.has(each))
    if (missing.length === 0) continue
    fail(check, `properties ${join(missing)} required, if ${quoteSingle(name)} exists`)
  }
}

function isNames(wanted: SchemaNode | readonly string[]): wanted is readonly string[] {
  return Array.isArray(wanted)
}

function checkProperties(check: Check, map: SchemaMap): void {
  const { properties, patternProperties, additionalProperties } = check.schema
  if (
    properties === undefined &&
    patternProperties === undefined &&
    additionalProperties === undefined
  ) {
    return
  }
  const refused: string[] = []
  for (const [name, value] of map) {
    if (check.quiet && check.failures.length > 0) return
    if (checkDeclared(check, name, value)) check.unevaluated?.delete(name)
    else if (additionalProperties === false) refused.push(name)
    else if (typeof additionalProperties === 'object') {
      note(check, checkInner(check, additionalProperties, { value, step: name }))
    }
  }
  if (refused.length > 0) {
    const declared = [...(properties?.keys() ?? [])]
    failNames(check, `additional properties ${join(refused)} not allowed`, {
      names: refused,
      declared,
    })
  }
}

/** Checks a property by its own schema and by those whose pattern its name matches. */
function checkDeclared(check: Check, name: string, value: SchemaValue): boolean {
  const { properties, patternProperties = [] } = check.schema
  const own = properties?.get(name)
  let isDeclared = own !== undefined
  if (own !== undefined) note(check, checkInner(check, own, { value, step: name }))
  for (const { pattern, schema } of patternProperties) {
    if (!pattern.matches(name)) continue
    isDeclared = true
    note(check, checkInner(check, schema, { value, step: name }))
  }
  return isDeclared
}

/** Names are checked as values of their own, so failures are at the root. */
function checkNames(check: Check, map: SchemaMap): void {
  const schema = check.schema.propertyNames
  if (schema === undefined) return
  for (const name of map.keys()) {
    const failure = checkAsRoot(check.run, {
      schema,
      value: name,
      meta: check.meta,
      quiet: check.quiet,
    })
    if (failure === undefined) continue
    const text = `invalid propertyName ${quoteSingle(name)}`
    const refused = { names: [name], declared: schema.enum?.filter(isText) ?? [] }
    note(
      check,
      check.quiet ? failure : { ...failure, kind: 'plain', text, refused, nameIn: check.path },
    )
  }
}

function isText(value: SchemaValue): value is string {
  return typeof value === 'string'
}

function join(names: readonly string[]): string {
  return names.map(quoteSingle).join(', ')
}
