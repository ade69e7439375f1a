import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { history } from '../../src/actions/inspect.ts'
import { install } from '../../src/actions/install.ts'
import { upgrade } from '../../src/actions/upgrade.ts'
import { uninstall } from '../../src/actions/uninstall.ts'
import { withLock } from '../../src/apply/lock.ts'
import { compareText } from '../../src/golang/order.ts'
import { killedFiles } from '../support/fault-fs.ts'
import { configMapChart, connectTo, lineOf, treeOf } from '../support/target.ts'
import { memoryFolder } from '../support/memory-folder.ts'

const release = { name: 'web', namespace: 'apps' }
const charts = { './web': configMapChart({ a: '1' }) }
let root: string
beforeEach(() => {
  root = memoryFolder('kubectl-pkg-lock-')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function connect(options: object = {}) {
  return connectTo({ path: root, charts, ...options })
}

/** Holds the lock of the release until the callback ends. */
async function holding<T>(
  options: object,
  run: (connections: ReturnType<typeof connect>) => Promise<T>,
) {
  const connections = connect(options)
  const { cluster, identity, now, signal, lock } = connections
  const request = { release, verb: 'upgrade', request: 'x', identity, now, signal, ...lock }
  return withLock(cluster.leases, request, () => run(connections))
}

test('of 20 upgrades at once none is lost, and revisions have no gaps', async () => {
  await install(connect(), { release, chart: './web', values: new Map() })
  const numbers = Array.from({ length: 20 }, (_, at) => `v${at}`)

  await Promise.all(
    numbers.map((value) =>
      upgrade(
        connect({ lockTimeout: 60_000, times: { heartbeat: 1000, expiry: 30_000, poll: 2 } }),
        {
          release,
          chart: './web',
          values: new Map([['a', value]]),
        },
      ),
    ),
  )

  const revisions = await history(connect(), release)
  expect(revisions.map(({ revision }) => revision)).toEqual(
    Array.from({ length: 21 }, (_, at) => at + 1),
  )
  expect(
    revisions
      .slice(1)
      .map(({ config }) => JSON.stringify(config.get('a')))
      .toSorted(compareText),
  ).toEqual(numbers.map((each) => JSON.stringify(each)).toSorted(compareText))
  expect(
    revisions.filter(({ status }) => status === 'deployed').map(({ revision }) => revision),
  ).toEqual([21])
  const last = JSON.stringify(revisions.at(-1)?.config.get('a')).slice(1, -1)
  expect(treeOf(root).find(({ path }) => path.startsWith('apps/'))?.text).toContain(
    `key: ${last}\n`,
  )
})

test('of several first installs at once one wins and the others find the name in use', async () => {
  // Nobody is taken for dead because the machine was busy for a moment.
  const times = { heartbeat: 1000, expiry: 30_000, poll: 2 }
  const results = await Promise.allSettled(
    [1, 2, 3, 4].map(() =>
      install(connect({ times }), { release, chart: './web', values: new Map() }),
    ),
  )

  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect((await history(connect(), release)).map(lineOf)).toEqual([
    'web.v1 deployed: Install complete',
  ])
})

test('whoever does not want to wait is told who holds the release', async () => {
  await holding({}, async () => {
    await expect(uninstall(connect({ lockTimeout: 0 }), { release })).rejects.toMatchObject({
      code: 'RELEASE_LOCKED',
      exit: 4,
      message: `release "web" is held by upgrade by process ${process.pid} on test, since 2026-01-01T00:00:00.000Z`,
    })
  })
})

test('a lock whose holder is silent for the expiry is taken over, and its holder notices', async () => {
  const times = { heartbeat: 100_000, expiry: 40, poll: 5 }
  const connections = connect({ times })
  const { cluster, identity, now, signal } = connections
  const request = {
    release,
    verb: 'upgrade',
    request: 'x',
    identity,
    now,
    signal,
    times,
    timeout: 0,
  }

  await withLock(cluster.leases, request, async (lock) => {
    await install(connect({ times }), { release, chart: './web', values: new Map() })
    await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'LOCK_LOST', exit: 4 })
  })
})

test('a lock whose holder gives signs of life is not taken over', async () => {
  const times = { heartbeat: 5, expiry: 60, poll: 5 }
  await holding({ times }, async () => {
    const waiting = install(connect({ times, lockTimeout: 300 }), {
      release,
      chart: './web',
      values: new Map(),
    })
    await expect(waiting).rejects.toMatchObject({ code: 'RELEASE_LOCKED' })
  })
})

test('a lock that cannot be read is never taken', async () => {
  const { files } = killedFiles(undefined)
  const path = join(root, '.kubectl-pkg/locks/apps')
  await files.makeFolder(path, 0o700)
  await files.create(join(path, 'web.lock'), join(path, 'x.tmp'), { data: 'torn', mode: 0o600 })

  const times = { heartbeat: 5, expiry: 20, poll: 5 }
  await expect(
    install(connect({ times, lockTimeout: 100 }), { release, chart: './web', values: new Map() }),
  ).rejects.toMatchObject({
    code: 'RELEASE_LOCKED',
    hint: 'Make sure that no other run is at work, remove the lock file and run again.',
  })
})
