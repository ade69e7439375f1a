import { expect, test } from 'vitest'
import { render } from './call.ts'

const options = { now: () => Date.UTC(2031, 4, 6, 7, 8, 9, 600) }

test.each([
  ['{{ now | unixEpoch }}', '1935817689'],
  ['{{ dateInZone "2006-01-02 15:04:05.000" now "UTC" }}', '2031-05-06 07:08:09.600'],
  // Whatever is no date stands for now.
  ['{{ dateInZone "2006" "x" "UTC" }}', '2031'],
  ['{{ ago (now | dateModify "-90m") }}', '1h30m0s'],
  ['{{ ago 1935817680 }}', '10s'],
  ['{{ durationRound (now | dateModify "-49h") }}', '2d'],
])('%s reads the given clock', (template, wanted) => {
  expect(render(template, null, options)).toBe(wanted)
})
