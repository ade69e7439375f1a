import { toBytes } from './bytes.ts'
import type { GoMap } from './value.ts'

const ABOVE_SURROGATES = /[\ud800-\uffff]/

/** Orders strings by their bytes, as Go does; UTF-16 units order some characters otherwise. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  if (ABOVE_SURROGATES.test(a) || ABOVE_SURROGATES.test(b)) {
    return Buffer.compare(toBytes(a), toBytes(b))
  }
  return a < b ? -1 : 1
}

/** The keys of a map in Go's order of strings. */
export function sortedKeys(map: GoMap): string[] {
  const keys = [...map.keys()]
  for (const key of keys) if (ABOVE_SURROGATES.test(key)) return keys.sort(compareText)
  return keys.sort()
}
