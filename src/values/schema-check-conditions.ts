import type { Failure } from './schema-failure.ts'
import { checkSelf, fail, hasUnevaluated, note, type Check } from './schema-check.ts'

/** Checks the keywords that ask other schemas about the same value. */
export function checkConditions(check: Check): void {
  const { schema } = check
  if (schema.not !== undefined && checkSelf(check, schema.not, { quiet: true }) === undefined) {
    fail(check, "'not' failed")
  }
  checkAllOf(check)
  checkAnyOf(check)
  checkOneOf(check)
  checkIf(check)
}

function checkAllOf(check: Check): void {
  const failures: Failure[] = []
  for (const schema of check.schema.allOf ?? []) {
    const failure = checkSelf(check, schema)
    if (failure === undefined) continue
    failures.push(failure)
    if (check.quiet) break
  }
  if (failures.length > 0) fail(check, "'allOf' failed", failures)
}

function checkAnyOf(check: Check): void {
  const { anyOf } = check.schema
  if (anyOf === undefined || anyOf.length === 0) return
  const failures: Failure[] = []
  let matched = false
  for (const schema of anyOf) {
    const failure = checkSelf(check, schema)
    if (failure !== undefined) failures.push(failure)
    else {
      matched = true
      // The rest matters only to what is still unevaluated.
      if (!hasUnevaluated(check)) break
    }
  }
  if (!matched) fail(check, "'anyOf' failed", failures)
}

function checkOneOf(check: Check): void {
  const { oneOf } = check.schema
  if (oneOf === undefined || oneOf.length === 0) return
  const failures: Failure[] = []
  let matched: number | undefined
  for (const [at, schema] of oneOf.entries()) {
    const failure = checkSelf(check, schema, { quiet: matched !== undefined })
    if (failure !== undefined) {
      if (matched === undefined) failures.push(failure)
    } else if (matched === undefined) matched = at
    else {
      fail(check, `'oneOf' failed, subschemas ${matched}, ${at} matched`)
      break
    }
  }
  if (matched === undefined) fail(check, "'oneOf' failed, none matched", failures)
}

function checkIf(check: Check): void {
  const { schema } = check
  if (schema.if === undefined) return
  const isTrue = checkSelf(check, schema.if, { quiet: true }) === undefined
  const next = isTrue ? schema.then : schema.else
  if (next !== undefined) note(check, checkSelf(check, next))
}
