import type {
  Cluster,
  KindRef,
  ListOptions,
  LogOptions,
  ObjectRef,
} from '../../src/cluster/cluster.ts'
import { refOf, type WatchEvent } from '../../src/cluster/cluster.ts'
import { PkgError } from '../../src/base/errors.ts'
import { objectKey, type KubeObject } from '../../src/manifest/object.ts'

/** A cluster in memory, whose objects a test changes as controllers would. */
export interface LiveCluster extends Cluster {
  /** Puts an object there, or another state of it, and tells all watches. */
  put(object: KubeObject): void
  remove(object: KubeObject): void
  /** Every call but `scopes`, as `apply Job/a`. */
  calls: string[]
  /** Logs by `pod/container`, of the run before with `pod/container/previous`. */
  containerLogs: Map<string, string>
  /** Called after an object was applied; changes it as controllers would. */
  onApplied: (object: KubeObject) => void
  /** Kinds that the person may not watch. */
  forbidden: Set<string>
}

interface Watcher {
  kind: KindRef
  selection: ListOptions
  tell: (event: WatchEvent) => void
}

/** Opens a cluster with these objects. */
export function liveCluster(objects: readonly KubeObject[] = []): LiveCluster {
  const stored = new Map(objects.map((object) => [objectKey(object), object]))
  const watchers = new Set<Watcher>()
  const calls: string[] = []
  let uids = 0

  const tell = (type: 'added' | 'modified' | 'deleted', object: KubeObject): void => {
    for (const { kind, selection, tell } of watchers) {
      if (isOf(object, kind) && isChosen(object, selection)) tell({ type, object })
    }
  }
  const find = (ref: ObjectRef): KubeObject | undefined =>
    [...stored.values()].find((object) => isOf(object, ref) && object.metadata.name === ref.name)
  const unsupported = (): never => {
    throw new Error('the test’s cluster cannot do this')
  }

  const cluster: LiveCluster = {
    target: 'memory',
    runsHooks: true,
    leases: { read: unsupported } as unknown as Cluster['leases'],
    calls,
    containerLogs: new Map(),
    onApplied: () => undefined,
    forbidden: new Set(),
    capabilities: async () => undefined,
    scopes: async () => () => 'namespaced',
    get: async (ref) => {
      calls.push(`get ${ref.kind}/${ref.name}`)
      return find(ref)
    },
    list: async (kind, options = {}) => {
      calls.push(`list ${kind.kind}`)
      return [...stored.values()].filter((each) => isOf(each, kind) && isChosen(each, options))
    },
    async *watch(kind, selection, signal) {
      calls.push(
        `watch ${kind.kind} ${selection.labelSelector ?? ''}${selection.fieldSelector ?? ''}`,
      )
      if (cluster.forbidden.has(kind.kind)) throw new PkgError('FORBIDDEN', `no ${kind.kind}s`)
      const queue: WatchEvent[] = [...stored.values()]
        .filter((each) => isOf(each, kind) && isChosen(each, selection))
        .map((object) => ({ type: 'added', object }))
      queue.push({ type: 'synced' })
      let wake: () => void = () => undefined
      const watcher: Watcher = {
        kind,
        selection,
        tell: (event) => {
          queue.push(event)
          wake()
        },
      }
      watchers.add(watcher)
      try {
        while (!signal.aborted) {
          const event = queue.shift()
          if (event !== undefined) yield event
          else {
            await new Promise<void>((resolve) => {
              wake = resolve
              signal.addEventListener('abort', () => resolve(), { once: true })
            })
          }
        }
      } finally {
        watchers.delete(watcher)
      }
    },
    apply: async (object) => {
      calls.push(`apply ${object.kind}/${object.metadata.name}`)
      const before = stored.get(objectKey(object))
      const uid = before?.metadata['uid'] ?? `uid-${++uids}`
      const applied = { ...before, ...object, metadata: { ...object.metadata, uid } }
      cluster.put(applied)
      cluster.onApplied(applied)
      return { result: before === undefined ? 'created' : 'updated', object: applied }
    },
    preview: async (object) => object,
    create: async (object) => (await cluster.apply(object)).object,
    patch: unsupported,
    delete: async (ref) => {
      calls.push(`delete ${ref.kind}/${ref.name}`)
      const object = find(ref)
      if (object === undefined) return false
      cluster.remove(object)
      return true
    },
    logs: async (pod, { container = '', previous = false }: LogOptions = {}) => {
      const key = `${pod.name}/${container}${previous ? '/previous' : ''}`
      calls.push(`logs ${key}`)
      return cluster.containerLogs.get(key) ?? ''
    },
    can: async (reviews) => reviews.map(() => true),
    sweep: async () => undefined,
    put(object) {
      const key = objectKey(object)
      const type = stored.has(key) ? 'modified' : 'added'
      stored.set(key, object)
      tell(type, object)
    },
    remove(object) {
      stored.delete(objectKey(object))
      tell('deleted', object)
    },
  }
  return cluster
}

function isOf(object: KubeObject, { apiVersion, kind, namespace }: KindRef): boolean {
  const isHere = namespace === undefined || refOf(object).namespace === namespace
  return object.apiVersion === apiVersion && object.kind === kind && isHere
}

/** Selectors of equalities only. */
function isChosen(object: KubeObject, { labelSelector, fieldSelector }: ListOptions): boolean {
  const labels = (object.metadata['labels'] ?? {}) as Record<string, unknown>
  const fields: Record<string, unknown> = {
    'metadata.name': object.metadata.name,
    type: object['type'],
    'involvedObject.kind': (object['involvedObject'] as KubeObject | undefined)?.kind,
    'involvedObject.name': (object['involvedObject'] as KubeObject | undefined)?.['name'],
  }
  return agrees(labels, labelSelector) && agrees(fields, fieldSelector)
}

function agrees(values: Record<string, unknown>, selector: string | undefined): boolean {
  return (selector ?? '')
    .split(',')
    .filter((term) => term !== '')
    .every((term) => values[term.split('=')[0] ?? ''] === term.split('=')[1])
}
