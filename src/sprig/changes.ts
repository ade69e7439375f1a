let count = 0

/** Counts that a template has changed a map in place. */
export function noteChange(): void {
  count++
}

/**
 * Tells how often templates of this process have changed maps. While the number stays, so does
 * everything that they hold.
 */
export function countChanges(): number {
  return count
}
