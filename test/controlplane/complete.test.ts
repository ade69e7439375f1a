import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complete } from '../../src/cli/complete.ts'
import { auditedCalls, auditMark } from '../support/audit.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { accountToken, freshNamespace, plane, writeKubeconfig } from '../support/plane.ts'
import { helmOk, pkgOk } from '../support/plane-cli.ts'

let home: string
let namespace: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-complete-'))
  namespace = await freshNamespace()
  const chart = writeChart(home, { 'Chart.yaml': chartYaml('web') })
  for (const line of ['install web', 'upgrade web', 'install api']) {
    await pkgOk(namespace, `${line} ${chart} --description ${line.split(' ')[0]}`)
  }
  await helmOk(namespace, `install old ${chart}`)
})
afterAll(() => rmSync(home, { recursive: true }))

async function told(words: string[], kubeconfig = plane().kubeconfig): Promise<string[]> {
  const root = join(import.meta.dirname, '../..')
  const nowhere = join(home, 'nowhere')
  const charts = { repositoriesFile: nowhere, indexFolder: nowhere, addonsFolder: nowhere }
  const env = { HOME: home, KUBECONFIG: kubeconfig }
  return (await complete(words, { root, env, charts })).trimEnd().split('\n')
}

/** Calls of the completion in the namespace since a mark. */
async function callsSince(mark: number): Promise<string[]> {
  const calls = await auditedCalls(mark, ({ userAgent }) => userAgent.includes('/completion '))
  return calls.filter((call) => call.namespace === namespace).map(({ verb }) => verb)
}

test('names of releases are those of the namespace, for one call', async () => {
  const mark = auditMark()
  expect(await told(['status', '-n', namespace, ''])).toEqual(['api', 'old', 'web', ':4'])
  expect(await callsSince(mark)).toEqual(['list'])
})

test('revisions are those of the release, the newest first, for one call', async () => {
  const mark = auditMark()
  expect(await told(['rollback', 'web', '--namespace', namespace, ''])).toEqual([
    '2\tdeployed, web-1.0.0',
    '1\tsuperseded, web-1.0.0',
    ':4',
  ])
  expect(await callsSince(mark)).toEqual(['list'])
})

test('flags and kubeconfig choose the cluster; who may not look is told nothing', async () => {
  const own = writeKubeconfig({ namespace })
  expect(await told(['history', 'a'], own)).toEqual(['api', ':4'])
  expect(await told(['history', '--kubeconfig', own, 'a'], '/nowhere')).toHaveLength(2)
  const token = await accountToken(namespace, [])
  expect(await told(['history', ''], writeKubeconfig({ namespace, token }))).toEqual([':4'])
  expect(await told(['history', '--server', 'https://127.0.0.1:1', ''])).toEqual([':4'])
  expect(await told(['history', '--storage', 'configmap', ''], own)).toEqual([':4'])
})
