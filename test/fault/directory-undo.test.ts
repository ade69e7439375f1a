import { rmSync } from 'node:fs'

import { afterEach, beforeEach, expect, test } from 'vitest'
import { history } from '../../src/actions/inspect.ts'
import { install } from '../../src/actions/install.ts'
import { rollback } from '../../src/actions/rollback.ts'
import { upgrade } from '../../src/actions/upgrade.ts'
import type { Connections } from '../../src/actions/connections.ts'
import { openFiles, type FileStep } from '../../src/base/files.ts'
import { configMapChart, connectTo, lineOf, treeOf } from '../support/target.ts'
import { memoryFolder } from '../support/memory-folder.ts'

/*
 * The messages are Helm's, of failRelease in pkg/action/install.go and upgrade.go, with the
 * refusal of the file system in place of the API server's.
 */

const release = { name: 'web', namespace: 'apps' }
const values = new Map()
const charts = {
  './web': configMapChart({ a: '1', gone: '1', z: '1' }),
  './web2': configMapChart({ a: '2', added: '2', z: '2' }, '2.0.0'),
  './web3': configMapChart({ a: '3', z: '3' }, '3.0.0'),
}

let root: string
beforeEach(() => {
  root = memoryFolder('kubectl-pkg-undo-')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

interface Refusal {
  step: FileStep
  file: string
  /** Which of the steps on this file are refused, counted from 1. */
  nth: number[]
  signal?: AbortController
}

/** Connections whose disk refuses some steps on one file, or is told to stop there. */
function connect(refusal?: Refusal): Connections {
  let count = 0
  const files = openFiles(async (step, path, run) => {
    const isHere = step === refusal?.step && path.endsWith(refusal.file)
    if (isHere && refusal.nth.includes(++count)) {
      if (refusal.signal === undefined) throw refused(step, path)
      refusal.signal.abort()
    }
    return run()
  })
  const signal = refusal?.signal?.signal
  return connectTo({ path: root, charts, files, ...(signal !== undefined && { signal }) })
}

function refused(syscall: string, path: string): Error {
  const text = 'EACCES: permission denied'
  return Object.assign(new Error(text), { code: 'EACCES', syscall, path })
}

const cannotWriteZ: Refusal = { step: 'rename', file: 'configmap-z.yaml', nth: [1] }

/** Objects at the target with the value of each: `a=1`. */
function objects(): string[] {
  return treeOf(root)
    .filter(({ path }) => path.startsWith('apps/'))
    .map(({ path, text }) => `${path.slice(15, -5)}=${/key: "?(\d)/.exec(text)?.[1]}`)
}

async function lines(): Promise<string[]> {
  return (await history(connect(), release)).map(lineOf)
}

test('an installation that fails is uninstalled, history and all', async () => {
  const installing = install(connect(cannotWriteZ), {
    release,
    chart: './web',
    values,
    rollbackOnFailure: true,
  })

  await expect(installing).rejects.toMatchObject({
    code: 'APPLY_FAILED',
    message:
      'INSTALLATION FAILED: release web failed, and has been uninstalled due to rollback-on-failure being set: create of ConfigMap/z failed: EACCES: permission denied',
  })
  expect(treeOf(root)).toEqual([])
})

test('without the flag what was made stays, and the release is recorded as failed', async () => {
  await expect(
    install(connect(cannotWriteZ), { release, chart: './web', values }),
  ).rejects.toMatchObject({ code: 'APPLY_FAILED' })

  expect(objects()).toEqual(['a=1', 'gone=1'])
  expect(await lines()).toEqual([
    'web.v1 failed: Release "web" failed: create of ConfigMap/z failed: EACCES: permission denied',
  ])
})

test('when the uninstallation fails too, both failures are told', async () => {
  const files = openFiles(async (step, path, run) => {
    if (step === 'rename' && path.endsWith('configmap-z.yaml')) throw refused(step, path)
    if (step === 'unlink' && path.endsWith('configmap-a.yaml')) throw refused(step, path)
    return run()
  })
  await expect(
    install(connectTo({ path: root, charts, files }), {
      release,
      chart: './web',
      values,
      rollbackOnFailure: true,
    }),
  ).rejects.toMatchObject({
    code: 'APPLY_FAILED',
    message:
      'INSTALLATION FAILED: an error occurred while uninstalling the release. original install error: create of ConfigMap/z failed: EACCES: permission denied: delete of ConfigMap/a failed: EACCES: permission denied',
  })

  await install(connect(), { release, chart: './web', values })
  expect(objects()).toEqual(['a=1', 'gone=1', 'z=1'])
})

test('an upgrade that fails is rolled back to the revision before', async () => {
  await install(connect(), { release, chart: './web', values })

  const upgrading = upgrade(connect(cannotWriteZ), {
    release,
    chart: './web2',
    values,
    rollbackOnFailure: true,
  })

  await expect(upgrading).rejects.toMatchObject({
    code: 'APPLY_FAILED',
    message:
      'UPGRADE FAILED: release web failed, and has been rolled back due to rollback-on-failure being set: update of ConfigMap/z failed: EACCES: permission denied',
  })
  expect(objects()).toEqual(['a=1', 'gone=1', 'z=1'])
  expect(await lines()).toEqual([
    'web.v1 superseded: Install complete',
    'web.v2 failed: Upgrade "web" failed: update of ConfigMap/z failed: EACCES: permission denied',
    'web.v3 deployed: Rollback to 1',
  ])
})

test('it goes back past failed revisions to the last that was deployed', async () => {
  await install(connect(), { release, chart: './web', values })
  await expect(
    upgrade(connect(cannotWriteZ), { release, chart: './web3', values }),
  ).rejects.toMatchObject({ code: 'APPLY_FAILED' })

  await expect(
    upgrade(connect(cannotWriteZ), { release, chart: './web2', values, rollbackOnFailure: true }),
  ).rejects.toThrow('rolled back')

  expect(objects()).toEqual(['a=1', 'gone=1', 'z=1'])
  expect((await lines()).at(-1)).toBe('web.v4 deployed: Rollback to 1')
})

test('without a revision that was deployed there is nothing to roll back to', async () => {
  await expect(
    install(connect(cannotWriteZ), { release, chart: './web', values }),
  ).rejects.toMatchObject({ code: 'APPLY_FAILED' })

  await expect(
    upgrade(connect(cannotWriteZ), { release, chart: './web2', values, rollbackOnFailure: true }),
  ).rejects.toMatchObject({
    message:
      'UPGRADE FAILED: unable to find a previously successful release when attempting to rollback. original upgrade error: create of ConfigMap/z failed: EACCES: permission denied',
  })
})

test('when the rollback fails too, both failures are told and the next upgrade finishes', async () => {
  await install(connect(), { release, chart: './web', values })
  let isFailed = false
  const files = openFiles(async (step, path, run) => {
    if (step === 'rename' && path.endsWith('configmap-z.yaml')) isFailed = true
    if (step === 'rename' && isFailed && path.includes('/configmap-')) throw refused(step, path)
    return run()
  })

  await expect(
    upgrade(connectTo({ path: root, charts, files }), {
      release,
      chart: './web2',
      values,
      rollbackOnFailure: true,
    }),
  ).rejects.toMatchObject({
    code: 'APPLY_FAILED',
    message:
      'UPGRADE FAILED: an error occurred while rolling back the release. original upgrade error: update of ConfigMap/z failed: EACCES: permission denied: update of ConfigMap/a failed: EACCES: permission denied',
  })

  await upgrade(connect(), { release, chart: './web2', values })
  expect(objects()).toEqual(['a=2', 'added=2', 'z=2'])
})

test('upgrade --install uninstalls what it could not install', async () => {
  await expect(
    upgrade(connect(cannotWriteZ), {
      release,
      chart: './web',
      values,
      install: true,
      rollbackOnFailure: true,
    }),
  ).rejects.toMatchObject({
    message:
      'release web failed, and has been uninstalled due to rollback-on-failure being set: create of ConfigMap/z failed: EACCES: permission denied',
  })
  expect(treeOf(root)).toEqual([])
})

test('an object of somebody else stops an upgrade before anything is to be undone', async () => {
  await install(connect(), { release, chart: './web', values })
  const other = { name: 'other', namespace: 'apps' }
  await install(connectTo({ path: root, charts: { './o': configMapChart({ added: '9' }) } }), {
    release: other,
    chart: './o',
    values,
  })

  await expect(
    upgrade(connect(), { release, chart: './web2', values, rollbackOnFailure: true }),
  ).rejects.toMatchObject({ code: 'OBJECT_NOT_OWNED' })
  expect(await lines()).toEqual(['web.v1 deployed: Install complete'])
})

test('a run that is told to stop is not undone: it is recorded, and the next one finishes it', async () => {
  await install(connect(), { release, chart: './web', values })
  const told: Refusal = { ...cannotWriteZ, file: 'configmap-a.yaml', signal: new AbortController() }

  await expect(
    upgrade(connect(told), { release, chart: './web2', values, rollbackOnFailure: true }),
  ).rejects.toMatchObject({ code: 'INTERRUPTED' })
  expect(await lines()).toEqual([
    'web.v1 deployed: Install complete',
    'web.v2 failed: Upgrade "web" failed: interrupted',
  ])
})

test('cleanup removes what the failed upgrade created, and nothing else', async () => {
  await install(connect(), { release, chart: './web', values })

  await expect(
    upgrade(connect(cannotWriteZ), { release, chart: './web2', values, cleanupOnFail: true }),
  ).rejects.toMatchObject({
    message: 'UPGRADE FAILED: update of ConfigMap/z failed: EACCES: permission denied',
  })
  expect(objects()).toEqual(['a=2', 'gone=1', 'z=1'])
})

test('cleanup that fails tells both failures', async () => {
  await install(connect(), { release, chart: './web', values })
  const files = openFiles(async (step, path, run) => {
    if (step === 'rename' && path.endsWith('configmap-z.yaml')) throw refused(step, path)
    if (step === 'unlink' && path.endsWith('configmap-added.yaml')) throw refused(step, path)
    return run()
  })

  await expect(
    upgrade(connectTo({ path: root, charts, files }), {
      release,
      chart: './web2',
      values,
      cleanupOnFail: true,
    }),
  ).rejects.toMatchObject({
    message:
      'UPGRADE FAILED: an error occurred while cleaning up resources. original upgrade error: update of ConfigMap/z failed: EACCES: permission denied: delete of ConfigMap/added failed: EACCES: permission denied',
  })
})

test('a rollback that fails removes what it created', async () => {
  await install(connect(), { release, chart: './web', values })
  await upgrade(connect(), { release, chart: './web2', values })

  await expect(
    rollback(connect(cannotWriteZ), { release, cleanupOnFail: true }),
  ).rejects.toMatchObject({ code: 'APPLY_FAILED' })
  expect(objects()).toEqual(['a=1', 'added=2', 'z=2'])
})
