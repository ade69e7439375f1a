import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addOnInfo, listAddOns } from '../../src/actions/addons.ts'
import { loadChartDirectory } from '../../src/chart/read-directory.ts'
import AddonList from '../../src/commands/addon/list.ts'
import ValuesTypes from '../../src/commands/values/types.ts'
import { builtInNames } from '../../src/repo/builtin.ts'
import { addOnCases } from '../support/add-on-case.ts'
import { runCli } from '../support/run-cli.ts'
import { shareKeys } from '../support/shared-keys.ts'

shareKeys()

const root = join(import.meta.dirname, '..', '..')
const charts = join(root, 'charts')
const names = (await addOnCases()).map(({ name }) => name)

test('the list has every add-on, with what its Chart.yaml says', async () => {
  const { stdout } = await runCli(AddonList, ['-o', 'json'])
  const wanted = builtInNames(charts).map((name) => {
    const { metadata } = loadChartDirectory(join(charts, name))
    return {
      name,
      version: metadata.version,
      app_version: metadata.appVersion ?? '',
      pod_security: metadata.annotations?.get('kubectl-pkg/pod-security'),
      description: metadata.description,
    }
  })
  expect(JSON.parse(stdout.toString())).toEqual(wanted)
  expect(wanted.filter(({ pod_security }) => !/^(restricted|baseline|privileged)$/.test(pod_security ?? ''))).toEqual([])
})

test('as a table, the list has a line for each of them', async () => {
  const { stdout } = await runCli(AddonList, [])
  const [heading = '', ...lines] = stdout.toString().trim().split('\n')
  expect(heading.trim().split(/\s*\t/)).toEqual(['NAME', 'VERSION', 'APP VERSION', 'POD SECURITY', 'DESCRIPTION'])
  expect(lines.map((line) => line.split(/\s*\t/)[0])).toEqual(builtInNames(charts))
})

test.each(names)('%s tells all that a person wants to know', (name) => {
  const { presets, values, crds, hazards, ...info } = addOnInfo(charts, name)
  expect(presets.map((preset) => preset.name)).toEqual(['ha', 'small'])
  expect([...presets, ...values].filter(({ description }) => description === '')).toEqual([])
  expect(values.filter(({ type }) => type === '')).toEqual([])
  expect(hazards.length).toBeGreaterThan(1)
  expect(crds).toEqual([...new Set(crds)])
  expect({ home: info.home, kube: info.kube_version }).toEqual({
    home: expect.stringMatching(/^https:\/\//) as string,
    kube: expect.stringMatching(/^>=1\./) as string,
  })
})

test('what an add-on brings and runs is told', () => {
  expect(addOnInfo(charts, 'addons/cert-manager')).toMatchObject({
    crds: [
      'certificaterequests.cert-manager.io',
      'certificates.cert-manager.io',
      'challenges.acme.cert-manager.io',
      'clusterissuers.cert-manager.io',
      'issuers.cert-manager.io',
      'orders.acme.cert-manager.io',
    ],
    images: expect.arrayContaining([
      expect.stringMatching(/^quay\.io\/jetstack\/cert-manager-webhook:v/),
    ]) as string[],
  })
})

test.each(names)('types of the values of addons/%s can be had', async (name) => {
  const { code, stdout } = await runCli(ValuesTypes, [`addons/${name}`])
  expect({ code, text: stdout.toString() }).toEqual({
    code: 0,
    text: expect.stringContaining('export interface Values {') as string,
  })
})

test('the README lists every add-on as its Chart.yaml describes it', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const rows = [...readme.matchAll(/^\| \[([a-z-]+)\]\(charts\/\1\/README\.md\) \| (.*) \|$/gm)]
  expect(rows.map(([, name, description]) => ({ name, description }))).toEqual(
    listAddOns(charts).map(({ name, description }) => ({ name, description })),
  )
})
