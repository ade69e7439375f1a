import { nanosecondsOf, toDuration } from './duration.ts'
import { fromCivil, type Instant, toCivil, weekday, yearDay } from './time-instant.ts'
import { formatTime, MONTHS, WEEKDAYS } from './time-layout.ts'
import { localZone, nameOf, UTC, type Zone } from './time-zone.ts'
import { GoError, GoInt, GoStruct, type GoType, int, int64, typeName, type Value } from './value.ts'

export type { Instant } from './time-instant.ts'
export { formatTime } from './time-layout.ts'
export { parseTime } from './time-parse.ts'
export { loadZone, localZone, UTC } from './time-zone.ts'

/** Go's zero time: the first of January of the year 1 in UTC. */
export const ZERO_TIME: Instant = { seconds: -62_135_596_800, nanoseconds: 0, zone: UTC }

/** Makes an instant a value of templates, a `time.Time` with its methods. */
export function timeValue(instant: Instant): GoStruct {
  const fields = new Map<string, Value>([
    ['wall', new GoInt(BigInt(instant.nanoseconds), 'uint64')],
    ['ext', int64(instant.seconds)],
    ['loc', zoneValue(instant.zone)],
  ])
  return new GoStruct(TIME, fields)
}

/** Whether a value is a `time.Time`. */
export function isTime(value: Value): value is GoStruct {
  return value instanceof GoStruct && value.type === TIME
}

/**
 * Takes the instant out of a `time.Time`.
 *
 * @throws GoError when the value is none
 */
export function instantOf(value: Value): Instant {
  if (!isTime(value)) {
    throw new GoError(`wrong type for value; expected time.Time; got ${typeName(value)}`)
  }
  return {
    seconds: Number(nanosecondsOf(value.fields.get('ext') ?? null)),
    nanoseconds: Number(nanosecondsOf(value.fields.get('wall') ?? null)),
    zone: zoneOf(value.fields.get('loc') ?? null),
  }
}

/** The instant that many seconds from 1970, in the zone of this machine as Go's `time.Unix`. */
export function unixTime(seconds: number, nanoseconds = 0): Instant {
  return { seconds, nanoseconds, zone: localZone() }
}

/** Moves an instant by nanoseconds. */
export function addDuration(instant: Instant, nanoseconds: bigint): Instant {
  const total = BigInt(instant.nanoseconds) + nanoseconds
  const rest = ((total % BILLION) + BILLION) % BILLION
  const seconds = instant.seconds + Number((total - rest) / BILLION)
  return { ...instant, seconds, nanoseconds: Number(rest) }
}

/** Nanoseconds from `earlier` to `later`, within int64 as Go has it. */
export function durationBetween(earlier: Instant, later: Instant): bigint {
  const seconds = BigInt(later.seconds) - BigInt(earlier.seconds)
  const total = seconds * BILLION + BigInt(later.nanoseconds - earlier.nanoseconds)
  if (total > MAX_DURATION) return MAX_DURATION
  return total < -MAX_DURATION ? -MAX_DURATION - 1n : total
}

/** Orders instants, whatever their zones. */
function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds
}

const BILLION = 1_000_000_000n
const MAX_DURATION = (1n << 63n) - 1n
const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00'

const MONTH: GoType = named('time.Month', (value) => MONTHS[value - 1] ?? `%!Month(${value})`)
const WEEKDAY: GoType = named('time.Weekday', (value) => WEEKDAYS[value] ?? `%!Weekday(${value})`)

const LOCATION: GoType = {
  name: '*time.Location',
  kind: 'ptr',
  methods: { String: (self) => nameOf(zoneOf(self)) },
}

