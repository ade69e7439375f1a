import { checkCount } from './schema-check-scalar.ts'
import { findDuplicate } from './schema-equal.ts'
import type { Failure } from './schema-failure.ts'
import type { SchemaValue } from './schema-json.ts'
import { printCount } from './schema-number.ts'
import { checkInner, fail, note, type Check } from './schema-check.ts'

/** Checks the keywords for arrays. */
export function checkArray(check: Check, list: readonly SchemaValue[]): void {
  const { itemBounds = [], uniqueItems } = check.schema
  for (const { keyword, limit } of itemBounds) {
    checkCount(check, { keyword, got: list.length, want: limit })
  }
  if (uniqueItems === true) {
    const [first, second] = findDuplicate(list) ?? []
    if (first !== undefined && second !== undefined) {
      fail(check, `items at ${printCount(first)} and ${printCount(second)} are equal`)
    }
  }
  checkItems(check, list)
  checkContains(check, list)
}

function checkItems(check: Check, list: readonly SchemaValue[]): void {
  const { firstItems = [], otherItems } = check.schema
  const count = Math.min(firstItems.length, list.length)
  for (const [at, schema] of firstItems.slice(0, count).entries()) {
    note(check, checkInner(check, schema, { value: list[at] ?? null, step: String(at) }))
  }
  if (otherItems === false && count < list.length) {
    fail(check, `last ${printCount(list.length - count)} additionalItem(s) not allowed`)
  }
  if (otherItems === undefined || otherItems === false) return
  for (let at = count; at < list.length; at++) {
    // Helm's validator counts these from the first of them.
    const step = String(at - count)
    note(check, checkInner(check, otherItems, { value: list[at] ?? null, step }))
  }
}

function checkContains(check: Check, list: readonly SchemaValue[]): void {
  const { contains, minContains, maxContains, draft } = check.schema
  if (contains === undefined) return
  const failures: Failure[] = []
  const matched: number[] = []
  for (const [at, value] of list.entries()) {
    const failure = checkInner(check, contains, { value, step: String(at) })
    if (failure !== undefined) {
      failures.push(failure)
      continue
    }
    matched.push(at)
    if (draft >= 2020) check.unevaluated?.delete(String(at))
  }
  if (minContains === undefined && matched.length === 0) {
    fail(check, 'no items match contains schema', failures)
  }
  if (minContains !== undefined && matched.length < minContains) {
    fail(check, `min ${describeMatches(minContains, matched)}`, failures)
  }
  if (maxContains !== undefined && matched.length > maxContains) {
    fail(check, `max ${describeMatches(maxContains, matched)}`)
  }
}

function describeMatches(limit: number, matched: readonly number[]): string {
  const wanted = `${printCount(limit)} items required to match contains schema`
  if (matched.length === 0) return `${wanted}, but none matched`
  return `${wanted}, but matched ${printCount(matched.length)} items at ${matched.join(' ')}`
}
