import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { history, status } from '../../src/actions/inspect.ts'
import { install } from '../../src/actions/install.ts'
import { rollback } from '../../src/actions/rollback.ts'
import { uninstall } from '../../src/actions/uninstall.ts'
import { upgrade } from '../../src/actions/upgrade.ts'
import { openFiles } from '../../src/base/files.ts'
import { lastRevision } from '../../src/release/history.ts'
import { encodeRelease } from '../../src/release/codec.ts'
import { killedFiles, refusingFiles } from '../support/fault-fs.ts'
import { configMapChart, connectTo, lineOf, treeOf } from '../support/target.ts'

const release = { name: 'web', namespace: 'apps' }
const values = new Map()
const charts = {
  './web': configMapChart({ a: '1', gone: '1' }),
  './web2': configMapChart({ a: '2', added: '2' }, '2.0.0'),
  './web3': configMapChart({ a: '3' }, '3.0.0'),
}

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubectl-pkg-order-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const connect = (files = openFiles()) => connectTo({ path: root, charts, files, isKnownDead: true })
const installs = () => install(connect(), { release, chart: './web', values })
const lines = async () => (await history(connect(), release)).map(lineOf)
const objects = () =>
  treeOf(root)
    .map(({ path }) => path)
    .filter((path) => path.startsWith('apps/'))

function systemError(syscall: string, path: string): Error {
  return Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall, path })
}

test.each([
  {
    verb: 'upgrade',
    run: (files: ReturnType<typeof openFiles>) =>
      upgrade(connect(files), { release, chart: './web2', values }),
  },
  {
    verb: 'rollback',
    run: (files: ReturnType<typeof openFiles>) =>
      rollback(connect(files), { release, revision: 1 }),
  },
])('at no step of $verb is there no deployed revision', async ({ run }) => {
  await installs()
  await upgrade(connect(), { release, chart: './web3', values })
  const wrong: string[] = []
  let count = 0
  const files = openFiles(async (step, path, run) => {
    const result = await run()
    const revisions = await history(connect(), release)
    const deployed = revisions.filter((each) => each.status === 'deployed')
    count++
    if (deployed.length === 0) wrong.push(`${count}: ${step} ${path}`)
    // Two only while the one before waits to be superseded.
    if (deployed.length === 2 && lastRevision(revisions)?.status !== 'deployed') {
      wrong.push(`${count}: two`)
    }
    return result
  })
  await run(files)
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(20)
})

test('killed between the two records, the newer revision counts and the next run mends it', async () => {
  await installs()
  const steps: string[] = []
  let isDead = false
  const files = openFiles(async (step, path, run) => {
    if (isDead) throw new Error('killed')
    steps.push(`${step} ${path}`)
    // The second write of the old record is the one that says superseded.
    if (path.endsWith('web.v1') && step === 'rename') isDead = true
    if (isDead) throw new Error('killed')
    return run()
  })
  await expect(upgrade(connect(files), { release, chart: './web2', values })).rejects.toThrow(
    'killed',
  )

  expect(await lines()).toEqual([
    'web.v1 deployed: Install complete',
    'web.v2 deployed: Upgrade complete',
  ])
  expect((await status(connect(), release)).revision).toBe(2)
  await upgrade(connect(), { release, chart: './web3', values })
  expect(await lines()).toEqual([
    'web.v1 superseded: Install complete',
    'web.v2 superseded: Upgrade complete',
    'web.v3 deployed: Upgrade complete',
  ])
})

test('when the old record cannot be superseded, the run is done all the same and says so', async () => {
  await installs()
  const notices: string[] = []
  const files = openFiles(async (step, path, run) => {
    if (step === 'rename' && path.endsWith('web.v1')) throw systemError(step, path)
    return run()
  })
  await upgrade(connectTo({ path: root, charts, files, notices }), {
    release,
    chart: './web2',
    values,
  })

  expect(notices).toEqual(['revision 1 is not recorded as superseded: EACCES: permission denied'])
  await upgrade(connect(), { release, chart: './web2', values })
  expect((await lines()).filter((line) => line.includes('deployed:'))).toHaveLength(1)
})

test('applied but not recorded is said by its own code, and only the record is written again', async () => {
  await installs()
  const files = openFiles(async (step, path, run) => {
    const isLast = path.endsWith('web.v2') && step === 'rename'
    if (isLast) throw systemError(step, path)
    return run()
  })
  await expect(upgrade(connect(files), { release, chart: './web2', values })).rejects.toMatchObject(
    {
      code: 'RECORD_NOT_WRITTEN',
      exit: 10,
    },
  )

  const { files: watched, steps } = killedFiles(undefined)
  await upgrade(connect(watched), { release, chart: './web2', values })
  expect(steps.filter(({ path }) => path.includes('/apps/configmap'))).toEqual([])
  expect((await lines()).at(-1)).toBe('web.v2 deployed: Upgrade complete')
})

test('an object that cannot be removed fails the upgrade, which names it; the next removes it', async () => {
  await installs()
  const files = openFiles(async (step, path, run) => {
    if (step === 'unlink' && path.endsWith('configmap-gone.yaml')) throw systemError(step, path)
    return run()
  })
  await expect(upgrade(connect(files), { release, chart: './web2', values })).rejects.toMatchObject(
    {
      code: 'APPLY_FAILED',
      message: 'UPGRADE FAILED: delete of ConfigMap/gone failed: EACCES: permission denied',
    },
  )
  expect((await lines()).at(-1)).toContain('web.v2 failed:')

  await upgrade(connect(), { release, chart: './web2', values })
  expect(objects()).toEqual(['apps/configmap-a.yaml', 'apps/configmap-added.yaml'])
})

