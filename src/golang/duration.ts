import { toBytes } from './bytes.ts'
import { GoError, GoInt, type GoType, int64, type Value } from './value.ts'

/**
 * Reads a Go duration such as `1h15m30.5s`, in nanoseconds.
 *
 * Source: Go `time.ParseDuration`.
 *
 * @throws GoError with Go's text
 */
export function parseDuration(text: string): bigint {
  const digits = text.replace(/^[-+]/, '')
  if (digits === '0') return 0n
  if (digits === '') throw invalid(text)
  const total = sumOf(digits, text)
  if (text.startsWith('-')) return -total
  if (total === LIMIT) throw invalid(text)
  return total
}

/** Writes nanoseconds as Go does: `1h15m30.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const sign = nanoseconds < 0n ? '-' : ''
  if (size === 0n) return '0s'
  if (size < MICROSECOND) return `${sign}${size}ns`
  if (size < MILLISECOND) return `${sign}${decimal(size, 3)}µs`
  if (size < SECOND) return `${sign}${decimal(size, 6)}ms`
  const minutes = size / MINUTE
  const seconds = `${decimal(size % MINUTE, 9)}s`
  if (minutes === 0n) return sign + seconds
  const hours = minutes / 60n
  return `${sign}${hours > 0n ? `${hours}h` : ''}${minutes % 60n}m${seconds}`
}

/** Rounds to the nearest multiple of a unit, a half away from zero; as Go, within int64. */
export function roundDuration(nanoseconds: bigint, unit: bigint): bigint {
  if (unit <= 0n) return nanoseconds
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const rest = size % unit
  const rounded = rest * 2n < unit ? size - rest : size - rest + unit
  const signed = nanoseconds < 0n ? -rounded : rounded
  if (signed >= LIMIT) return LIMIT - 1n
  return signed < -LIMIT ? -LIMIT : signed
}

/** Makes nanoseconds a value of templates, a `time.Duration` with its methods. */
export function toDuration(nanoseconds: bigint): GoInt {
  return new GoInt(BigInt.asIntN(64, nanoseconds), 'int64', DURATION)
}

/** Nanoseconds of a value that is a duration or another integer; 0 for what is neither. */
export function nanosecondsOf(value: Value): bigint {
  return value instanceof GoInt ? value.value : 0n
}

/** Go's `time.Duration`. */
const DURATION: GoType = {
  name: 'time.Duration',
  methods: {
    String: (self) => formatDuration(nanosecondsOf(self)),
    Nanoseconds: (self) => int64(nanosecondsOf(self)),
    Microseconds: (self) => int64(nanosecondsOf(self) / 1000n),
    Milliseconds: (self) => int64(nanosecondsOf(self) / 1_000_000n),
    Seconds: (self) => inUnit(self, 1_000_000_000n),
    Minutes: (self) => inUnit(self, 60_000_000_000n),
    Hours: (self) => inUnit(self, 3_600_000_000_000n),
    Abs: (self) => toDuration(absolute(nanosecondsOf(self))),
    Round: (self, unit = null) =>
      toDuration(roundDuration(nanosecondsOf(self), nanosecondsOf(unit))),
    Truncate: (self, unit = null) => toDuration(truncate(nanosecondsOf(self), nanosecondsOf(unit))),
  },
}

const LIMIT = 1n << 63n
const MICROSECOND = 1000n
const MILLISECOND = 1_000_000n
const SECOND = 1_000_000_000n
const MINUTE = 60n * SECOND

const UNITS = new Map([
  ['ns', 1n],
  ['us', MICROSECOND],
  ['µs', MICROSECOND],
  ['μs', MICROSECOND],
  ['ms', MILLISECOND],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', 60n * MINUTE],
])

/** Adds up the numbers of a duration without a sign; `text` is the whole for errors. */
function sumOf(digits: string, text: string): bigint {
  let total = 0n
  for (let rest = digits; rest !== '';) {
    const [number = '', whole = '', fraction = ''] = /^(\d*)(?:\.(\d*))?/.exec(rest) ?? []
    const name = /^[^.\d]*/.exec(rest.slice(number.length))?.[0] ?? ''
    if ((whole === '' && fraction === '') || BigInt(whole) > LIMIT) throw invalid(text)
    total += BigInt(whole) * unitNamed(name, text) + fractionOf(fraction, name)
    if (total > LIMIT) throw invalid(text)
    rest = rest.slice(number.length + name.length)
  }
  return total
}

function unitNamed(name: string, text: string): bigint {
  if (name === '') throw new GoError(`time: missing unit in duration ${quoteForTime(text)}`)
  const unit = UNITS.get(name)
  if (unit !== undefined) return unit
  throw new GoError(`time: unknown unit ${quoteForTime(name)} in duration ${quoteForTime(text)}`)
}

/** Go computes the part behind the point with floats; so the last nanosecond agrees. */
function fractionOf(digits: string, unitName: string): bigint {
  // Digits beyond int64 are dropped, as Go does.
  let kept = digits.slice(0, 19)
  if (BigInt(kept) >= LIMIT) kept = kept.slice(0, 18)
  const unit = Number(UNITS.get(unitName) ?? 0n)
  return BigInt(Math.trunc(Number(kept) * (unit / 10 ** kept.length)))
}

function decimal(value: bigint, places: number): string {
  const scale = 10n ** BigInt(places)
  const fraction = (value % scale).toString().padStart(places, '0').replace(/0+$/, '')
  return `${value / scale}${fraction === '' ? '' : `.${fraction}`}`
}

/** Whole units and the rest apart, so that large durations keep their digits. */
function inUnit(self: Value, unit: bigint): number {
  const nanoseconds = nanosecondsOf(self)
  return Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit)
}

function absolute(nanoseconds: bigint): bigint {
  if (nanoseconds >= 0n) return nanoseconds
  return nanoseconds === -LIMIT ? LIMIT - 1n : -nanoseconds
}

function truncate(nanoseconds: bigint, unit: bigint): bigint {
  return unit <= 0n ? nanoseconds : nanoseconds - (nanoseconds % unit)
}

function invalid(text: string): GoError {
  return new GoError(`time: invalid duration ${quoteForTime(text)}`)
}

/** Quotes text as Go's time package does: bytes outside of ASCII as `\x…`. */
export function quoteForTime(text: string): string {
  const parts = Array.from(text, (character) => {
    if (character >= ' ' && character < '\u0080') {
      return character === '"' || character === '\\' ? `\\${character}` : character
    }
    return Array.from(
      toBytes(character),
      (byte) => `\\x${byte.toString(16).padStart(2, '0')}`,
    ).join('')
  })
  return `"${parts.join('')}"`
}
