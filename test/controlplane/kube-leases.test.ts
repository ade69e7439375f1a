import { expect, test } from 'vitest'
import { withLock, type LockRequest } from '../../src/apply/lock.ts'
import { newToken } from '../../src/base/folders.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { kubeLeases } from '../../src/cluster/kube-leases.ts'
import type { LeaseStore } from '../../src/cluster/lease.ts'
import { accountToken, api, apiOk, eventually, freshNamespace } from '../support/plane.ts'
import { planeTransport } from '../support/plane-transport.ts'

/** Short, but no holder falls silent because the machine is busy. */
const TIMES = { heartbeat: 400, expiry: 4000, poll: 20 }

function open(token?: string, notices: string[] = []): LeaseStore {
  return kubeLeases({
    transport: planeTransport(token),
    expiry: TIMES.expiry,
    onNotice: (notice) => notices.push(notice),
  })
}

function requestIn(namespace: string, fields: Partial<LockRequest> = {}): LockRequest {
  return {
    release: { name: 'web', namespace },
    verb: 'upgrade',
    request: `${namespace}/web`,
    identity: { token: newToken(), host: 'test', pid: process.pid, machine: '' },
    times: TIMES,
    timeout: 600_000,
    now: () => new Date(),
    signal: new AbortController().signal,
    ...fields,
  }
}

function pathIn(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/pkg-web`
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

test.concurrent('one run at a time holds the Lease, which goes with it', async () => {
  const namespace = await freshNamespace()
  let running = 0
  let most = 0
  const run = async () => {
    most = Math.max(most, ++running)
    await sleep(30)
    running--
  }
  await Promise.all(Array.from({ length: 8 }, () => withLock(open(), requestIn(namespace), run)))
  expect(most).toBe(1)
  expect((await api('GET', pathIn(namespace))).status).toBe(404)
})

test.concurrent('a holder that is alive keeps its Lease, longer than the expiry', async () => {
  const namespace = await freshNamespace()
  await withLock(open(), requestIn(namespace), async (lock) => {
    const impatient = requestIn(namespace, { timeout: 1.5 * TIMES.expiry })
    await expect(withLock(open(), impatient, async () => undefined)).rejects.toMatchObject({
      code: 'RELEASE_LOCKED',
      message: expect.stringContaining(`is held by upgrade by process ${process.pid} on test`),
    })
    await lock.assertHeld()
    const { spec } = await apiOk('GET', pathIn(namespace))
    expect(spec).toMatchObject({ holderIdentity: expect.stringMatching(/^test /) })
  })
})

test.concurrent(
  'a Lease whose holder fell silent is taken over, and says who that was',
  async () => {
    const namespace = await freshNamespace()
    const dead = requestIn(namespace)
    const leases = open()
    const holder = {
      ...dead.identity,
      after: ['earlier'],
      since: new Date().toISOString(),
      verb: 'upgrade',
      request: dead.request,
      run: 'run-1',
    }
    await leases.read(`${namespace}/web`)
    expect(await leases.create(`${namespace}/web`, holder)).toBe(true)

    await withLock(open(), requestIn(namespace), async ({ left, holder: own }) => {
      expect(left).toEqual(holder)
      expect([own.run, own.after]).toEqual(['run-1', ['earlier', holder.token]])
      expect(await leases.isHeldBy(`${namespace}/web`, holder)).toBe(false)
      expect(await leases.heartbeat(`${namespace}/web`, holder, new Date())).toBe(false)
    })
  },
)

test.concurrent('a Lease that was deleted or taken is soon known to be lost', async () => {
  const namespace = await freshNamespace()
  const lost = withLock(open(), requestIn(namespace), async (lock) => {
    await apiOk('DELETE', pathIn(namespace))
    const isHeld = (): Promise<boolean> =>
      lock.assertHeld().then(
        () => true,
        () => false,
      )
    await eventually(async () => !(await isHeld()))
    await lock.assertHeld()
  })
  await expect(lost).rejects.toMatchObject({ code: 'LOCK_LOST' })
})

test.concurrent('a Lease of another program is never taken', async () => {
  const namespace = await freshNamespace()
  const body: JsonObject = {
    metadata: { name: 'pkg-web' },
    spec: { holderIdentity: 'somebody else' },
  }
  await apiOk('POST', pathIn(namespace).replace('/pkg-web', ''), body)
  const request = requestIn(namespace, { timeout: 800 })
  await expect(withLock(open(), request, async () => undefined)).rejects.toMatchObject({
    code: 'RELEASE_LOCKED',
    message: 'release "web" is held by a lock that cannot be read',
  })
})

test.concurrent('who may not use Leases is told so, and goes on', async () => {
  const namespace = await freshNamespace()
  const notices: string[] = []
  const leases = open(await accountToken(namespace, []), notices)
  const exclusive = await withLock(leases, requestIn(namespace), async (lock) => {
    await lock.assertHeld()
    return leases.isExclusive()
  })
  expect(exclusive).toBe(false)
  expect(notices).toEqual([expect.stringMatching(/^no right to use Leases/)])
})

test.concurrent(
  'who may not give a Lease back has done the work all the same, and is told',
  async () => {
    const namespace = await freshNamespace()
    const notices: string[] = []
    const rule = {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      verbs: ['get', 'create', 'update'],
    }
    const leases = open(await accountToken(namespace, [rule]), notices)
    expect(await withLock(leases, requestIn(namespace), async () => 'done')).toBe('done')
    expect(notices).toEqual([
      expect.stringMatching(
        /^cannot give back the Lease of .*; other runs may have to wait 4 s for it$/,
      ),
    ])
    expect(await withLock(open(), requestIn(namespace), async () => 'next')).toBe('next')
  },
)

test.concurrent.each([-3_600_000, -300_000, 300_000, 3_600_000])(
  'a holder whose clock is off by %i ms keeps its Lease, and loses it only by silence',
  async (offset) => {
    const namespace = await freshNamespace()
    const now = (): Date => new Date(Date.now() + offset)
    const off = requestIn(namespace, { now })
    await withLock(open(), off, async (lock) => {
      const impatient = requestIn(namespace, { timeout: 2 * TIMES.expiry })
      await expect(withLock(open(), impatient, async () => undefined)).rejects.toMatchObject({
        code: 'RELEASE_LOCKED',
      })
      await lock.assertHeld()
    })
    const silent = { ...TIMES, heartbeat: 3_600_000 }
    await withLock(open(), { ...off, times: silent }, async (lock) => {
      await withLock(open(), requestIn(namespace), async () => undefined)
      await expect(lock.assertHeld()).rejects.toMatchObject({ code: 'LOCK_LOST' })
    })
  },
)
