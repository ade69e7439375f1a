import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { WatchEvent } from '../../src/cluster/cluster.ts'
import type { ApiStream, Transport } from '../../src/cluster/transport.ts'
import { watchObjects } from '../../src/cluster/watch-objects.ts'
import { eventually, freshNamespace, kubectlOk, plane } from '../support/plane.ts'
import { openPlaneCluster, type PlaneClusterOptions } from '../support/plane-cluster.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

interface Watching {
  namespace: string
  told: string[]
  /** Resolves when the watch has ended. */
  done: Promise<void>
  stop: () => void
}

/** Watches the ConfigMaps of a fresh namespace, but for the one that every namespace has. */
async function startWatch(
  options: PlaneClusterOptions & { length?: number } = {},
): Promise<Watching> {
  const namespace = await freshNamespace()
  const { transport, discovery } = openPlaneCluster(options)
  const end = new AbortController()
  ends.push(() => end.abort())
  const told: string[] = []
  const kind = { apiVersion: 'v1', kind: 'ConfigMap', namespace }
  const selection = { fieldSelector: 'metadata.name!=kube-root-ca.crt' }
  const { signal } = end
  const watch = watchObjects({ transport, discovery }, { kind, selection, signal, ...options })
  const done = (async () => {
    for await (const event of watch) told.push(lineOf(event))
    transport.close()
  })()
  await eventually(async () => told.includes('synced'))
  return { namespace, told, done, stop: () => end.abort() }
}

function lineOf(event: WatchEvent): string {
  return event.type === 'synced' ? event.type : `${event.type} ${event.object.metadata.name}`
}

async function create(namespace: string, name: string): Promise<void> {
  await kubectlOk(['create', 'configmap', name, `-n${namespace}`])
}

test('a watch tells of what is added, modified and deleted, and ends quietly', async () => {
  const { namespace, told, done, stop } = await startWatch()
  await create(namespace, 'a')
  await kubectlOk(['label', 'cm/a', 'x=y', `-n${namespace}`])
  await kubectlOk(['delete', 'cm/a', `-n${namespace}`])
  await eventually(async () => told.length === 4)
  stop()
  await done
  expect(told).toEqual(['synced', 'added a', 'modified a', 'deleted a'])
})

test('a watch that the server ends every second misses and repeats nothing', async () => {
  const { namespace, told, done, stop } = await startWatch({ length: 1 })
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  for (const name of names) {
    await create(namespace, name)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  await eventually(async () => told.length === names.length + 1)
  stop()
  await done
  expect(told).toEqual(['synced', ...names.map((name) => `added ${name}`)])
})

test('a silent watch is made anew from where it was', async () => {
  const transport = { times: { silence: 300 } }
  const { namespace, told } = await startWatch({ transport })
  for (const name of ['a', 'b', 'c']) {
    await new Promise((resolve) => setTimeout(resolve, 700))
    await create(namespace, name)
  }
  await eventually(async () => told.length === 4)
  expect(told).toEqual(['synced', 'added a', 'added b', 'added c'])
})

test('connections that break are made anew', async () => {
  const cutter = await openCutter()
  const { authority } = plane()
  const flags = { server: `https://127.0.0.1:${cutter.port}`, certificateAuthority: authority }
  const { namespace, told } = await startWatch({ flags })
  for (const name of ['a', 'b', 'c']) {
    cutter.cut()
    await create(namespace, name)
  }
  await eventually(async () => told.length === 4)
  expect(told).toEqual(['synced', 'added a', 'added b', 'added c'])
})

/** Both ways in which a server says that it no longer knows what has happened since. */
const gone = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 }
const EXPIRED = {
  'as an answer': (): ApiStream => ({ status: 410, headers: {}, lines: linesOf(gone) }),
  'as an event': (): ApiStream => ({
    status: 200,
    headers: {},
    lines: linesOf({ type: 'ERROR', object: gone }),
  }),
}

test.each(['as an answer', 'as an event'] as const)(
  'what happened until 410 came %s is told as changes',
  async (way) => {
    const namespace = await freshNamespace()
    const { transport, discovery } = openPlaneCluster()
    const end = new AbortController()
    ends.push(() => end.abort())
    let isExpired = false
    const ageing: Transport = {
      ...transport,
      stream: async (request) => {
        if (!isExpired) return transport.stream(request)
        isExpired = false
        return EXPIRED[way]()
      },
    }
    await create(namespace, 'goes')
    await create(namespace, 'stays')
    const told: string[] = []
    const kind = { apiVersion: 'v1', kind: 'ConfigMap', namespace }
    const selection = { fieldSelector: 'metadata.name!=kube-root-ca.crt' }
    const request = { kind, selection, signal: end.signal, length: 1 }
    for await (const event of watchObjects({ transport: ageing, discovery }, request)) {
      told.push(lineOf(event))
      if (told.length === 3) {
        await kubectlOk(['delete', 'cm/goes', `-n${namespace}`])
        await create(namespace, 'comes')
        isExpired = true
      }
      if (told.filter((line) => line === 'synced').length === 2) end.abort()
    }
    expect(told).toEqual([
      'added goes',
      'added stays',
      'synced',
      'deleted goes',
      'added comes',
      'synced',
    ])
  },
)

async function* linesOf(value: object): AsyncGenerator<string> {
  yield JSON.stringify(value)
}

test('a watch of a kind that is not there, or not allowed, fails', async () => {
  const { cluster } = openPlaneCluster({ flags: { as: 'nobody-in-particular' } })
  const watch = async (kind: string): Promise<void> => {
    const wanted = { apiVersion: 'v1', kind, namespace: 'default' }
    for await (const _ of cluster.watch(wanted, {}, new AbortController().signal)) return
  }
  await expect(watch('Nothing')).rejects.toMatchObject({ code: 'KIND_UNKNOWN' })
  await expect(watch('ConfigMap')).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

/** Passes bytes to the API server, and breaks all connections when it is told to. */
async function openCutter(): Promise<{ port: number; cut: () => void }> {
  const { connect } = await import('node:net')
  const { port } = new URL(plane().server)
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    const onward = connect(Number(port), '127.0.0.1')
    for (const each of [socket, onward]) {
      sockets.add(each)
      each.on('error', () => each.destroy()).on('close', () => sockets.delete(each))
    }
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  const own = typeof address === 'object' && address !== null ? address.port : 0
  return { port: own, cut: () => sockets.forEach((socket) => socket.resetAndDestroy()) }
}
