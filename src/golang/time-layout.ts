import { type Civil, type Instant, toCivil, weekday, yearDay } from './time-instant.ts'
import { lookUp, type ZoneTime } from './time-zone.ts'

export const MONTHS =
  'January February March April May June July August September October November December'.split(' ')
export const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** A piece of a layout: text as it is, or a part of the reference time. */
export interface LayoutPiece {
  readonly text: string
  /** Whether the text stands for a part, such as `2006` or `MST`. */
  readonly isPart: boolean
}

/** Cuts a layout of Go's into its pieces. */
export function splitLayout(layout: string): LayoutPiece[] {
  const pieces: LayoutPiece[] = []
  let start = 0
  for (const match of layout.matchAll(PART)) {
    if (match.index > start) pieces.push({ text: layout.slice(start, match.index), isPart: false })
    pieces.push({ text: match[0], isPart: true })
    start = match.index + match[0].length
  }
  if (start < layout.length) pieces.push({ text: layout.slice(start), isPart: false })
  return pieces
}

/**
 * Writes a time by an example layout, such as `2006-01-02 15:04 MST`.
 *
 * Source: Go `time.Time.Format`.
 */
export function formatTime(instant: Instant, layout: string): string {
  const shown: Shown = {
    civil: toCivil(instant),
    zone: lookUp(instant.zone, instant.seconds),
    nanoseconds: instant.nanoseconds,
  }
  return splitLayout(layout)
    .map(({ text, isPart }) => (isPart ? formatPart(shown, text) : text))
    .join('')
}

const PART = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST',
    '0[1-6]|002|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm',
    '[-Z]07(?:0000|:00:00|00|:00)?',
    String.raw`[.,](?:0+|9+)(?!\d)`,
  ].join('|'),
  'g',
)

interface Shown {
  readonly civil: Civil
  readonly zone: ZoneTime
  readonly nanoseconds: number
}

function formatPart(shown: Shown, part: string): string {
  const writer = WRITERS[part]
  if (writer !== undefined) return writer(shown)
  const first = part.charAt(0)
  if (first === '.' || first === ',') return formatFraction(shown.nanoseconds, part)
  if (first === 'Z' && shown.zone.offset === 0) return 'Z'
  return formatOffset(shown.zone.offset, part.slice(1))
}

const WRITERS: Record<string, (shown: Shown) => string> = {
  '2006': ({ civil }) => padded(civil.year, 4),
  '06': ({ civil }) => padded(Math.max(civil.year, 0) % 100, 2),
  January: ({ civil }) => MONTHS[civil.month - 1] ?? '',
  Jan: ({ civil }) => (MONTHS[civil.month - 1] ?? '').slice(0, 3),
  '01': ({ civil }) => padded(civil.month, 2),
  '1': ({ civil }) => String(civil.month),
  Monday: ({ civil }) => WEEKDAYS[weekday(civil)] ?? '',
  Mon: ({ civil }) => (WEEKDAYS[weekday(civil)] ?? '').slice(0, 3),
  '02': ({ civil }) => padded(civil.day, 2),
  _2: ({ civil }) => String(civil.day).padStart(2),
  '2': ({ civil }) => String(civil.day),
  '002': ({ civil }) => padded(yearDay(civil), 3),
  __2: ({ civil }) => String(yearDay(civil)).padStart(3),
  '15': ({ civil }) => padded(civil.hour, 2),
  '03': ({ civil }) => padded(civil.hour % 12 || 12, 2),
  '3': ({ civil }) => String(civil.hour % 12 || 12),
  '04': ({ civil }) => padded(civil.minute, 2),
  '4': ({ civil }) => String(civil.minute),
  '05': ({ civil }) => padded(civil.second, 2),
  '5': ({ civil }) => String(civil.second),
  PM: ({ civil }) => (civil.hour >= 12 ? 'PM' : 'AM'),
  pm: ({ civil }) => (civil.hour >= 12 ? 'pm' : 'am'),
  MST: ({ zone }) => zone.abbreviation || formatOffset(zone.offset, '0700'),
}

function padded(value: number, width: number): string {
  const digits = String(Math.abs(value)).padStart(width, '0')
  return value < 0 ? `-${digits}` : digits
}

/** `.000` keeps its zeros, `.999` drops those at the end. */
function formatFraction(nanoseconds: number, part: string): string {
  const digits = padded(nanoseconds, 9)
    .slice(0, part.length - 1)
    .padEnd(part.length - 1, '0')
  const shown = part.charAt(1) === '9' ? digits.replace(/0+$/, '') : digits
  return shown === '' ? '' : part.charAt(0) + shown
}

/** Writes seconds east of UTC in the form of `0700`, `07:00`, `07`, `070000`, `07:00:00`. */
function formatOffset(offset: number, form: string): string {
  const size = Math.abs(offset)
  const colon = form.includes(':') ? ':' : ''
  const minutes = padded(Math.trunc(size / 60) % 60, 2)
  let text = padded(Math.trunc(size / 3600), 2)
  if (form.length > 2) text += colon + minutes
  if (form.length > 5) text += colon + padded(size % 60, 2)
  return (offset < 0 ? '-' : '+') + text
}
