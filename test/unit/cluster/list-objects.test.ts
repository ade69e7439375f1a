import { afterEach, expect, test } from 'vitest'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { openDiscovery } from '../../../src/cluster/discovery-client.ts'
import { openTransport } from '../../../src/cluster/http-transport.ts'
import { listObjects } from '../../../src/cluster/list-objects.ts'
import { answeringServer, endpointAt } from '../../support/api-server.ts'
import { hearLongRuns } from '../../support/long-runs.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const CONFIG_MAPS = {
  resource: 'configmaps',
  responseKind: { kind: 'ConfigMap' },
  scope: 'Namespaced',
}
const CORE = { metadata: {}, versions: [{ version: 'v1', resources: [CONFIG_MAPS] }] }

/** A namespace with objects of one kind, as many a page as it is asked for. */
async function openNamespace(count: number) {
  const server = await answeringServer(({ url }, _, response) => {
    const { pathname, searchParams } = new URL(url, 'http://server')
    const isCore = pathname === '/api'
    if (pathname === '/version') return response.end('{}')
    if (isCore || pathname === '/apis') {
      const items = isCore ? [CORE] : []
      return response.end(JSON.stringify({ kind: 'APIGroupDiscoveryList', items }))
    }
    const start = Number(searchParams.get('continue') ?? 0)
    const end = Math.min(start + Number(searchParams.get('limit')), count)
    const items = Array.from({ length: end - start }, (__, at) => {
      return { metadata: { name: `c-${start + at}` } }
    })
    const metadata = end < count ? { continue: String(end) } : {}
    return response.end(JSON.stringify({ metadata, items }))
  })
  const transport = openTransport(endpointAt(server.url), { userAgent: 'kubectl-pkg/1.2.3' })
  closing.push(server.close, () => transport.close())
  const cache = { folder: undefined, server: server.url, ca: undefined, now: Date.now }
  const pages = (): string[] =>
    server.seen.flatMap(({ url }) => /limit=\d+(?:&continue=\d+)?/.exec(url)?.[0] ?? [])
  return { api: { transport, discovery: openDiscovery(transport, cache) }, pages }
}

test.each([
  { count: 500, pages: ['limit=500'], times: 0 },
  {
    count: 1001,
    pages: ['limit=500', 'limit=500&continue=500', 'limit=500&continue=1000'],
    times: 1,
  },
])(
  'of $count objects those that are wanted are kept; the launcher hears $times times',
  async ({ count, pages, times }) => {
    const namespace = await openNamespace(count)
    const heard = hearLongRuns()

    const kind = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' }
    const isWanted = ({ metadata: { name } }: KubeObject): boolean => name.endsWith('00')
    const { objects } = await listObjects(namespace.api, kind, { isWanted })
    const wanted = Array.from({ length: count }, (_, at) => `c-${at}`)
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(
      wanted.filter((name) => name.endsWith('00')),
    )
    expect([namespace.pages(), heard().length]).toEqual([pages, times])
  },
)
