import { PkgError } from '../base/errors.ts'
import {
  checkAsRoot,
  checkInner,
  checkSelf,
  note,
  type Check,
  type MetaResources,
  type Run,
} from './schema-check.ts'
import { checkArray } from './schema-check-array.ts'
import { checkConditions } from './schema-check-conditions.ts'
import { checkObject } from './schema-check-object.ts'
import { checkGeneral, checkNumber, checkText } from './schema-check-scalar.ts'
import { FAILED, type Failure } from './schema-failure.ts'
import { isList, isMap, type SchemaValue } from './schema-json.ts'
import type { SchemaNode } from './schema-node.ts'

/**
 * Checks a value by a compiled schema.
 *
 * @param resources given when the value is a schema itself
 * @returns why the value does not meet the schema; undefined when it does
 * @throws PkgError SCHEMA_INVALID when checking takes too many steps
 */
export function validateSchema(
  schema: SchemaNode,
  value: SchemaValue,
  resources?: MetaResources,
): Failure | undefined {
  const run: Run = { steps: 0, resources, check: runCheck }
  const meta = resources === undefined ? undefined : schema
  // Most values are right, and to see that takes no paths and no messages.
  const isQuick = resources?.isMixed !== true
  if (isQuick && checkAsRoot(run, { schema, value, meta, quiet: true }) === undefined) {
    return undefined
  }
  return checkAsRoot(run, { schema, value, meta, quiet: false })
}

/** More steps than any schema of use takes; less than a second of work. */
const MAX_STEPS = 1_000_000

function runCheck(check: Check): Failure | undefined {
  const { run, schema, value } = check
  if (++run.steps > MAX_STEPS) {
    throw new PkgError('SCHEMA_INVALID', 'values.schema.json takes too many steps to check', {
      hint: 'Look for references that lead to each other and multiply.',
    })
  }
  if (schema.always === true) return undefined
  if (schema.always === false) return only(check, 'false schema')
  const cycle = findCycle(check)
  if (cycle !== undefined) return only(check, describeCycle(check, cycle))
  const wrong = checkGeneral(schema, value)
  if (wrong !== undefined) return only(check, wrong)
  if (schema.ref !== undefined) {
    const failure = checkReference(check, schema.ref, '$ref')
    if (schema.draft < 2019) return failure
    note(check, failure)
  }
  checkByType(check)
  if (check.failures.length === 0 || !check.quiet) checkRest(check)
  return result(check)
}

function checkByType(check: Check): void {
  const { value } = check
  if (isMap(value)) checkObject(check, value)
  else if (isList(value)) checkArray(check, value)
  else if (typeof value === 'string') checkText(check, value)
  else checkNumber(check, value)
}

function checkRest(check: Check): void {
  const { schema } = check
  if (schema.recursiveRef !== undefined) {
    note(check, checkReference(check, recursiveTarget(check, schema.recursiveRef), '$recursiveRef'))
  }
  if (schema.dynamicRef !== undefined) {
    note(check, checkReference(check, dynamicTarget(check, schema.dynamicRef), '$dynamicRef'))
  }
  checkConditions(check)
  checkUnevaluated(check)
}

function result(check: Check): Failure | undefined {
  const { failures, path, quiet } = check
  if (failures.length <= 1) return failures[0]
  return quiet ? FAILED : { path, kind: 'group', text: 'validation failed', causes: failures }
}

function only(check: Check, text: string): Failure {
  return check.quiet ? FAILED : { path: check.path, kind: 'plain', text, causes: [] }
}

function checkReference(check: Check, schema: SchemaNode, keyword: string): Failure | undefined {
  const failure = checkSelf(check, schema, { keyword })
  if (failure === undefined || check.quiet) return failure
  const causes = failure.kind === 'group' ? failure.causes : [failure]
  return { path: check.path, kind: 'reference', text: 'validation failed', causes }
}

/** The outermost schema at work whose resource asks to be recursed to. */
function recursiveTarget(check: Check, target: SchemaNode): SchemaNode {
  if (target.recursiveAnchor !== true) return target
  let found = target
  for (let each: Check | undefined = check; each !== undefined; each = each.parent) {
    if (each.schema.resource.recursiveAnchor === true) found = each.schema
  }
  return found
}

/** The schema of that dynamic anchor in the outermost resource at work that has it. */
function dynamicTarget(
  check: Check,
  { target, anchor }: { target: SchemaNode; anchor: string },
): SchemaNode {
  if (anchor === '' || target.dynamicAnchor !== anchor) return target
  let found = target
  for (let each: Check | undefined = check; each !== undefined; each = each.parent) {
    found = each.schema.resource.dynamicAnchors?.get(anchor) ?? found
  }
  return found
}

function checkUnevaluated(check: Check): void {
  const { schema, value, unevaluated } = check
  const forItems = isList(value) ? schema.unevaluatedItems : undefined
  const forProperties = isMap(value) ? schema.unevaluatedProperties : undefined
  const inner = forItems ?? forProperties
  if (inner === undefined) return
  for (const step of unevaluated ?? []) {
    const item = isMap(value) ? value.get(step) : isList(value) ? value[Number(step)] : undefined
    if (item !== undefined) note(check, checkInner(check, inner, { value: item, step }))
  }
  check.unevaluated = undefined
}

function findCycle(check: Check): Check | undefined {
  let each = check
  while (each.isSameValue && each.parent !== undefined) {
    each = each.parent
    if (each.schema === check.schema) return each
  }
  return undefined
}

function describeCycle(check: Check, cycle: Check): string {
  const { location } = check.schema
  const places = `${keywordPath(check)} and ${keywordPath(cycle)}`
  return `both ${places} resolve to "${location}" causing reference cycle`
}

function keywordPath(check: Check): string {
  let path = ''
  let each = check
  while (each.parent !== undefined) {
    const { parent } = each
    const step = each.schema.location.slice(parent.schema.location.length)
    path = (each.keyword === '' ? step : `/${each.keyword}`) + path
    each = parent
  }
  return path
}
