import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addOnCases } from '../support/add-on-case.ts'
import { expectGolden } from '../support/golden.ts'
import { loadAddOn, renderAddOn } from '../support/render-add-on.ts'

/** Cases of charts/<add-on>/ that start from a preset, which is named like them. */
const PRESETS = new Set(['small', 'ha'])

const addOns = new Map((await addOnCases()).map((each) => [each.name, each]))
const root = join(import.meta.dirname, 'charts')
const cases = readdirSync(root).flatMap((chart) =>
  readdirSync(join(root, chart)).map((name) => ({ chart, name })),
)

test.each(cases)('$chart renders $name', async ({ chart, name }) => {
  const folder = join(root, chart, name)
  const { text, notes } = await renderAddOn(loadAddOn(chart), {
    preset: PRESETS.has(name) ? [name] : [],
    values: [join(folder, 'values.yaml')],
  })
  const { random = [] } = addOns.get(chart) ?? {}
  const settled = random.reduce((all, pattern) => all.replaceAll(pattern, '$1<random>'), text)
  expectGolden(join(folder, 'manifest.yaml'), settled)
  expectGolden(join(folder, 'notes.txt'), notes)
})

test('every preset of an add-on is a case', () => {
  const missing = cases.flatMap(({ chart }) =>
    loadAddOn(chart)
      .raw.flatMap(({ name }) => /^presets\/(.+)\.yaml$/.exec(name)?.[1] ?? [])
      .filter((preset) => !cases.some((each) => each.chart === chart && each.name === preset)),
  )
  expect(missing).toEqual([])
})
