import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { waitUntilGone } from '../../../src/apply/wait-gone.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import type { ProgressEvent } from '../../../src/types/event.ts'
import { kubeObject } from '../../support/kube-objects.ts'
import { liveCluster, type LiveCluster } from '../../support/live-cluster.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Waits for 10 s at most, and gives what was told, with the failure as the last line. */
async function wait(cluster: LiveCluster, objects: readonly KubeObject[]): Promise<string[]> {
  const lines: string[] = []
  const tell = (event: ProgressEvent): void => {
    if (event.type === 'object') lines.push(`${event.object.name} ${event.text}`)
    if (event.type === 'waited') lines.push(event.outcome)
  }
  const site = {
    cluster,
    signal: new AbortController().signal,
    now: () => new Date(),
    onNotice: () => undefined,
    onProgress: tell,
  }
  const ended = waitUntilGone(site, objects, 10_000).catch((error: unknown) => {
    lines.push(String(error))
  })
  await vi.advanceTimersByTimeAsync(20_000)
  await ended
  return lines
}

const going = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/guard'] }

test('objects are waited for until they are gone', async () => {
  const [a, b] = [kubeObject('ConfigMap/a'), kubeObject('ConfigMap/b')]
  const cluster = liveCluster([a])
  setTimeout(() => cluster.put({ ...a, metadata: { ...a.metadata, ...going } }), 1000)
  setTimeout(() => cluster.remove(a), 2000)
  expect(await wait(cluster, [a, b])).toEqual([
    'a is still there',
    'b is still there',
    'b is gone',
    'a waits for example.com/guard',
    'a is gone',
    'ready',
  ])
  expect(cluster.calls).toEqual(['watch ConfigMap '])
})

test('another object of the same name is not waited for', async () => {
  const old = kubeObject('ConfigMap/a')
  const cluster = liveCluster([{ ...old, metadata: { ...old.metadata, uid: 'other' } }])
  expect((await wait(cluster, [old])).slice(-2)).toEqual(['a is gone', 'ready'])
})

test('what does not go is named with its finalizers', async () => {
  const stuck = kubeObject('ConfigMap/a', { metadata: going })
  expect((await wait(liveCluster([stuck]), [stuck])).slice(-2)).toEqual([
    'timed-out',
    'PkgError: ConfigMap/a is not gone after 10 s',
  ])
})

test('a kind that may not be watched fails the wait', async () => {
  const object = kubeObject('ConfigMap/a')
  const cluster = liveCluster([object])
  cluster.forbidden.add('ConfigMap')
  expect((await wait(cluster, [object])).at(-1)).toBe('PkgError: no ConfigMaps')
})
