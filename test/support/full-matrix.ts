/*
 * `KUBECTL_PKG_FULL_MATRIX=1` has the suites of the matrix try every point in every way, for
 * people, since it takes an hour; `2/6` has them try the second of six parts of that.
 */

const asked = process.env['KUBECTL_PKG_FULL_MATRIX'] ?? ''
const [part = 1, parts = 1] = asked === '1' ? [] : asked.split('/').map(Number)

/** Whether every point is asked for, or a part of them. */
export const IS_FULL = asked !== ''

/** A full matrix takes longer than other tests may, and is run once. */
export const MATRIX_LIMITS = IS_FULL ? { timeout: 7_200_000, retry: 0 } : {}

/** The part that was asked for; neighbours go to different parts, so that each has of all kinds. */
export function partOf<T>(all: readonly T[]): T[] {
  return all.filter((_, at) => at % parts === part - 1)
}

/** How far a full matrix is: what the last point came to, and how many of all are done. */
export interface MatrixProgress {
  /** Empty when nothing is wrong. */
  failure: string
  done: number
  all: number
}

/** Tells each failure of a full matrix at once, since all of them come at its end only. */
export function tellProgress(what: string, { failure, done, all }: MatrixProgress): void {
  if (!IS_FULL) return
  if (failure !== '') process.stderr.write(`${what}, failed: ${failure}\n`)
  if (done % 25 === 0 || done === all) process.stderr.write(`${what}, ${done} of ${all} done\n`)
}
