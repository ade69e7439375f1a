import { beforeAll, beforeEach, expect, test } from 'vitest'
import { newToken } from '../../src/base/folders.ts'
import type { Release } from '../../src/release/release.ts'
import { openKubeStorage } from '../../src/storage/kube-storage.ts'
import type { ReleaseStorage } from '../../src/storage/storage.ts'
import { auditedWrites, auditMark, type AuditedCall } from '../support/audit.ts'
import { writeChart } from '../support/chart-builder.ts'
import { api, freshNamespace } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { planeTransport } from '../support/plane-transport.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let chart = ''
let namespace = ''
beforeAll(() => {
  chart = writeChart(temporaryFolder(), {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  text: {{ .Values.text | default "one" }}\n',
  })
})
beforeEach(async () => {
  namespace = await freshNamespace()
})

function openStorage(): ReleaseStorage {
  return openKubeStorage({
    transport: planeTransport(),
    kind: 'secret',
    token: newToken(),
    now: () => new Date(),
    signal: new AbortController().signal,
    onNotice: () => undefined,
  })
}

/** Brings the newest record into the state in which a run of ours that was cut off leaves it. */
async function leave(
  status: Release['status'],
  cancelled?: NonNullable<Release['cancelled']>,
): Promise<void> {
  const storage = openStorage()
  const last = (await storage.history({ name: 'web', namespace })).at(-1)
  if (last === undefined) throw new Error('there is no release')
  await storage.update({ ...last, status, run: newToken(), ...(cancelled && { cancelled }) })
}

async function text(): Promise<string> {
  const { body } = await api('GET', `/api/v1/namespaces/${namespace}/configmaps/web`)
  return (body['data'] as { text: string } | undefined)?.text ?? 'gone'
}

async function statuses(): Promise<string[]> {
  const history = await openStorage().history({ name: 'web', namespace })
  return history.map(({ revision, status }) => `${revision} ${status}`)
}

test('an upgrade that was cut off is finished as recorded, without its chart', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  await pkgOk(namespace, `upgrade web ${chart} --set text=two`)
  await leave('pending-upgrade')
  await api('DELETE', `/api/v1/namespaces/${namespace}/configmaps/web`)
  expect(await pkgOk(namespace, 'resume web')).toBe(
    'upgrade of release "web" finished: revision 2 is deployed\n',
  )
  expect([await text(), await statuses()]).toEqual(['two', ['1 superseded', '2 deployed']])
})

test('an upgrade that was cut off is rolled back', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  await pkgOk(namespace, `upgrade web ${chart} --set text=two`)
  await leave('pending-upgrade')
  expect(await pkgOk(namespace, 'abort web')).toBe(
    'upgrade of release "web" undone: revision 3 is deployed\n',
  )
  expect([await text(), await statuses()]).toEqual([
    'one',
    ['1 superseded', '2 failed', '3 deployed'],
  ])
})

test.each([
  ['resume', 'upgrade of release "web" finished: revision 2 is deployed\n', 'two'],
  ['abort', 'upgrade of release "web" undone: revision 3 is deployed\n', 'one'],
])('an upgrade that a signal ended: %s', async (verb, told, there) => {
  await pkgOk(namespace, `install web ${chart}`)
  await pkgOk(namespace, `upgrade web ${chart} --set text=two`)
  await leave('failed', { verb: 'upgrade', request: 'of any command' })
  await api('DELETE', `/api/v1/namespaces/${namespace}/configmaps/web`)
  expect([await pkgOk(namespace, `${verb} web`), await text()]).toEqual([told, there])
})

test('a rollback to another revision that a signal ended is finished', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  await pkgOk(namespace, `upgrade web ${chart} --set text=two`)
  await pkgOk(namespace, 'rollback web 1')
  await leave('failed', { verb: 'rollback', request: `${namespace}/web 1` })
  expect(await pkgOk(namespace, 'resume web')).toBe(
    'rollback of release "web" finished: revision 3 is deployed\n',
  )
  expect([await text(), await statuses()]).toEqual([
    'one',
    ['1 superseded', '2 superseded', '3 deployed'],
  ])
})

test.each([
  { left: 'pending-upgrade', cancelled: undefined },
  { left: 'failed', cancelled: 'upgrade' },
] as const)(
  'an upgrade to something else leaves what is $left in the history, and runs its own hooks',
  async ({ left, cancelled: verb }) => {
    const hook = 'helm.sh/hook: pre-upgrade\n    helm.sh/hook-delete-policy: before-hook-creation'
    const hooked = writeChart(temporaryFolder(), {
      'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  text: {{ .Values.text | default "one" }}\n',
      'templates/hook.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: hook\n  annotations:\n    ${hook}\n`,
    })
    await pkgOk(namespace, `install web ${hooked}`)
    await pkgOk(namespace, `upgrade web ${hooked} --set text=two`)
    const cancelled = verb && { verb, request: `${namespace}/web` }
    await leave(left, cancelled)
    const mark = auditMark()
    await pkgOk(namespace, `upgrade web ${hooked} --set text=three`)
    expect([await text(), await statuses()]).toEqual([
      'three',
      ['1 superseded', '2 failed', '3 deployed'],
    ])
    const isHook = (call: AuditedCall): boolean =>
      call.namespace === namespace && call.name === 'hook' && call.status === 201
    expect(await auditedWrites(mark, isHook)).toHaveLength(1)
  },
)

test.each([
  ['resume', 'install of release "web" finished: revision 1 is deployed\n', 'one', ['1 deployed']],
  ['abort', 'install of release "web" undone: the release is gone\n', 'gone', []],
])('an installation that was cut off: %s', async (verb, told, there, left) => {
  await pkgOk(namespace, `install web ${chart}`)
  await leave('pending-install')
  expect(await pkgOk(namespace, `${verb} web`)).toBe(told)
  expect([await text(), await statuses()]).toEqual([there, left])
})

test.each([
  ['resume', 'uninstall of release "web" finished: the release is gone\n', 'gone', []],
  [
    'abort',
    'uninstall of release "web" undone: revision 2 is deployed\n',
    'one',
    ['1 failed', '2 deployed'],
  ],
])('an uninstallation that was cut off: %s', async (verb, told, there, left) => {
  await pkgOk(namespace, `install web ${chart}`)
  await leave('uninstalling')
  await api('DELETE', `/api/v1/namespaces/${namespace}/configmaps/web`)
  expect(await pkgOk(namespace, `${verb} web`)).toBe(told)
  expect([await text(), await statuses()]).toEqual([there, left])
})

test.each(['resume', 'abort'])('%s has nothing to do where nothing was cut off', async (verb) => {
  const missing = await pkg(namespace, `${verb} web`)
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('RELEASE_NOT_FOUND')])
  await pkgOk(namespace, `install web ${chart}`)
  const done = await pkg(namespace, `${verb} web`)
  expect([done.code, done.err]).toEqual([1, expect.stringContaining('NOTHING_PENDING')])
})
