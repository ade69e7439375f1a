import { PkgError } from '../base/errors.ts'
import { isClusterKind } from '../manifest/kind-order.ts'
import type { KubeObject } from '../manifest/object.ts'
import { accessOf, resourceName } from './access.ts'
import { apiError } from './api-errors.ts'
import type { Cluster, LogOptions, ObjectRef, ScopeOf } from './cluster.ts'
import { declaredScopes } from './declared-scopes.ts'
import type { LeaseStore } from './lease.ts'
import { listObjects, type Api } from './list-objects.ts'
import { subjectOf } from './object-calls.ts'
import {
  applyObject,
  createObject,
  deleteObject,
  getObject,
  patchObject,
  previewObject,
  type WriteOptions,
} from './objects.ts'
import { watchObjects } from './watch-objects.ts'

export interface ApiClusterOptions extends WriteOptions {
  leases: LeaseStore
}

/** Opens an API server as a target; nothing is sent before the first call. */
export function openApiCluster(options: ApiClusterOptions): Cluster {
  const { transport, discovery, leases } = options
  return {
    target: transport.server,
    runsHooks: true,
    leases,

    async capabilities(signal) {
      const { version, apiVersions } = await discovery.current(signal)
      return { kubeVersion: version, apiVersions }
    },

    scopes: async (incoming, signal) => scopesOf(options, incoming, signal),
    get: (ref, signal) => getObject(options, ref, signal),
    list: async (kind, listing = {}) => (await listObjects(options, kind, listing)).objects,
    watch: (kind, selection, signal) => watchObjects(options, { kind, selection, signal }),
    apply: (object, how = {}) => applyObject(options, object, how),
    preview: (object, how = {}) => previewObject(options, object, how),
    create: (object, signal) => createObject(options, object, signal),
    patch: (ref, patch, how) => patchObject(options, ref, patch, how),
    delete: (ref, how = {}) => deleteObject(options, ref, how),
    logs: (pod, how = {}) => readLogs(options, pod, how),
    can: (reviews, signal) =>
      Promise.all(reviews.map((review) => accessOf(options, review, signal))),
    resourceName: (review, signal) => resourceName({ discovery }, review, signal),
    // What a run leaves half-written at an API server is an object like others.
    sweep: () => Promise.resolve(),
    whyEmpty: (namespace, signal) => whyEmpty(options, namespace, signal),
  }
}

/** Who may not read namespaces, or cannot reach the server, has been told something else. */
async function whyEmpty(
  options: ApiClusterOptions,
  name: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (name === undefined) return undefined
  const ref = { apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name }
  try {
    const found = await getObject(options, ref, signal)
    if (found === undefined) return `there is no namespace "${name}"`
    const isGoing = found.metadata['deletionTimestamp'] !== undefined
    return isGoing ? `the namespace "${name}" is being deleted` : undefined
  } catch (error) {
    if (error instanceof PkgError) return undefined
    throw error
  }
}

/** The server's word first, then that of CRDs on their way, then what is known of old. */
async function scopesOf(
  { discovery }: Api,
  incoming: readonly KubeObject[],
  signal: AbortSignal | undefined,
): Promise<ScopeOf> {
  const declared = declaredScopes(incoming)
  const keys = new Set(incoming.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))
  for (const key of keys) {
    const [apiVersion = '', kind = ''] = key.split(' ')
    // Makes sure that what is said below is not from a cache that does not know the kind yet.
    if (declared(apiVersion, kind) === undefined) await discovery.find(apiVersion, kind, signal)
  }
  const { resources } = await discovery.resources(signal)
  const served = new Map(
    resources.map(({ apiVersion, kind, isNamespaced }) => [`${apiVersion} ${kind}`, isNamespaced]),
  )
  return (apiVersion, kind) => {
    const isNamespaced = served.get(`${apiVersion} ${kind}`)
    if (isNamespaced !== undefined) return isNamespaced ? 'namespaced' : 'cluster'
    const own = declared(apiVersion, kind)
    return own ?? (isClusterKind(apiVersion, kind) ? 'cluster' : 'namespaced')
  }
}

async function readLogs({ transport }: Api, pod: ObjectRef, options: LogOptions): Promise<string> {
  const { container, tailLines, previous, signal } = options
  const place = `/api/v1/namespaces/${encodeURIComponent(pod.namespace ?? '')}`
  const answer = await transport.request({
    method: 'GET',
    path: `${place}/pods/${encodeURIComponent(pod.name)}/log`,
    query: { container, tailLines, previous },
    accept: 'text/plain, */*',
    signal,
  })
  if (answer.status === 200) return answer.body
  // Nothing was written that could be read: the pod is on no node yet (204), its container has
  // not begun (400), or it is gone (404).
  if ([204, 400, 404].includes(answer.status)) return ''
  throw apiError(answer, subjectOf('read the log of', pod))
}
