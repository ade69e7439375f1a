import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { addOnCases, givenBy, rowsOf } from '../../support/add-on-case.ts'
import { loadAddOn, renderAddOn, renderOnce } from '../../support/render-add-on.ts'
import { check, configurationOf, filesOf, type Configuration } from './rendered.ts'

const chart = loadAddOn('prometheus')
const addOn = (await addOnCases()).find(({ name }) => name === 'prometheus')
const rows = addOn === undefined ? [] : rowsOf(addOn)
const GOLDEN = join(import.meta.dirname, '../../golden/charts/prometheus')

/** What all rows bring, each text once. */
async function configurations(): Promise<Configuration[]> {
  const all: Configuration[] = []
  for (const row of rows)
    all.push(configurationOf((await renderOnce('prometheus', givenBy(row))).objects))
  return all
}

const rendered = await configurations()

function distinct(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts)].filter((text) => text !== undefined)
}

test('promtool reads the configuration of every row', () => {
  const files = filesOf(distinct(rendered.map(({ prometheus }) => prometheus)), '.yml')
  const said = check('promtool', ['check', 'config', ...files])
  expect(said.match(/is valid prometheus config file syntax/g)).toHaveLength(files.length)
  expect(files.length).toBeGreaterThan(10)
})

test('promtool reads the rules of every row', () => {
  const files = filesOf(distinct(rendered.flatMap(({ rules }) => rules)), '.yml')
  const said = check('promtool', ['check', 'rules', ...files])
  expect(said.match(/SUCCESS: \d+ rules found/g)).toHaveLength(files.length)
  expect(files.length).toBeGreaterThan(20)
})

test('amtool reads the configuration of Alertmanager of every row', () => {
  const files = filesOf(distinct(rendered.map(({ alertmanager }) => alertmanager)), '.yaml')
  const said = check('amtool', ['check-config', ...files])
  expect(said.match(/SUCCESS/g)).toHaveLength(files.length)
  expect(files.length).toBeGreaterThan(1)
})

test.each([
  ['default', 'severity=critical', 'nobody'],
  ['everything', 'severity=warning', 'team'],
  ['everything', 'severity=critical', 'duty'],
])('with the values of %s an alert with %s goes to %s', async (name, label, receiver) => {
  const values = [join(GOLDEN, name, 'values.yaml')]
  const { alertmanager = '' } = configurationOf((await renderAddOn(chart, { values })).objects)
  const [file = ''] = filesOf([alertmanager], '.yaml')
  const args = ['config', 'routes', 'test', `--config.file=${file}`, label]
  expect(check('amtool', args).trim()).toBe(receiver)
})

test('promtool reads every query of every dashboard', () => {
  const folder = join(import.meta.dirname, '../../../charts/prometheus/files/dashboards')
  const rules = readdirSync(folder).flatMap((file) => {
    const { panels } = parse(readFileSync(join(folder, file), 'utf8')) as Dashboard
    return panels.flatMap(({ targets }) =>
      targets.map(({ expr }, index) => ({
        record: `dashboard:query:${index}`,
        expr: expr.replaceAll(/\$\w+/g, 'x'),
        labels: { file: file.replace('.json', ''), expr: String(index) },
      })),
    )
  })
  const groups = rules.map((rule, index) => ({ name: `query-${index}`, rules: [rule] }))
  const files = filesOf([JSON.stringify({ groups })], '.yml')
  expect(check('promtool', ['check', 'rules', '--lint=none', ...files])).toContain(
    `SUCCESS: ${rules.length} rules found`,
  )
})

interface Dashboard {
  panels: { targets: { expr: string }[] }[]
}

test('promtool refuses what is no role and no matcher', () => {
  const [config = ''] = filesOf(
    ['scrape_configs:\n  - job_name: a\n    kubernetes_sd_configs: [{ role: podd }]\n'],
    '.yml',
  )
  expect(() => check('promtool', ['check', 'config', config])).toThrow('unknown Kubernetes SD role')
})
