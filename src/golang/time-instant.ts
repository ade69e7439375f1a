import { lookUp, type Zone } from './time-zone.ts'

/** A moment, and the zone it is shown in; Go's `time.Time` without its monotonic clock. */
export interface Instant {
  /** Whole seconds from 1970 in UTC. */
  readonly seconds: number
  /** 0 to 999,999,999. */
  readonly nanoseconds: number
  readonly zone: Zone
}

/** What a calendar and a clock show; months count from 1. */
export interface Civil {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

/** Reads a calendar and a clock at an instant, in its zone. */
export function toCivil(instant: Instant): Civil {
  const { offset } = lookUp(instant.zone, instant.seconds)
  const date = new Date((instant.seconds + offset) * 1000)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  }
}

/** Seconds from 1970 of a civil time in UTC; parts out of range carry over. */
export function secondsOf(civil: Civil): number {
  const date = new Date(0)
  date.setUTCFullYear(civil.year, civil.month - 1, civil.day)
  return date.getTime() / 1000 + civil.hour * 3600 + civil.minute * 60 + civil.second
}

/** The instant at which a zone's clocks show a civil time; as Go's `time.Date`. */
export function fromCivil(civil: Civil, nanoseconds: number, zone: Zone): Instant {
  const shown = secondsOf(civil)
  // The offset is only known once the instant is; so guess, and look again.
  const guess = shown - lookUp(zone, shown).offset
  const seconds = shown - lookUp(zone, guess).offset
  return { seconds, nanoseconds, zone }
}

/** Day of the year, from 1. */
export function yearDay(civil: Civil): number {
  const start = secondsOf({ year: civil.year, month: 1, day: 1, hour: 0, minute: 0, second: 0 })
  return Math.floor((secondsOf(civil) - start) / 86_400) + 1
}

/** Day of the week, Sunday being 0. */
export function weekday(civil: Civil): number {
  const days = Math.floor(secondsOf(civil) / 86_400)
  return (((days + 4) % 7) + 7) % 7
}
