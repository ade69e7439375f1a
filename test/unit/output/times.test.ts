import { expect, test } from 'vitest'
import { viewTime, viewTimeAs, viewTimestamp } from '../../../src/output/times.ts'

// Wanted values are what Go's time.Time prints and formats.
test.each([
  [
    '2026-11-21T12:00:05.123456789Z',
    '2026-11-21 12:00:05Z',
    '2026-11-21 12:00:05.123456789 +0000 UTC',
  ],
  ['2026-01-02T03:04:05+02:00', '2026-01-02 03:04:05+0200', '2026-01-02 03:04:05 +0200 +0200'],
  ['', '-', '-'],
  ['soon', 'soon', 'soon'],
])('%j in a layout and as Go prints it', (stored, formatted, printed) => {
  expect(viewTimeAs(stored, '2006-01-02 15:04:05Z0700')).toBe(formatted)
  expect(viewTimestamp(stored)).toBe(printed)
})

test('a status shows the day of the week', () => {
  expect(viewTime('2026-11-21T12:00:05.5Z')).toBe('Sat Nov 21 12:00:05 2026')
})
