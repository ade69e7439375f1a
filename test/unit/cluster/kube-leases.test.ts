import { afterEach, expect, test } from 'vitest'
import { guardWrites, kubeLeases, type KubeLeaseStore } from '../../../src/cluster/kube-leases.ts'
import { openTransport } from '../../../src/cluster/http-transport.ts'
import type { Patience } from '../../../src/cluster/lease-calls.ts'
import type { Holder } from '../../../src/cluster/lease.ts'
import type { Transport } from '../../../src/cluster/transport.ts'
import {
  answeringServer,
  endpointAt,
  statusBody,
  type SeenRequest,
} from '../../support/api-server.ts'

/*
 * An API server that is too busy: some of what it is asked it does and never answers, or answers
 * with 503. What Leases mean to it is tested at a real one.
 */

const NAME = 'apps/web'
const HOLDER: Holder = {
  token: 'own',
  after: [],
  host: 'here',
  pid: 1,
  machine: '',
  since: '2026-01-01T00:00:00.000Z',
  verb: 'upgrade',
  request: 'r',
  run: 'run',
}
/** Of one call; where a busy machine takes longer, it is tried once more. */
const TIMEOUT = 400

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Mood = 'well' | 'silent' | 'busy'

interface Server {
  seen: SeenRequest[]
  transport: Transport
  leases: KubeLeaseStore
  /** From now on, to all calls or to those of one method. */
  become: (mood: Mood, method?: string) => void
}

interface ServerOptions extends Pick<Patience, 'onWait' | 'telling'> {
  time?: number
  expiry?: number
}

/** @param moods at the first calls, by method and how often it was called before */
async function serve(
  moodAt: (method: string, count: number) => Mood,
  { time = 600_000, expiry = 30_000, ...telling }: ServerOptions = {},
): Promise<Server> {
  let stored: Record<string, unknown> | undefined
  let version = 0
  let become: { mood: Mood; method: string | undefined } | undefined
  const { url, seen, close } = await answeringServer(({ method, body }, _, response) => {
    const count = seen.filter((each) => each.method === method).length - 1
    const isSo = become !== undefined && (become.method ?? method) === method
    const now = isSo && become !== undefined ? become.mood : moodAt(method, count)
    if (now === 'busy') {
      response.writeHead(503).end(statusBody(503, 'ServiceUnavailable', 'too much to do'))
      return
    }
    const isRefused = method === 'POST' && stored !== undefined
    if ((method === 'POST' && !isRefused) || method === 'PUT') {
      const lease = JSON.parse(body) as { metadata: object }
      stored = {
        ...lease,
        metadata: { ...lease.metadata, uid: 'u', resourceVersion: `${++version}` },
      }
    }
    if (now === 'silent') return
    const status = isRefused ? 409 : stored === undefined ? 404 : method === 'POST' ? 201 : 200
    response.writeHead(status).end(JSON.stringify(stored ?? { kind: 'Status' }))
  })
  closing.push(close)
  const transport = openTransport(endpointAt(url), {
    userAgent: 'kubectl-pkg/1.2.3',
    retries: { tries: 2, shortest: 1, longest: 2, patience: 1000 },
  })
  closing.push(() => transport.close())
  const leases = kubeLeases({
    transport,
    expiry,
    timeout: TIMEOUT,
    patience: { time, signal: new AbortController().signal, ...telling },
    onNotice: () => undefined,
  })
  return { seen, transport, leases, become: (mood, method) => void (become = { mood, method }) }
}

test.each([
  { mood: 'silent', calls: 1 },
  // The transport itself makes a call twice that got such an answer.
  { mood: 'busy', calls: 3 },
] as const)(
  'a Lease is read and taken once a server that was $mood has time',
  async ({ mood, calls }) => {
    const { leases } = await serve((_, count) => (count < calls ? mood : 'well'))
    expect(await leases.read(NAME)).toBeUndefined()
    expect(await leases.create(NAME, HOLDER)).toBe(true)
    expect(await leases.isHeldBy(NAME, HOLDER)).toBe(true)
  },
)

test('whoever waits for a server that is too busy is told so, now and again', async () => {
  const told: { text: string; at: number }[] = []
  const { leases } = await serve((_, count) => (count < 2 ? 'silent' : 'well'), {
    onWait: (text) => told.push({ text, at: performance.now() }),
    telling: { first: 100, rest: 600 },
  })
  await leases.read(NAME)
  expect(told.length).toBeGreaterThan(1)
  for (const [at, { text }] of told.entries()) {
    expect(text).toMatch(
      /^waiting for the API server, which is too busy to answer for the Lease of apps\/web: \d+ s so far; --lock-timeout says how long at most$/,
    )
    // A timer may go off a moment too early.
    if (at > 0) expect((told[at]?.at ?? 0) - (told[at - 1]?.at ?? 0)).toBeGreaterThan(590)
  }
})

test('nothing is told of a server that answers', async () => {
  const told: string[] = []
  const { leases } = await serve(() => 'well', { onWait: (text) => told.push(text) })
  await leases.read(NAME)
  await leases.create(NAME, HOLDER)
  expect(told).toEqual([])
})

test('a Lease that was made without an answer is known for our own', async () => {
  const { leases, seen } = await serve((method, count) =>
    method === 'POST' && count === 0 ? 'silent' : 'well',
  )
  await leases.read(NAME)
  expect(await leases.create(NAME, HOLDER)).toBe(true)
  expect(seen.map(({ method }) => method)).toEqual(
    expect.arrayContaining(['GET', 'POST', 'POST', 'GET']),
  )
})

test('a server that has no time at all is given up, with how long it was tried', async () => {
  const { leases } = await serve(() => 'silent', { time: 3000 })
  await expect(leases.read(NAME)).rejects.toMatchObject({
    code: 'CLUSTER_UNREACHABLE',
    message: expect.stringMatching(
      /no answer within 0\.[48] s \(GET .*\); tried (?:once|\d+ times) in \d+ s$/,
    ),
    hint: expect.stringContaining('--lock-timeout'),
  })
})

test('a heartbeat is not made again', async () => {
  const { leases, seen, become } = await serve(() => 'well')
  await leases.read(NAME)
  await leases.create(NAME, HOLDER)
  become('silent')
  expect(await leases.heartbeat(NAME, HOLDER, new Date())).toBe(true)
  expect(seen.filter(({ method }) => method === 'PUT').length).toBeLessThan(2)
})

test('who cannot learn in time whether the Lease is still held writes nothing', async () => {
  const { leases, transport, seen, become } = await serve(() => 'well', {
    time: 1000,
    expiry: 50,
  })
  await leases.read(NAME)
  await leases.create(NAME, HOLDER)
  become('silent')
  while (leases.holdsSurely()) await new Promise((resolve) => setTimeout(resolve, 5))
  const writing = guardWrites(transport, leases).request({ method: 'PATCH', path: '/x', body: {} })
  await expect(writing).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
  expect(seen.map(({ method }) => method)).not.toContain('PATCH')
})

test('to read that the Lease is still ours is no sign of life', async () => {
  const { leases, transport, seen, become } = await serve(() => 'well', { time: 1000, expiry: 50 })
  await leases.read(NAME)
  await leases.create(NAME, HOLDER)
  become('busy', 'PUT')
  while (leases.holdsSurely()) await new Promise((resolve) => setTimeout(resolve, 5))
  const writing = guardWrites(transport, leases).request({ method: 'PATCH', path: '/x', body: {} })
  await expect(writing).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
  expect(seen.map(({ method }) => method)).not.toContain('PATCH')
})
