/** Calls that may be under way at the same time, heartbeats and watches aside. */
export const PARALLEL = 12

/**
 * Does something with each item, a few at a time, and gives the results in their order.
 *
 * After a failure nothing new is begun; what is under way is waited for.
 *
 * @throws AggregateError of all failures when there is more than one, else the failure itself
 */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const failures: unknown[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const at = next++
      const item = items[at] as T
      try {
        results[at] = await run(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work))
  if (failures.length > 1) throw new AggregateError(failures)
  if (failures.length === 1) throw failures[0]
  return results
}
