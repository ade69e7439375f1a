import { formatDuration, parseDuration, roundDuration } from '../golang/duration.ts'
import { fn, type GoFunction } from '../golang/function.ts'
import {
  addDuration,
  durationBetween,
  formatTime,
  type Instant,
  instantOf,
  isTime,
  loadZone,
  localZone,
  parseTime,
  timeValue,
  unixTime,
  UTC,
  ZERO_TIME,
} from '../golang/time.ts'
import { GoInt, type IntKind, type Value } from '../golang/value.ts'
import { atoi, orZero } from './cast.ts'

/** Gives the time in milliseconds since 1970. */
export type Clock = () => number

/**
 * Gives the functions over times and durations. A date is a time or seconds since 1970;
 * anything else stands for now.
 *
 * Source: Masterminds/sprig v3.3.0 date.go.
 */
export function dateFunctions(clock: Clock): Record<string, GoFunction> {
  return {
    now: fn([], () => timeValue(nowOf(clock))),
    unixEpoch: fn(['time'], (date: Value) => String(instantOf(date).seconds)),
    ...formatters(clock),
    ...modifiers(),
    ...durations(clock),
    toDate: fn(['string', 'string'], (layout: string, text: string) =>
      timeValue(orZero(() => parseTime(layout, text, localZone()), ZERO_TIME)),
    ),
    mustToDate: fn(['string', 'string'], (layout: string, text: string) =>
      timeValue(parseTime(layout, text, localZone())),
    ),
  }
}

function formatters(clock: Clock): Record<string, GoFunction> {
  const format = (layout: string, date: Value, zone: string): string => {
    const instant = dateOf(date, clock, ['int', 'int32', 'int64'])
    return formatTime({ ...instant, zone: orZero(() => loadZone(zone), UTC) }, layout)
  }
  const dateInZone = fn(['string', 'any', 'string'], format)
  return {
    dateInZone,
    date_in_zone: dateInZone,
    date: fn(['string', 'any'], (layout: string, date: Value) => format(layout, date, 'Local')),
    htmlDate: fn(['any'], (date: Value) => format(DAY_LAYOUT, date, 'Local')),
    htmlDateInZone: fn(['any', 'string'], (date: Value, zone: string) =>
      format(DAY_LAYOUT, date, zone),
    ),
  }
}

function modifiers(): Record<string, GoFunction> {
  const move = (duration: string, date: Value): Value =>
    timeValue(addDuration(instantOf(date), parseDuration(duration)))
  const dateModify = fn(['string', 'time'], (duration: string, date: Value) =>
    orZero(() => move(duration, date), date),
  )
  const mustDateModify = fn(['string', 'time'], move)
  return {
    dateModify,
    date_modify: dateModify,
    mustDateModify,
    must_date_modify: mustDateModify,
  }
}

function durations(clock: Clock): Record<string, GoFunction> {
  return {
    ago: fn(['any'], (date: Value) => {
      const age = durationBetween(dateOf(date, clock, ['int', 'int64']), nowOf(clock))
      return formatDuration(roundDuration(age, SECOND))
    }),
    duration: fn(['any'], (seconds: Value) =>
      formatDuration(BigInt.asIntN(64, secondsOf(seconds) * SECOND)),
    ),
    durationRound: fn(['any'], (duration: Value) => largestUnit(lengthOf(duration, clock))),
  }
}

function dateOf(value: Value, clock: Clock, kinds: readonly IntKind[]): Instant {
  if (isTime(value)) return instantOf(value)
  if (value instanceof GoInt && value.type === undefined && kinds.includes(value.kind)) {
    return unixTime(Number(value.value))
  }
  return nowOf(clock)
}

function nowOf(clock: Clock): Instant {
  const milliseconds = clock()
  const seconds = Math.floor(milliseconds / 1000)
  return unixTime(seconds, Math.round((milliseconds - seconds * 1000) * 1_000_000))
}

/** Only text and int64 count, as in Sprig: a plain int gives 0. */
function secondsOf(value: Value): bigint {
  if (typeof value === 'string') return atoi(value)
  return isPlainInt64(value) ? value.value : 0n
}

function lengthOf(value: Value, clock: Clock): bigint {
  if (typeof value === 'string') return orZero(() => parseDuration(value), 0n)
  if (isTime(value)) return durationBetween(instantOf(value), nowOf(clock))
  return isPlainInt64(value) ? value.value : 0n
}

function isPlainInt64(value: Value): value is GoInt {
  return value instanceof GoInt && value.kind === 'int64' && value.type === undefined
}

/** How many of the largest unit a duration exceeds; the sign goes. */
function largestUnit(nanoseconds: bigint): string {
  const length = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const unit = UNITS.find(([, size]) => length > size)
  return unit === undefined ? '0s' : `${length / unit[1]}${unit[0]}`
}

const DAY_LAYOUT = '2006-01-02'
const SECOND = 1_000_000_000n
const HOUR = 3600n * SECOND
/** From the largest; a month has 30 days. */
const UNITS: readonly [name: string, size: bigint][] = [
  ['y', 365n * 24n * HOUR],
  ['mo', 30n * 24n * HOUR],
  ['d', 24n * HOUR],
  ['h', HOUR],
  ['m', 60n * SECOND],
  ['s', SECOND],
]
