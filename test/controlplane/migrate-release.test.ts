import { rmSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { freshNamespace, helm, kubectlOk } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * A release of years ago: its record names API versions that this API server does not know any
 * more, while the cluster has the objects in today's.
 */

const HOOK = `apiVersion: batch/v1
kind: CronJob
metadata:
  name: web
  annotations: {helm.sh/hook: post-delete}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a:1}]}}}
`
const BUDGET = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
`

let namespace: string
let chart: string

beforeEach(async () => {
  namespace = await freshNamespace()
  chart = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml(),
    'templates/budget.yaml': BUDGET,
    'templates/hook.yaml': HOOK,
  })
  await pkgOk(namespace, ['install', 'web', chart])
  await age('sh.helm.release.v1.web.v1')
  return () => rmSync(chart, { recursive: true })
})

test('a release whose record nobody can read is migrated, and Helm goes on with it', async () => {
  const before = await helm(['upgrade', 'web', chart, '--namespace', namespace])
  expect(before.stderr).toContain(
    'no matches for kind "PodDisruptionBudget" in version "policy/v1beta1"',
  )
  const live = await budget()

  const shown = await pkgOk(namespace, 'migrate web')
  expect(shown).toContain('-apiVersion: policy/v1beta1\n+apiVersion: policy/v1\n')
  expect(shown).toContain('-apiVersion: batch/v1beta1\n+apiVersion: batch/v1\n')
  expect(await revisions()).toEqual(['1 deployed'])

  const written = await pkg(namespace, 'migrate web --write')
  expect(written).toMatchObject({ code: 0, err: 'stored revision 2 of "web"\n' })
  expect(await revisions()).toEqual(['1 superseded', '2 deployed'])
  expect(await helmOk(namespace, 'get manifest web')).toContain('apiVersion: policy/v1\n')
  expect(await helmOk(namespace, 'get hooks web')).toContain('apiVersion: batch/v1\n')
  expect(await budget()).toBe(live)

  await helmOk(namespace, `upgrade web ${chart}`)
  expect(await revisions()).toEqual(['1 superseded', '2 superseded', '3 deployed'])
  await pkgOk(namespace, 'uninstall web')
})

test('what is to do is told as data', async () => {
  const document = JSON.parse(await pkgOk(namespace, 'migrate web -o json')) as Report
  expect(document.files.map(({ path, outcome }) => ({ path, outcome }))).toEqual([
    { path: 'release web, revision 1', outcome: 'migrate' },
    { path: 'hook web', outcome: 'migrate' },
  ])
})

test('a release that is as it should be gets no new revision', async () => {
  await pkgOk(namespace, 'migrate web --write')
  expect(await pkg(namespace, 'migrate web --write')).toMatchObject({ code: 0, err: '' })
  expect(await revisions()).toEqual(['1 superseded', '2 deployed'])
})

test('without such a release nothing is done', async () => {
  expect(await pkg(namespace, 'migrate wbe')).toMatchObject({
    code: 1,
    err: expect.stringContaining('code: RELEASE_NOT_FOUND') as string,
  })
})

interface Report {
  files: { path: string; outcome: string }[]
}

/** Rewrites a record to what it said before its API versions moved. */
async function age(record: string): Promise<void> {
  const args = ['secret', record, '--namespace', namespace]
  const data = await kubectlOk(['get', ...args, '--output', 'jsonpath={.data.release}'])
  const stored = Buffer.from(Buffer.from(data, 'base64').toString(), 'base64')
  const text = gunzipSync(stored)
    .toString()
    .replaceAll('policy/v1\\n', 'policy/v1beta1\\n')
    .replaceAll('batch/v1\\n', 'batch/v1beta1\\n')
  const release = Buffer.from(gzipSync(text).toString('base64')).toString('base64')
  await kubectlOk(['patch', ...args, '--type=merge', '-p', JSON.stringify({ data: { release } })])
}

async function budget(): Promise<string> {
  const output = 'jsonpath={.metadata.uid} {.metadata.generation}'
  return kubectlOk(['get', 'pdb', 'web', '--namespace', namespace, '--output', output])
}

async function revisions(): Promise<string[]> {
  const listed = JSON.parse(await helmOk(namespace, 'history web --output json')) as Revision[]
  return listed.map(({ revision, status }) => `${revision} ${status}`)
}

interface Revision {
  revision: number
  status: string
}
