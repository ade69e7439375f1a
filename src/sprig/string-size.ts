import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'

/** @throws PkgError RENDER_BUDGET when a text of that many characters would be too long */
export function assertSize(characters: number): void {
  if (characters <= LIMITS.stringBytes) return
  throw new PkgError(
    'RENDER_BUDGET',
    `a string of ${characters} bytes is longer than the limit of ${LIMITS.stringBytes}`,
  )
}

/**
 * Joins texts.
 *
 * @throws PkgError RENDER_BUDGET when the result would be too long
 */
export function joinTexts(texts: readonly string[], separator: string): string {
  assertSize(texts.reduce((size, text) => size + text.length + separator.length, 0))
  return texts.join(separator)
}

/** Items of a list that a function makes of others. */
const MOST_ITEMS = 10_000_000

/** @throws PkgError RENDER_BUDGET when a list of that many items would be too long */
export function assertCount(items: number): void {
  if (items <= MOST_ITEMS) return
  throw new PkgError(
    'RENDER_BUDGET',
    `a list of ${items} items is longer than the limit of ${MOST_ITEMS}`,
  )
}
