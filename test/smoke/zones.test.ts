import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runBuilt } from '../support/built-cli.ts'

/*
 * Dates by the clock of the machine, in a process of its own, since a process has the zone of its
 * environment from its start.
 */

interface Row {
  layout: string
  seconds: number
}

/** What Helm 4.1.4's `dateInZone` gave: layout, seconds, zone, output. */
const recorded = (
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../conformance/golden/dates.json'), 'utf8'),
  ) as unknown[][]
).filter((row) => row.length === 4) as [string, number, string, string][]

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-zones-'))
  mkdirSync(join(folder, 'templates'))
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: zones\nversion: 1.0.0\n')
  writeFileSync(
    join(folder, 'templates/rows.yaml'),
    `local:
{{- range .Values.rows }}
- {{ date .layout (int64 .seconds) | toJson }}
{{- end }}
named:
{{- range .Values.rows }}
- {{ dateInZone .layout (int64 .seconds) $.Values.place | toJson }}
{{- end }}
`,
  )
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The rows as a machine in a place shows them, and as it shows them of a named place. */
function datesIn(here: string, place: string, rows: readonly Row[]) {
  writeFileSync(join(folder, 'rows.json'), JSON.stringify({ place, rows }))
  const args = ['template', 'zones', '.', '-f', 'rows.json']
  const { stdout, stderr } = runBuilt(args, { cwd: folder, env: { TZ: here } })
  expect(stderr).toBe('')
  const [local = '', named = ''] = stdout.split('local:\n')[1]?.split('named:\n') ?? []
  const textsOf = (lines: string) =>
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line.slice(2)) as string)
  return { local: textsOf(local), named: textsOf(named) }
}

test.each(['America/New_York', 'Asia/Kolkata', 'UTC'])(
  'a machine in %s shows what Helm shows of there',
  (place) => {
    const rows = recorded.filter(([, , zone]) => zone === place)
    const { local } = datesIn(
      place,
      place,
      rows.map(([layout, seconds]) => ({ layout, seconds })),
    )
    expect(local).toEqual(rows.map(([, , , want]) => want))
  },
)

// Half an hour of summer time, days that were left out, offsets with seconds long ago.
test.each(['Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Monrovia'])(
  'a machine in %s agrees with the place by its name, whenever',
  (place) => {
    const rows = Array.from({ length: 400 }, (_, at) => ({
      layout: '2006-01-02 15:04:05 -0700 MST',
      seconds: -1_000_000_000 + at * 10_007_321,
    }))
    const { local, named } = datesIn(place, place, rows)
    expect(local).toEqual(named)
    expect(new Set(local).size).toBe(400)
  },
)

test.each(['', 'Nowhere/Bad'])('a machine whose place is %j has UTC', (here) => {
  const rows = [{ layout: '15:04 -0700 MST', seconds: 1_700_000_000 }]
  expect(datesIn(here, 'UTC', rows).local).toEqual(['22:13 +0000 UTC'])
})
