import type { JsonObject } from '../../src/base/json.ts'
import { at, listAt } from './gates.ts'
import { api, apiOk, type ApiAnswer } from './plane.ts'

/** Kinds that the operator gives a finalizer, what others hang on last. */
const KINDS = [
  'cephblockpools',
  'cephfilesystemsubvolumegroups',
  'cephfilesystems',
  'cephobjectstores',
  'cephclusters',
] as const

/** A stand-in for Rook's operator, which no control plane of the tests runs. */
export interface RookStandIn {
  /** Names of objects that are still used: they keep their finalizers. */
  readonly used: Set<string>
  /** Answers that refused it something. */
  readonly refusals: string[]
  stop: () => Promise<void>
}

/**
 * Does to the custom resources of a namespace what Rook's operator does: gives them a finalizer
 * and says that they are ready; lets what is deleted go, a cluster once nothing hangs on it. It
 * acts by the ServiceAccount of the chart, with no other rights, while its Deployment is there.
 */
export function standInForRook(namespace: string): RookStandIn {
  const operator = { namespace, used: new Set<string>(), refusals: [] as string[], token: '' }
  const stopping = new AbortController()
  const loop = runUntil(stopping.signal, operator)
  return {
    ...operator,
    stop: () => {
      stopping.abort()
      return loop
    },
  }
}

interface Operator {
  namespace: string
  used: Set<string>
  refusals: string[]
  /** Of its ServiceAccount; empty before that is there. */
  token: string
}

async function runUntil(signal: AbortSignal, operator: Operator): Promise<void> {
  while (!signal.aborted) {
    await work(operator)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

async function work(operator: Operator): Promise<void> {
  const { namespace } = operator
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/rook-ceph-operator`
  if ((await api('GET', deployment)).status !== 200) return
  operator.token = await tokenOf(namespace)
  const found = new Map<string, JsonObject[]>()
  for (const kind of KINDS) {
    const { status, body } = await call(operator, 'GET', pathOf(namespace, kind))
    if (status === 200) found.set(kind, listAt(body, 'items'))
  }
  for (const [kind, items] of found) {
    const others = [...found].filter(([each]) => each !== kind).flatMap(([, list]) => list)
    for (const item of items) {
      const isFree = kind !== 'cephclusters' || others.length === 0
      await reconcile(operator, { kind, item, isFree })
    }
  }
}

async function tokenOf(namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/rook-ceph-system/token`
  return at(await apiOk('POST', path, { spec: {} }), 'status', 'token') as string
}

interface Seen {
  kind: string
  item: JsonObject
  /** Nothing hangs on it. */
  isFree: boolean
}

async function reconcile(operator: Operator, { kind, item, isFree }: Seen): Promise<void> {
  const name = at(item, 'metadata', 'name') as string
  const path = pathOf(operator.namespace, kind, name)
  const finalizers = at(item, 'metadata', 'finalizers')
  if (at(item, 'metadata', 'deletionTimestamp') !== null) {
    if (isFree && !operator.used.has(name) && finalizers !== null)
      await call(operator, 'PATCH', path, { metadata: { finalizers: null } })
    return
  }
  if (finalizers === null) {
    const own = `${kind.replace(/s$/, '')}.ceph.rook.io`
    await call(operator, 'PATCH', path, { metadata: { finalizers: [own] } })
  }
  if (at(item, 'status', 'phase') !== 'Ready')
    await call(operator, 'PATCH', `${path}/status`, { status: { phase: 'Ready' } })
}

function pathOf(namespace: string, kind: string, name = ''): string {
  const all = `/apis/ceph.rook.io/v1/namespaces/${namespace}/${kind}`
  return name === '' ? all : `${all}/${name}`
}

async function call(
  operator: Operator,
  method: string,
  path: string,
  body?: JsonObject,
): Promise<ApiAnswer> {
  const { token, refusals } = operator
  const answer = await api(method, path, body, { token, type: 'application/merge-patch+json' })
  if (answer.status === 403) refusals.push(`${method} ${path}`)
  return answer
}
