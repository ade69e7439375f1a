import { quoteForTime } from './duration.ts'
import { fromCivil, type Instant, secondsOf, toCivil } from './time-instant.ts'
import { MONTHS, splitLayout, WEEKDAYS } from './time-layout.ts'
import { fixedZone, lookUp, offsetNamed, UTC, type Zone } from './time-zone.ts'
import { GoError } from './value.ts'

/**
 * Reads a time by an example layout, as Go's `time.ParseInLocation`.
 *
 * @param zone where the clock stands when the text names neither an offset nor a zone
 * @throws GoError with Go's text
 */
export function parseTime(layout: string, text: string, zone: Zone): Instant {
  const parse: Parse = { layout, text, rest: text, found: newFound() }
  const pieces = splitLayout(layout)
  for (const [index, piece] of pieces.entries()) {
    if (piece.isPart) readPart(parse, piece.text, pieces[index + 1]?.text ?? '')
    else skip(parse, piece.text)
  }
  if (parse.rest !== '') throw parseError(parse, `: extra text: ${quoteForTime(parse.rest)}`)
  return toInstant(parse, zone)
}

/** What the text said; −1 for what it left open. */
interface Found {
  year: number
  month: number
  day: number
  yearDay: number
  hour: number
  minute: number
  second: number
  nanoseconds: number
  half: 'am' | 'pm' | undefined
  isUtc: boolean
  offset: number | undefined
  zoneName: string
}

interface Parse {
  readonly layout: string
  readonly text: string
  rest: string
  readonly found: Found
}

function newFound(): Found {
  return {
    year: 0,
    month: -1,
    day: -1,
    yearDay: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nanoseconds: 0,
    half: undefined,
    isUtc: false,
    offset: undefined,
    zoneName: '',
  }
}

/** Reads the text that a layout holds as it is; a blank there stands for any blanks. */
function skip(parse: Parse, prefix: string): void {
  let at = 0
  for (let index = 0; index < prefix.length; index++) {
    if (prefix.charAt(index) === ' ') {
      if (at < parse.rest.length && parse.rest.charAt(at) !== ' ') throw mismatch(parse, prefix, at)
      while (prefix.charAt(index + 1) === ' ') index++
      while (parse.rest.charAt(at) === ' ') at++
    } else if (parse.rest.charAt(at) === prefix.charAt(index)) at++
    else throw mismatch(parse, prefix, at)
  }
  parse.rest = parse.rest.slice(at)
}

function readPart(parse: Parse, part: string, next: string): void {
  const { found } = parse
  switch (part) {
    case '2006':
      found.year = Number(take(parse, part, /^\d[^]{3}/, /^\d{4}/))
      break
    case '06': {
      const year = Number(take(parse, part, /^\d\d/))
      found.year = year + (year >= 69 ? 1900 : 2000)
      break
    }
    case '002':
    case '__2':
      found.yearDay = Number(take(parse, part, part === '002' ? /^\d{3}/ : /^ {0,2}\d{1,3}/))
      break
    case 'PM':
    case 'pm':
      readHalf(parse, part)
      break
    case 'MST':
      readZoneName(parse, part)
      break
    default:
      if (/^[-Z]/.test(part)) readOffset(parse, part)
      else if (/^[.,]/.test(part)) readFraction(parse, part)
      else if (/^[JM]/.test(part)) readName(parse, part)
      else readNumber(parse, part, next)
  }
}

function readHalf(parse: Parse, part: string): void {
  const half = take(parse, part, part === 'PM' ? /^[AP]M/ : /^[ap]m/)
  parse.found.half = half.toLowerCase() === 'pm' ? 'pm' : 'am'
}

/** Cuts what the pattern matches off the text. */
function take(parse: Parse, part: string, ...patterns: RegExp[]): string {
  let text = ''
  for (const pattern of patterns) {
    const match = pattern.exec(parse.rest)
    if (match === null) throw mismatch(parse, part, 0)
    text = match[0]
  }
  parse.rest = parse.rest.slice(text.length)
  return text
}

function readName(parse: Parse, part: string): void {
  const isMonth = part.startsWith('Jan')
  const size = part.length === 3 ? 3 : undefined
  const names = (isMonth ? MONTHS : WEEKDAYS).map((name) => name.slice(0, size))
  const start = parse.rest.toLowerCase()
  const index = names.findIndex((name) => start.startsWith(name.toLowerCase()))
  const name = names[index]
  if (name === undefined) throw mismatch(parse, part, 0)
  parse.rest = parse.rest.slice(name.length)
  if (isMonth) parse.found.month = index + 1
}

/** Parts of one or two digits: field, smallest and largest value, name in errors. */
const NUMBERS: Record<string, ['month' | 'day' | 'hour' | 'minute' | 'second', number, number]> = {
  '01': ['month', 1, 12],
  '1': ['month', 1, 12],
  '02': ['day', 0, 99],
  _2: ['day', 0, 99],
  '2': ['day', 0, 99],
  '15': ['hour', 0, 23],
  '03': ['hour', 0, 12],
  '3': ['hour', 0, 12],
  '04': ['minute', 0, 59],
  '4': ['minute', 0, 59],
  '05': ['second', 0, 59],
  '5': ['second', 0, 59],
}

