/**
 * Reads `Retry-After`: seconds, or an HTTP date, which is compared with the server's own clock.
 *
 * @returns milliseconds; undefined when there is none, or nothing that makes sense
 */
export function readRetryAfter(
  text: string | undefined,
  date: string | undefined,
  now: number,
): number | undefined {
  if (text === undefined) return undefined
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1000
  const until = /GMT\s*$/.test(text) ? Date.parse(text) : Number.NaN
  const from = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(until)) return undefined
  return Math.max(0, until - (Number.isNaN(from) ? now : from))
}
