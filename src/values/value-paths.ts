import type { GoMap, Value } from '../golang/value.ts'

/**
 * Finds the map at a path such as `db.exports`, or the name of the first part that is none.
 *
 * Source: Helm 4.1.4 pkg/chart/common/values.go, `Table`.
 */
export function findTable(values: GoMap, path: string): GoMap | string {
  let table = values
  for (const name of path.split('.')) {
    const next = table.get(name)
    if (!(next instanceof Map)) return name
    table = next
  }
  return table
}

/** Finds a value that is no map at a path such as `db.enabled`; undefined when there is none. */
export function findValue(values: GoMap, path: string): Value | undefined {
  const names = path.split('.')
  const last = names.pop() ?? ''
  const table = names.length === 0 ? values : findTable(values, names.join('.'))
  if (typeof table === 'string') return undefined
  const value = table.get(last)
  return value instanceof Map ? undefined : value
}
