import { formatTime, localZone, parseTime, UTC } from '../golang/time.ts'

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/
/** The layout of stored times. */
const STORED = '2006-01-02T15:04:05Z07:00'
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** A stored time as `status` shows it, in its own zone: `Sat Nov 21 12:00:00 2026`. */
export function viewTime(stored: string): string {
  const [, year = '', month = '', day = '', ...clock] = RFC_3339.exec(stored) ?? []
  if (year === '') return stored
  const weekday = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDay()
  const date = String(Number(day)).padStart(2)
  return `${DAYS[weekday]} ${MONTHS[Number(month) - 1]} ${date} ${clock.slice(0, 3).join(':')} ${year}`
}

/**
 * A stored time as `list` shows it, as Go prints one: `2026-11-21 12:00:00.5 +0000 UTC`. The zone
 * has its name where it is this machine's.
 */
export function viewTimestamp(stored: string): string {
  const parts = RFC_3339.exec(stored)
  if (parts === null) return stored === '' ? '-' : stored
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = parts
  const decimals = fraction.replace(/\.?0+$/, '')
  const clock = `${year}-${month}-${day} ${hour}:${minute}:${second}${decimals}`
  if (zone === 'Z') return `${clock} +0000 UTC`
  const offset = zone.replace(':', '')
  return `${clock} ${offset} ${formatTime(parseTime(STORED, stored, localZone()), 'MST')}`
}

/** A stored time in a layout of Go's: `2006-01-02 15:04`. */
export function viewTimeAs(stored: string, layout: string): string {
  if (!RFC_3339.test(stored)) return stored === '' ? '-' : stored
  return formatTime(parseTime(STORED, stored, UTC), layout)
}
