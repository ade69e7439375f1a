/** How often and how patiently a call is made again; times in milliseconds. */
export interface RetryPolicy {
  /** All tries together. */
  tries: number
  shortest: number
  longest: number
  /** The longest pause that a server may ask for. */
  patience: number
}

export const RETRIES: RetryPolicy = { tries: 5, shortest: 200, longest: 8000, patience: 60_000 }

/** What the server says while it is not able to do a thing that it may do later. */
const PASSING = new Set([500, 502, 503, 504])
/** The server is there, and turned the call away without looking at it. */
const TOO_MANY = 429

/** The API server calls this a failure of its own, but the object is what is wrong. */
export const BAD_OBJECT =
  /failed to (?:create typed patch object|convert new object)|duplicate nodePort: /

/** Whether an answer may be another one when the call is made again. */
export function isPassing(
  { status, body }: { status: number; body: string },
  isRepeatable: boolean,
): boolean {
  if (status === TOO_MANY) return true
  return isRepeatable && PASSING.has(status) && !BAD_OBJECT.test(body)
}

/**
 * How long to pause before the next try: as long as the server asks, else any time up to a
 * bound that doubles with each try, so that many clients do not come back at once.
 *
 * @param tries made so far, from 1
 * @param random from 0 to below 1
 * @returns undefined when the server asks for more patience than there is
 */
export function pauseBefore(
  policy: RetryPolicy,
  { tries, asked, random }: { tries: number; asked: number | undefined; random: number },
): number | undefined {
  if (asked !== undefined && asked > policy.patience) return undefined
  const bound = Math.min(policy.longest, policy.shortest * 2 ** (tries + 1))
  const own = policy.shortest + random * (bound - policy.shortest)
  return asked === undefined ? own : Math.max(asked, policy.shortest)
}

/**
 * Waits.
 *
 * @throws the signal's reason when it aborts
 */
export async function pause(time: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, time)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
