import { quote, quoteRune } from '../golang/strconv.ts'

/** Says what is wrong with a date such as `2006-01-02`, in the words of Go's `time.Parse`. */
export function checkDate(text: string): string | undefined {
  const parts: [string, RegExp][] = [
    ['2006', /^\d{4}/],
    ['-', /^-/],
    ['01', /^\d{2}/],
    ['-', /^-/],
    ['02', /^\d{2}/],
  ]
  let rest = text
  for (const [layout, pattern] of parts) {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined) {
      return `parsing time ${quote(text)} as "2006-01-02": cannot parse ${quote(rest)} as "${layout}"`
    }
    if (layout === '01' && (Number(found) < 1 || Number(found) > 12)) {
      return `parsing time ${quote(text)}: month out of range`
    }
    rest = rest.slice(found.length)
  }
  if (rest !== '') return `parsing time ${quote(text)}: extra text: ${quote(rest)}`
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  if (day < 1 || day > daysIn(year, month)) return `parsing time ${quote(text)}: day out of range`
  return undefined
}

/** Says what is wrong with a time such as `15:04:05.999Z` or `15:04:05+01:00`. */
export function checkTime(text: string): string | undefined {
  if (Buffer.byteLength(text) < 9) return 'less than 9 characters long'
  if (text[2] !== ':' || text[5] !== ':') return 'missing colon in correct place'
  const clock = readClock(text.slice(0, 8))
  if (typeof clock === 'string') return clock
  const fraction = /^\.\d*/.exec(text.slice(8))?.[0] ?? ''
  if (fraction === '.') return 'no digits in second fraction'
  const offset = readOffset(text.slice(8 + fraction.length))
  if (typeof offset === 'string') return offset
  const utc = clock.minutes - offset
  const isLastMinute = (utc < 0 ? utc + 24 * 60 : utc) === 23 * 60 + 59
  return clock.isLeapSecond && !isLastMinute ? 'invalid leap second' : undefined
}

export function checkDateTime(text: string): string | undefined {
  if (Buffer.byteLength(text) < 20) return 'less than 20 characters long'
  if (text[10] !== 't' && text[10] !== 'T') return '11th character must be t or T'
  const date = checkDate(text.slice(0, 10))
  if (date !== undefined) return `invalid date element: ${date}`
  const time = checkTime(text.slice(11))
  return time === undefined ? undefined : `invalid time element: ${time}`
}

/** Says what is wrong with a duration such as `P1DT2H`. */
export function checkDuration(text: string): string | undefined {
  if (!text.startsWith('P')) return 'must start with P'
  if (text === 'P') return 'nothing after P'
  if (text.endsWith('W')) {
    const weeks = text.slice(1, -1)
    if (weeks === '') return 'no number in week'
    return /^\d+$/.test(weeks) ? undefined : 'invalid week'
  }
  const [date = '', time, ...more] = text.slice(1).split('T')
  const problem = checkUnits(date, 'YMD')
  if (problem !== undefined || time === undefined) return problem
  if (time === '') return 'no time elements'
  const inTime = checkUnits(time, 'HMS')
  if (inTime !== undefined || more.length === 0) return inTime
  return more[0] === '' ? 'no time elements' : 'more than one T'
}

/** Minutes since midnight, or what is wrong with the time. */
function readClock(text: string): { minutes: number; isLeapSecond: boolean } | string {
  const numbers = text.split(':')
  if (!numbers.every((number) => /^[+-]?\d+$/.test(number))) return 'invalid hour/min/sec'
  const [hour = 0, minute = 0, second = 0] = numbers.map(Number)
  if (Math.min(hour, minute, second) < 0) return 'non-positive hour/min/sec'
  if (hour > 23 || minute > 59 || second > 60) return 'hour/min/sec out of range'
  return { minutes: hour * 60 + minute, isLeapSecond: second === 60 }
}

function checkUnits(text: string, all: string): string | undefined {
  let units = all
  let rest = text
  while (rest !== '') {
    const digits = /^\d*/.exec(rest)?.[0] ?? ''
    if (digits === '') return 'missing number'
    const unit = rest.charAt(digits.length)
    if (unit === '') return 'missing unit'
    const shown = quoteRune(unit.charCodeAt(0))
    const at = units.indexOf(unit)
    if (at < 0) return all.includes(unit) ? `unit ${shown} out of order` : `invalid unit ${shown}`
    units = units.slice(at + 1)
    rest = rest.slice(digits.length + 1)
  }
  return undefined
}

/** The offset in minutes, or what is wrong with it. */
function readOffset(zone: string): number | string {
  if (zone === 'z' || zone === 'Z') return 0
  if (zone.length !== 6) return 'offset must be 6 characters long'
  if (!/^[+-]/.test(zone)) return 'offset must begin with plus/minus'
  if (zone[3] !== ':') return 'missing colon in offset in correct place'
  const numbers = [zone.slice(1, 3), zone.slice(4)]
  if (!numbers.every((number) => /^[+-]?\d+$/.test(number))) return 'invalid hour/min in offset'
  const [hours = 0, minutes = 0] = numbers.map(Number)
  if (hours < 0 || minutes < 0) return 'non-positive hour/min in offset'
  if (hours > 23 || minutes > 59) return 'hour/min in offset out of range'
  return (hours * 60 + minutes) * (zone.startsWith('-') ? -1 : 1)
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (month === 2) return isLeap ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
