import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitUntilReady } from '../../src/apply/wait.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import type { ProgressEvent } from '../../src/types/event.ts'
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import type { Fault } from '../support/fault-rules.ts'
import { api, freshNamespace } from '../support/plane.ts'
import { openPlaneCluster } from '../support/plane-cluster.ts'

let proxy: FaultProxy
beforeAll(async () => {
  proxy = await startFaultProxy()
})
afterAll(() => proxy.close())

/** What happens to every watch of a wait, or to the first few. */
const FAULTS: { name: string; fault: Fault; times?: number }[] = [
  { name: 'dropped after each event', fault: { mode: 'watch-drop', after: 1 } },
  { name: 'refused with 410 Gone', fault: { mode: 'watch-gone' }, times: 4 },
  { name: 'ended by an error of 410', fault: { mode: 'watch-error', after: 1 }, times: 8 },
  { name: 'cut across chunks', fault: { mode: 'watch-split' } },
  { name: 'with an event of 1 MB', fault: { mode: 'watch-big', bytes: 1_000_000 } },
  { name: 'without bookmarks', fault: { mode: 'watch-no-bookmarks' } },
  { name: 'closed three times a second', fault: { mode: 'watch-short', ms: 300 } },
  { name: 'flooded with events', fault: { mode: 'watch-flood', perSecond: 1000 } },
  { name: 'refused for a while', fault: { mode: '429', retryAfter: '1' }, times: 4 },
  { name: 'failing at first', fault: { mode: '503' }, times: 4 },
  { name: 'reset before an answer', fault: { mode: 'reset-before' }, times: 4 },
]

test.each(FAULTS)('a wait is as sure with watches $name', async (row) => {
  const namespace = await freshNamespace()
  const good = await deployment(namespace, 'good', {})
  const bad = await deployment(namespace, 'bad', { 'simulated.test/fails': 'image-pull' })
  const { cluster, transport } = openPlaneCluster({ env: { KUBECONFIG: proxy.kubeconfig() } })
  proxy.begin([{ match: { verb: 'WATCH' }, times: row.times ?? Infinity, ...row.fault }])

  const decided: string[] = []
  const wait = (objects: KubeObject[]): Promise<unknown> =>
    waitUntilReady(
      {
        cluster,
        signal: new AbortController().signal,
        now: () => new Date(),
        onNotice: (notice) => decided.push(notice),
        onProgress: (event: ProgressEvent) => {
          if (event.type === 'object' && event.state !== 'progressing')
            decided.push(`${event.object.name} ${event.state}`)
        },
      },
      { objects, rules: { by: 'current' }, purpose: 'ready', timeout: 300_000 },
    )
  await wait([good])
  await expect(wait([bad])).rejects.toMatchObject({ code: 'NOT_READY' })
  transport.close()

  expect([...new Set(decided)]).toEqual(['good ready', 'bad failed'])
})

/** Makes a Deployment past the proxy, and gives it as it was written. */
async function deployment(
  namespace: string,
  name: string,
  annotations: JsonObject,
): Promise<KubeObject> {
  const labels = { app: name }
  const containers = [{ name: 'app', image: 'registry.test/app:1' }]
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations }, spec: { containers } },
    },
  }
  await api('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, object)
  return object
}