function readNumber(parse: Parse, part: string, next: string): void {
  const [field, least, most] = NUMBERS[part] ?? ['day', 0, 99]
  const isFixed = part.startsWith('0')
  const pattern = isFixed ? /^\d\d/ : part === '_2' ? /^ ?\d\d?/ : /^\d\d?/
  const value = Number(take(parse, part, pattern))
  if (value < least || value > most) throw parseError(parse, `: ${field} out of range`)
  parse.found[field] = value
  // A fraction is read behind the seconds even if the layout has none.
  if (field === 'second' && !/^[.,](?:0+|9+)$/.test(next) && /^[.,]\d/.test(parse.rest)) {
    readFraction(parse, '.9')
  }
}

function readFraction(parse: Parse, part: string): void {
  const isOptional = part.charAt(1) === '9'
  if (isOptional && !/^[.,]\d/.test(parse.rest)) return
  const pattern = isOptional ? /^[.,]\d+/ : new RegExp(`^[.,]\\d{${part.length - 1}}`)
  const digits = take(parse, part, pattern).slice(1, 10)
  parse.found.nanoseconds = Number(digits.padEnd(9, '0'))
}

function readOffset(parse: Parse, part: string): void {
  if (part.startsWith('Z') && parse.rest.startsWith('Z')) {
    parse.rest = parse.rest.slice(1)
    parse.found.isUtc = true
    return
  }
  const form = part.slice(1)
  const [hours = 0, minutes = 0, seconds = 0] = leadingPairs(parse.rest, form)
  if (hours > 24) throw parseError(parse, ': time zone offset hour out of range')
  if (minutes > 60) throw parseError(parse, ': time zone offset minute out of range')
  if (seconds > 60) throw parseError(parse, ': time zone offset second out of range')
  const digits = form.replaceAll(/\d\d/g, String.raw`\d\d`)
  const text = take(parse, part, new RegExp(`^[-+]${digits}`))
  const size = (hours * 60 + minutes) * 60 + seconds
  parse.found.offset = text.startsWith('-') ? -size : size
}

/** Numbers of an offset up to the first that is none: Go looks at their range before all else. */
function leadingPairs(text: string, form: string): number[] {
  const [, ...pairs] = new RegExp(`^.${form.replaceAll(/\d\d/g, '(..)')}`, 's').exec(text) ?? []
  const bad = pairs.findIndex((pair) => !/^\d\d$/.test(pair))
  return (bad === -1 ? pairs : pairs.slice(0, bad)).map(Number)
}

function readZoneName(parse: Parse, part: string): void {
  if (parse.rest.startsWith('UTC')) {
    parse.rest = parse.rest.slice(3)
    parse.found.isUtc = true
    return
  }
  const pattern =
    /^(?:ChST|MeST|WITA|GMT[-+](?:2[0-3]|1\d|\d)|[-+]\d\d|[A-Z]{3,4}T|[A-Z]{3})(?![A-Z])/
  parse.found.zoneName = take(parse, part, pattern)
}

function toInstant(parse: Parse, zone: Zone): Instant {
  const { found } = parse
  if (found.half === 'pm' && found.hour < 12) found.hour += 12
  if (found.half === 'am' && found.hour === 12) found.hour = 0
  if (found.yearDay >= 0) setDayOfYear(parse)
  if (found.month < 0) found.month = 1
  if (found.day < 0) found.day = 1
  const days = toCivil({
    seconds: secondsOf({ ...found, month: found.month + 1, day: 0 }),
    nanoseconds: 0,
    zone: UTC,
  }).day
  if (found.day < 1 || found.day > days) throw parseError(parse, ': day out of range')
  return inZone(found, zone)
}

function setDayOfYear(parse: Parse): void {
  const { found } = parse
  const start = { year: found.year, month: 1, day: found.yearDay, hour: 0, minute: 0, second: 0 }
  const date = toCivil({ seconds: secondsOf(start), nanoseconds: 0, zone: UTC })
  if (found.yearDay < 1 || date.year !== found.year) {
    throw parseError(parse, ': day-of-year out of range')
  }
  if (found.month >= 0 && found.month !== date.month) {
    throw parseError(parse, ': day-of-year does not match month')
  }
  if (found.day >= 0 && found.day !== date.day) {
    throw parseError(parse, ': day-of-year does not match day')
  }
  found.month = date.month
  found.day = date.day
}

function inZone(found: Found, zone: Zone): Instant {
  const { nanoseconds, offset, zoneName } = found
  if (found.isUtc) return fromCivil(found, nanoseconds, UTC)
  const shown = secondsOf(found)
  if (offset !== undefined) {
    const seconds = shown - offset
    const there = lookUp(zone, seconds)
    const isThere = there.offset === offset && (zoneName === '' || there.abbreviation === zoneName)
    return { seconds, nanoseconds, zone: isThere ? zone : fixedZone(zoneName, offset) }
  }
  if (zoneName === '') return fromCivil(found, nanoseconds, zone)
  const named = offsetNamed(zone, zoneName)
  if (named !== undefined) return { seconds: shown - named, nanoseconds, zone }
  const local = fromCivil(found, nanoseconds, zone)
  if (lookUp(zone, local.seconds).abbreviation === zoneName) return local
  const hours = /^GMT[-+]/.test(zoneName) ? Number(zoneName.slice(3)) : 0
  return { seconds: shown - hours * 3600, nanoseconds, zone: fixedZone(zoneName, hours * 3600) }
}

function mismatch(parse: Parse, part: string, at: number): GoError {
  const { text, layout, rest } = parse
  return new GoError(
    `parsing time ${quoteForTime(text)} as ${quoteForTime(layout)}: ` +
      `cannot parse ${quoteForTime(rest.slice(at))} as ${quoteForTime(part)}`,
  )
}

function parseError(parse: Parse, message: string): GoError {
  return new GoError(`parsing time ${quoteForTime(parse.text)}${message}`)
}
