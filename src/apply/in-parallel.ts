import { PkgError } from '../base/errors.ts'

/** Calls that may be under way at the same time, heartbeats and watches aside. */
export const PARALLEL = 12

/**
 * Does something with each item, a few at a time, and gives the results in their order.
 *
 * After a failure nothing new is begun; what is under way is waited for.
 *
 * @throws the failure; of several PkgErrors the first, with what the others say as details
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
  if (failures.length > 0) throw joined(failures)
  return results
}

/** One failure that also tells the others; a lock that is lost or a signal comes first. */
function joined(errors: readonly unknown[]): unknown {
  const unexpected = errors.find((error) => !(error instanceof PkgError))
  if (unexpected !== undefined) return unexpected
  const failures = errors.filter((error) => error instanceof PkgError)
  const first = failures.find(({ code }) => FIRST.has(code)) ?? failures[0]
  if (first === undefined || FIRST.has(first.code)) return first
  const { code, message, hint, span, details, cause } = first
  const others = failures.filter((each) => each !== first).map((each) => `also: ${each.message}`)
  return new PkgError(code, message, { hint, span, details: [...details, ...others], cause })
}

const FIRST: ReadonlySet<string> = new Set(['INTERRUPTED', 'TERMINATED', 'LOCK_LOST'])
