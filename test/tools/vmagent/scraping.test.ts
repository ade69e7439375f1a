import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { addOnCases, givenBy, rowsOf } from '../../support/add-on-case.ts'
import { renderOnce } from '../../support/render-add-on.ts'
import { configurationOf, filesOf } from '../prometheus/rendered.ts'
import { vmagentPrograms } from './programs.mjs'

const addOn = (await addOnCases()).find(({ name }) => name === 'prometheus')
const configurations = new Set<string>()
for (const row of addOn === undefined ? [] : rowsOf(addOn))
  configurations.add(
    configurationOf((await renderOnce('prometheus', givenBy(row))).objects).prometheus,
  )

test('vmagent, which takes no key that it does not know, reads the jobs of every row', () => {
  const files = filesOf([...configurations].map(scrapingOf), '.yml')
  expect(files.map((file) => refusalOf(file)).filter((text) => text !== '')).toEqual([])
  expect(files.length).toBeGreaterThan(10)
})

test('vmagent refuses a key of a job that there is not', () => {
  const job = { job_name: 'a', kubernetes_sd_configs: [{ role: 'pod', namespace: ['a'] }] }
  const [file = ''] = filesOf([stringify({ scrape_configs: [job] })], '.yml')
  expect(refusalOf(file)).toContain('field namespace not found in type kubernetes.SDConfig')
})

/** The part of a configuration that is about scraping; the rest vmagent leaves to others. */
function scrapingOf(text: string): string {
  const { global = {}, scrape_configs: jobs } = parse(text) as Record<string, object>
  const { evaluation_interval: _, ...kept } = global as Record<string, unknown>
  return stringify({ global: kept, scrape_configs: jobs })
}

/** What vmagent has against a configuration; empty when it takes it. */
function refusalOf(file: string): string {
  const args = ['-dryRun', `-promscrape.config=${file}`]
  const env = { PATH: process.env['PATH'] ?? '', POD_NAME: 'edge-prometheus-0' }
  const { status, stderr } = spawnSync(vmagentPrograms.ensure().vmagent, args, {
    env,
    encoding: 'utf8',
  })
  return status === 0 ? '' : stderr
}
