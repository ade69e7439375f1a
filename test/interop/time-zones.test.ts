import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { runBuilt } from '../support/built-cli.ts'
import { runHelm } from '../support/oracle.mjs'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* Elsewhere tests stand in UTC; here the machine stands in other zones, as people's machines do. */

const folder = temporaryFolder()

/** Seconds from 1970, also on both sides of a change of the clocks. */
const MOMENTS = '0 1700000000 1711846800 1711850400 1729990800 1729994400'
const CLOCKS = `"2024-03-31 02:30:00" "2024-10-27 02:30:00" "2024-07-01 00:00:00" "2023-11-05 01:30:00"`

const TEMPLATE = `{{- range $i, $t := list ${MOMENTS} }}
a{{ $i }}: {{ date "2006-01-02T15:04:05 MST -0700 Z07:00 Mon" (int64 $t) | quote }}
b{{ $i }}: {{ dateInZone "2006-01-02 15:04:05 MST" (int64 $t) "Local" | quote }}
c{{ $i }}: {{ htmlDate (int64 $t) }}
d{{ $i }}: {{ htmlDateInZone (int64 $t) "no/zone" }}
{{- end }}
{{- range $i, $s := list ${CLOCKS} }}
e{{ $i }}: {{ toDate "2006-01-02 15:04:05" $s }}
f{{ $i }}: {{ (toDate "2006-01-02 15:04:05" $s).Unix }}
g{{ $i }}: {{ toDate "2006-01-02 15:04:05" $s | dateModify "+1h" | date "2006-01-02 15:04:05 MST" }}
h{{ $i }}: {{ mustToDate "2006-01-02 15:04:05 MST" (printf "%s EST" $s) }}
i{{ $i }}: {{ mustToDate "2006-01-02 15:04:05 MST" (printf "%s CEST" $s) }}
j{{ $i }}: {{ mustToDate "2006-01-02 15:04:05 -0700" (printf "%s -0500" $s) }}
k{{ $i }}: {{ toDate "2006-01-02 15:04:05" $s | toJson }}
{{- end }}
`

beforeAll(() => {
  mkdirSync(join(folder, 'dates/templates'), { recursive: true })
  writeFileSync(join(folder, 'dates/Chart.yaml'), 'apiVersion: v2\nname: dates\nversion: 1.0.0\n')
  writeFileSync(join(folder, 'dates/templates/a.yaml'), TEMPLATE)
  mkdirSync(join(folder, 'web'))
  writeFileSync(join(folder, 'web/Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
})

test.each([
  '',
  'America/New_York',
  'America/Sao_Paulo',
  'Europe/Berlin',
  'Europe/London',
  'Asia/Kolkata',
  'Asia/Tokyo',
  'Pacific/Apia',
  'No/Zone',
])('templates see the clock of zone "%s" as with Helm', (zone) => {
  const args = ['template', 'web', './dates']
  const { stdout } = runHelm(args, { cwd: folder, zone })
  expect(runBuilt(args, { cwd: folder, env: { TZ: zone } }).stdout).toBe(stdout)
})

test('a release is recorded and shown by the clock of the zone', () => {
  const target = ['--target', 'dir:deploy']
  const inKolkata = { cwd: folder, env: { TZ: 'Asia/Kolkata' } }
  const begin = Date.now()
  const { stdout } = runBuilt(['install', 'web', './web', ...target], inKolkata)
  const { updated } = updatedOf(runBuilt(['history', 'web', '-o', 'json', ...target], inKolkata))
  expect(updated).toMatch(/\+05:30$/)
  expect(Date.parse(updated)).toBeGreaterThanOrEqual(begin)
  expect(Date.parse(updated)).toBeLessThanOrEqual(Date.now())
  expect(stdout).toContain(`${updated.slice(11, 19)} ${updated.slice(0, 4)}`)

  const list = (zone: string) =>
    updatedOf(runBuilt(['list', '-o', 'json', ...target], { cwd: folder, env: { TZ: zone } }))
  expect(list('Asia/Kolkata').updated).toMatch(/ \+0530 IST$/)
  expect(list('America/New_York').updated).toMatch(/ \+0530 \+0530$/)
})

function updatedOf({ stdout }: { stdout: string }): { updated: string } {
  const [first] = JSON.parse(stdout) as { updated: string }[]
  return first ?? { updated: '' }
}
