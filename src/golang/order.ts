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

/**
 * Orders items by a text of theirs as `compareText` does. All texts are looked at once, and not two
 * of them in every comparison, for characters that UTF-16 orders otherwise.
 */
export function byText<T>(items: Iterable<T>, textOf: (item: T) => string): (a: T, b: T) => number {
  for (const item of items) {
    if (ABOVE_SURROGATES.test(textOf(item))) return (a, b) => compareText(textOf(a), textOf(b))
  }
  return (a, b) => {
    const left = textOf(a)
    const right = textOf(b)
    return left < right ? -1 : left > right ? 1 : 0
  }
}

/** The keys of a map in Go's order of strings. */
export function sortedKeys(map: GoMap): string[] {
  const keys = [...map.keys()]
  for (const key of keys) if (ABOVE_SURROGATES.test(key)) return keys.sort(compareText)
  return keys.sort()
}
