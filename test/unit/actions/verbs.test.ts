import { afterEach, beforeEach, expect, test } from 'vitest'
import { history, list, status } from '../../../src/actions/inspect.ts'
import { install } from '../../../src/actions/install.ts'
import { rollback } from '../../../src/actions/rollback.ts'
import { uninstall } from '../../../src/actions/uninstall.ts'
import { upgrade } from '../../../src/actions/upgrade.ts'
import { configMapChart, connectTo, lineOf, temporaryFolder, treeOf } from '../../support/target.ts'

const release = { name: 'web', namespace: 'apps' }
const charts = {
  './web': configMapChart({ a: '1', b: '1' }),
  './web2': configMapChart({ a: '2', c: '2' }, '2.0.0'),
}
let folder: ReturnType<typeof temporaryFolder>

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

function connect(options: object = {}) {
  return connectTo({ path: folder.path, charts, ...options })
}

const chart = './web'
const values = new Map()

async function historyLines(): Promise<string[]> {
  return (await history(connect(), release)).map(lineOf)
}

/** Manifests at the target, without the records. */
function manifests(): string[] {
  return treeOf(folder.path)
    .map(({ path }) => path)
    .filter((path) => !path.startsWith('.kubectl-pkg'))
}

test('install writes one file an object, marked as the release’s own, and a record', async () => {
  const { release: deployed, plan } = await install(connect(), { release, chart, values })

  expect(lineOf(deployed)).toBe('web.v1 deployed: Install complete')
  expect(plan.changes.map(({ op, object }) => `${op} ${object.metadata.name}`)).toEqual([
    'create a',
    'create b',
  ])
  const tree = treeOf(folder.path)
  expect(tree.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    '600 .kubectl-pkg/releases/apps/web.v1',
    '644 apps/configmap-a.yaml',
    '644 apps/configmap-b.yaml',
  ])
  expect(tree[1]?.text).toBe(`apiVersion: v1
data:
  key: "1"
kind: ConfigMap
metadata:
  annotations:
    meta.helm.sh/release-name: web
    meta.helm.sh/release-namespace: apps
  labels:
    app.kubernetes.io/managed-by: Helm
  name: a
  namespace: apps
`)
})

test('a name in use is refused with Helm’s text', async () => {
  await install(connect(), { release, chart, values })

  await expect(install(connect(), { release, chart, values })).rejects.toMatchObject({
    code: 'RELEASE_EXISTS',
    message:
      'INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in use',
  })
})

test('upgrade, rollback and history', async () => {
  await install(connect(), { release, chart, values })
  await upgrade(connect(), { release, chart: './web2', values })
  expect(manifests()).toEqual(['apps/configmap-a.yaml', 'apps/configmap-c.yaml'])

  await rollback(connect(), { release })
  expect(manifests()).toEqual(['apps/configmap-a.yaml', 'apps/configmap-b.yaml'])
  expect(await historyLines()).toEqual([
    'web.v1 superseded: Install complete',
    'web.v2 superseded: Upgrade complete',
    'web.v3 deployed: Rollback to 1',
  ])
})

test('an upgrade that changes nothing writes nothing', async () => {
  await install(connect(), { release, chart, values })
  const before = treeOf(folder.path)

  const { isRecorded, release: deployed } = await upgrade(connect(), { release, chart, values })

  expect({ isRecorded, revision: deployed.revision }).toEqual({ isRecorded: false, revision: 1 })
  expect(treeOf(folder.path)).toEqual(before)
})

test('a release that was uninstalled is told so after a rollback and an upgrade', async () => {
  await install(connect(), { release, chart, values })
  await uninstall(connect(), { release, keepHistory: true })
  await rollback(connect(), { release, revision: 1 })
  await upgrade(connect(), { release, chart, values: new Map([['size', 'large']]) })

  expect(await historyLines()).toEqual([
    'web.v1 uninstalled: Uninstallation complete',
    'web.v2 superseded: Rollback to 1',
    'web.v3 deployed: Upgrade complete',
  ])
})

test('uninstall removes objects and records; with keepHistory the records stay', async () => {
  await install(connect(), { release, chart, values })
  await uninstall(connect(), { release, keepHistory: true })
  expect(manifests()).toEqual([])
  expect(await historyLines()).toEqual(['web.v1 uninstalled: Uninstallation complete'])

  await install(connect(), { release, chart, values, replace: true })
  expect(await historyLines()).toEqual([
    'web.v1 superseded: superseded by new release',
    'web.v2 deployed: Install complete',
  ])

  await uninstall(connect(), { release })
  expect(treeOf(folder.path)).toEqual([])
  await expect(status(connect(), release)).rejects.toMatchObject({
    code: 'RELEASE_NOT_FOUND',
    message: 'release: not found',
  })
})

test('upgrade with install makes the release that is missing', async () => {
  const first = await upgrade(connect(), { release, chart, values, install: true })
  const second = await upgrade(connect(), { release, chart: './web2', values, install: true })

  expect([first.isInstall, second.isInstall]).toEqual([true, false])
  const { releases } = await list(connect(), { namespace: 'apps' })
  expect(releases).toMatchObject([{ name: 'web', revision: 2, status: 'deployed' }])
})
