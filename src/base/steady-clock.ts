/**
 * Milliseconds on a clock that nobody sets, for how long something takes. `performance.now` gives
 * them too, but makes Node load ten modules.
 */
export function steadyNow(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