test('what only an abandoned revision had is removed by the rollback that follows', async () => {
  await installs()
  const { files } = refusingFiles(1, 'EACCES', 0)
  let writes = 0
  const dying = openFiles(async (step, path, run) => {
    if (path.endsWith('configmap-added.yaml') && step === 'rename') writes = 1
    if (writes > 1) throw new Error('killed')
    const result = await run()
    if (writes === 1) writes = 2
    return result
  })
  await expect(upgrade(connect(dying), { release, chart: './web2', values })).rejects.toThrow(
    'killed',
  )
  expect(objects()).toContain('apps/configmap-added.yaml')

  await rollback(connect(files), { release, revision: 1 })
  expect(objects()).toEqual(['apps/configmap-a.yaml', 'apps/configmap-gone.yaml'])
})

test('an object that another release owns by now is never removed, and told', async () => {
  await installs()
  const path = join(root, 'apps/configmap-gone.yaml')
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace('release-name: web', 'release-name: other'),
  )
  const notices: string[] = []
  const told = connectTo({ path: root, charts, isKnownDead: true, notices })
  await upgrade(told, { release, chart: './web2', values })
  expect(notices).toEqual([
    'ConfigMap/gone in namespace "apps" is left in place: it belongs to release "other" in namespace "apps" by now',
  ])
  expect(objects()).toContain('apps/configmap-gone.yaml')

  await expect(rollback(connect(), { release, revision: 1 })).rejects.toMatchObject({
    code: 'OBJECT_NOT_OWNED',
  })
  await uninstall(connect(), { release })
  expect(objects()).toEqual(['apps/configmap-gone.yaml'])
})

test('an object with the policy to keep it stays, and the plan says so', async () => {
  await installs()
  const path = join(root, 'apps/configmap-gone.yaml')
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(
      '  annotations:\n',
      '  annotations:\n    helm.sh/resource-policy: keep\n',
    ),
  )
  const { plan } = await upgrade(connect(), { release, chart: './web2', values })
  expect(plan.changes.filter(({ op }) => op === 'keep')).toHaveLength(1)
  expect(objects()).toContain('apps/configmap-gone.yaml')
})

test.each([1, 2, 3])(
  '--history-max %s keeps the deployed and the newest revision',
  async (historyMax) => {
    await installs()
    const failing = () => {
      const files = openFiles(async (step, path, run) => {
        if (step === 'rename' && path.endsWith('configmap-a.yaml')) throw systemError(step, path)
        return run()
      })
      return upgrade(connect(files), { release, chart: './web2', values, historyMax }).catch(
        () => undefined,
      )
    }
    for (let attempt = 0; attempt < 4; attempt++) await failing()
    expect((await lines())[0]).toBe('web.v1 deployed: Install complete')

    await upgrade(connect(), { release, chart: './web2', values, historyMax })
    const left = await lines()
    expect(left.at(-1)).toBe('web.v6 deployed: Upgrade complete')
    expect(left).toHaveLength(historyMax)
  },
)

test('a rollback gives the manifest of that revision byte for byte', async () => {
  await installs()
  const before = objects().map((path) => readFileSync(join(root, path), 'utf8'))
  await upgrade(connect(), { release, chart: './web2', values })
  const { release: back } = await rollback(connect(), { release, revision: 1 })
  expect(back.manifest).toBe((await status(connect(), release, 1)).manifest)
  expect(objects().map((path) => readFileSync(join(root, path), 'utf8'))).toEqual(before)
})

test('a second uninstallation finds nothing, and may be told that this is no failure', async () => {
  await installs()
  await uninstall(connect(), { release })
  await expect(uninstall(connect(), { release })).rejects.toMatchObject({
    code: 'RELEASE_NOT_FOUND',
    exit: 1,
  })
  expect(await uninstall(connect(), { release, ignoreNotFound: true })).toMatchObject({
    release: undefined,
  })
})

test('a name whose history was kept can be installed again with --replace', async () => {
  await installs()
  await uninstall(connect(), { release, keepHistory: true })
  await install(connect(), { release, chart: './web2', values, replace: true })
  expect(await lines()).toEqual([
    'web.v1 superseded: superseded by new release',
    'web.v2 deployed: Install complete',
  ])
})

test('an upgrade that changes nothing writes no object and no record', async () => {
  await installs()
  const { files, steps } = killedFiles(undefined)
  await upgrade(connect(files), { release, chart: './web', values })
  const others = steps.filter(({ path }) => !path.includes('/locks'))
  // A journal that is not there is removed all the same.
  expect(others.filter(({ path }) => !path.endsWith('.journal'))).toEqual([])
})

test('a record that Helm left pending is settled by the next run', async () => {
  await installs()
  const [first] = await history(connect(), release)
  if (first === undefined) throw new Error('it is installed')
  const pending = {
    ...first,
    revision: 2,
    status: 'pending-upgrade' as const,
    description: 'Preparing upgrade',
  }
  const folder = join(root, '.kubectl-pkg/releases/apps')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'web.v2'), encodeRelease(pending))
  cpSync(root, `${root}-copy`, { recursive: true })

  await upgrade(connect(), { release, chart: './web2', values })
  expect(await lines()).toEqual([
    'web.v1 superseded: Install complete',
    'web.v2 failed: interrupted; recovered by upgrade',
    'web.v3 deployed: Upgrade complete',
  ])

  rmSync(root, { recursive: true })
  cpSync(`${root}-copy`, root, { recursive: true })
  rmSync(`${root}-copy`, { recursive: true })
  await rollback(connect(), { release, revision: 1 })
  expect(await lines()).toEqual([
    'web.v1 superseded: Install complete',
    'web.v2 failed: interrupted; recovered by rollback',
    'web.v3 deployed: Rollback to 1',
  ])
})