const TIME: GoType = {
  name: 'time.Time',
  kind: 'struct',
  fields: [],
  methods: {
    ...partMethods(),
    Format: (self, layout = '') => formatTime(instantOf(self), textOf(layout)),
    String: (self) => formatTime(instantOf(self), '2006-01-02 15:04:05.999999999 -0700 MST'),
    GoString: (self) => goString(instantOf(self)),
    MarshalJSON: (self) => Buffer.from(`"${formatTime(instantOf(self), RFC3339_NANO)}"`),
    MarshalText: (self) => Buffer.from(formatTime(instantOf(self), RFC3339_NANO)),
    Unix: (self) => int64(instantOf(self).seconds),
    UnixMilli: (self) => int64(unixNanoseconds(self) / 1_000_000n),
    UnixMicro: (self) => int64(unixNanoseconds(self) / 1000n),
    UnixNano: (self) => int64(unixNanoseconds(self)),
    Add: (self, by = null) => timeValue(addDuration(instantOf(self), nanosecondsOf(by))),
    AddDate: (self, years = null, months = null, days = null) =>
      timeValue(addDate(instantOf(self), [years, months, days])),
    Sub: (self, other = null) => toDuration(durationBetween(instantOf(other), instantOf(self))),
    Before: (self, other = null) => compareInstants(instantOf(self), instantOf(other)) < 0,
    After: (self, other = null) => compareInstants(instantOf(self), instantOf(other)) > 0,
    Equal: (self, other = null) => compareInstants(instantOf(self), instantOf(other)) === 0,
    Compare: (self, other = null) =>
      int(Math.sign(compareInstants(instantOf(self), instantOf(other)))),
    IsZero: (self) => compareInstants(instantOf(self), ZERO_TIME) === 0,
    UTC: (self) => timeValue({ ...instantOf(self), zone: UTC }),
    Local: (self) => timeValue({ ...instantOf(self), zone: localZone() }),
    In: (self, zone = null) => timeValue({ ...instantOf(self), zone: zoneOf(zone) }),
    Location: (self) => zoneValue(instantOf(self).zone),
  },
}

/** The methods that read one part off the calendar or the clock. */
function partMethods(): NonNullable<GoType['methods']> {
  const civil = (self: Value) => toCivil(instantOf(self))
  return {
    Year: (self) => int(civil(self).year),
    Month: (self) => new GoInt(BigInt(civil(self).month), 'int', MONTH),
    Day: (self) => int(civil(self).day),
    Hour: (self) => int(civil(self).hour),
    Minute: (self) => int(civil(self).minute),
    Second: (self) => int(civil(self).second),
    Nanosecond: (self) => int(instantOf(self).nanoseconds),
    Weekday: (self) => new GoInt(BigInt(weekday(civil(self))), 'int', WEEKDAY),
    YearDay: (self) => int(yearDay(civil(self))),
  }
}

function named(name: string, describe: (value: number) => string): GoType {
  return { name, methods: { String: (self) => describe(Number(nanosecondsOf(self))) } }
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value
  throw new GoError(`wrong type for value; expected string; got ${typeName(value)}`)
}

function unixNanoseconds(self: Value): bigint {
  const { seconds, nanoseconds } = instantOf(self)
  return BigInt(seconds) * BILLION + BigInt(nanoseconds)
}

function addDate(instant: Instant, by: readonly Value[]): Instant {
  const [years = 0, months = 0, days = 0] = by.map((value) => Number(nanosecondsOf(value)))
  const civil = toCivil(instant)
  const moved = {
    ...civil,
    year: civil.year + years,
    month: civil.month + months,
    day: civil.day + days,
  }
  return fromCivil(moved, instant.nanoseconds, instant.zone)
}

function goString(instant: Instant): string {
  const { year, month, day, hour, minute, second } = toCivil(instant)
  const clock = `${hour}, ${minute}, ${second}, ${instant.nanoseconds}`
  const name = nameOf(instant.zone)
  const { offset } = instant.zone
  const zone =
    name === 'UTC' || name === 'Local' ? `time.${name}` : `time.Location(${JSON.stringify(name)})`
  const shown = name === '' && offset === 0 ? 'time.UTC' : zone
  return `time.Date(${year}, time.${MONTHS[month - 1] ?? ''}, ${day}, ${clock}, ${shown})`
}

function zoneValue(zone: Zone): GoStruct {
  const fields = new Map<string, Value>([
    ['name', zone.name],
    ['place', zone.place ?? null],
    ['offset', int(zone.offset)],
  ])
  return new GoStruct(LOCATION, fields)
}

function zoneOf(value: Value): Zone {
  if (!(value instanceof GoStruct) || value.type !== LOCATION) {
    throw new GoError(`wrong type for value; expected *time.Location; got ${typeName(value)}`)
  }
  const { fields } = value
  const place = fields.get('place')
  return {
    name: textOf(fields.get('name') ?? ''),
    place: typeof place === 'string' ? place : undefined,
    offset: Number(nanosecondsOf(fields.get('offset') ?? null)),
  }
}
