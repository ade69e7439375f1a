import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { parseDuration } from '../../../src/golang/duration.ts'
import { sprint, sprintf } from '../../../src/golang/format.ts'
import {
  addDuration,
  formatTime,
  instantOf,
  loadZone,
  parseTime,
  timeValue,
  UTC,
  ZERO_TIME,
} from '../../../src/golang/time.ts'
import { GoError, GoInt, int, type Value } from '../../../src/golang/value.ts'

/** What Helm 4.1.4's `dateInZone` gave: layout, seconds, zone, output. */
const golden = (
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../../conformance/golden/dates.json'), 'utf8'),
  ) as unknown[][]
).filter((row) => row.length === 4) as [string, number, string, string][]

test.each(golden)('%j at %d in %s is %j', (layout, seconds, zone, want) => {
  expect(formatTime({ seconds, nanoseconds: 0, zone: loadZone(zone) }, layout)).toBe(want)
})

function errorOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof GoError) return error.message
    throw error
  }
  return 'no error'
}

function call(self: Value, name: string, ...args: Value[]): Value {
  const methods = instantOf(self) && (self as ReturnType<typeof timeValue>).type.methods
  const method = methods?.[name]
  if (method === undefined) throw new Error(`no method ${name}`)
  return method(self, ...args)
}

// Wanted values are what Go 1.26 prints for the time that time.ParseInLocation gives in UTC.
test.each([
  ['2006-01-02', '2020-02-03', '2020-02-03 00:00:00 +0000 UTC'],
  ['2006-01-02T15:04:05Z07:00', '2020-02-03T04:05:06+02:00', '2020-02-03 04:05:06 +0200 +0200'],
  ['2006-01-02T15:04:05Z07:00', '2020-02-03T04:05:06.25Z', '2020-02-03 04:05:06.25 +0000 UTC'],
  ['Jan _2 2006 3:04PM', 'feb  3 2021 12:30AM', '2021-02-03 00:30:00 +0000 UTC'],
  [
    'Monday, 02-Jan-06 15:04:05 MST',
    'Tuesday, 14-Nov-23 22:13:20 EST',
    '2023-11-14 22:13:20 +0000 EST',
  ],
  ['2006 002', '2024 060', '2024-02-29 00:00:00 +0000 UTC'],
  ['15:04:05.000', '01:02:03.456', '0000-01-01 01:02:03.456 +0000 UTC'],
  ['20060102 -0700', '20240229 +0530', '2024-02-29 00:00:00 +0530 +0530'],
])('%j reads %j as %s', (layout, text, want) => {
  expect(sprint(timeValue(parseTime(layout, text, UTC)))).toBe(want)
})

test.each([
  ['2006-01-02', 'x', 'parsing time "x" as "2006-01-02": cannot parse "x" as "2006"'],
  ['2006-01-02', '2020-13-01', 'parsing time "2020-13-01": month out of range'],
  ['2006-01-02', '2021-02-29', 'parsing time "2021-02-29": day out of range'],
  ['2006-01-02', '2021-02-28 1', 'parsing time "2021-02-28 1": extra text: " 1"'],
  [
    '2006-01-02',
    '2021/02/28',
    'parsing time "2021/02/28" as "2006-01-02": cannot parse "/02/28" as "-"',
  ],
  ['15:04', '25:00', 'parsing time "25:00": hour out of range'],
])('%j refuses %j', (layout, text, want) => {
  expect(errorOf(() => parseTime(layout, text, UTC))).toBe(want)
})

test('an unknown zone is refused', () => {
  expect(errorOf(() => loadZone('Nowhere/Bad'))).toBe('unknown time zone Nowhere/Bad')
})

test('the methods that charts use', () => {
  const time = timeValue({
    seconds: 1_700_000_000,
    nanoseconds: 5,
    zone: loadZone('Europe/Berlin'),
  })
  const shown = (name: string, ...args: Value[]) => sprint(call(time, name, ...args))
  expect({
    parts: ['Year', 'Month', 'Day', 'Hour', 'Minute', 'Second', 'Weekday', 'YearDay']
      .map((name) => shown(name))
      .join(' '),
    unix: shown('Unix'),
    nano: shown('UnixNano'),
    utc: shown('UTC'),
    added: shown('Add', new GoInt(parseDuration('-1h'), 'int64')),
    month: shown('AddDate', int(0), int(3), int(17)),
    since: shown('Sub', timeValue(addDuration(instantOf(time), parseDuration('-90s')))),
    format: shown('Format', 'Mon 2 Jan 2006'),
    before: shown('Before', timeValue(ZERO_TIME)),
    zero: sprint(call(timeValue(ZERO_TIME), 'IsZero')),
    go: sprintf('%#v %T', timeValue(ZERO_TIME), time),
  }).toEqual({
    parts: '2023 November 14 23 13 20 Tuesday 318',
    unix: '1700000000',
    nano: '1700000000000000005',
    utc: '2023-11-14 22:13:20.000000005 +0000 UTC',
    added: '2023-11-14 22:13:20.000000005 +0100 CET',
    month: '2024-03-02 23:13:20.000000005 +0100 CET',
    since: '1m30s',
    format: 'Tue 14 Nov 2023',
    before: 'false',
    zero: 'true',
    go: 'time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC) time.Time',
  })
})

test('a time reads back from what it prints', () => {
  const layout = '2006-01-02T15:04:05.999999999Z07:00'
  const seconds = integer({ min: -62_135_596_800, max: 253_402_300_799 })
  assert(
    property(seconds, integer({ min: 0, max: 999_999_999 }), (seconds, nanoseconds) => {
      const instant = { seconds, nanoseconds, zone: UTC }
      expect(parseTime(layout, formatTime(instant, layout), UTC)).toEqual(instant)
    }),
  )
})
