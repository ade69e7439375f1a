import { isWaitedFor, type ReadinessRules } from '../apply/readiness.ts'
import type { View } from '../apply/site.ts'
import { crdsOf, desiredObjects, namespaceObject } from '../apply/target-objects.ts'
import type { AccessReview } from '../cluster/cluster.ts'
import { leaseName } from '../cluster/lease-object.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import type { Release } from '../release/release.ts'

/** What a run does with a release, as far as its rights are concerned. */
export interface RightsRequest {
  verb: RightsVerb
  /** What the release is made of; of an uninstallation what it was made of. */
  release: Release
  /** What earlier revisions have left that may have to go. */
  previous?: Release | undefined
  /** What holds the records of releases. */
  records: RecordsKind
  /** Undefined when nothing but hooks is waited for. */
  waitsBy?: ReadinessRules | undefined
  areHooksOff?: boolean | undefined
  /** Objects may be deleted and made anew, which is waited for. */
  recreates?: boolean | undefined
  createNamespace?: boolean | undefined
  crds?: 'create' | 'upgrade' | 'skip' | undefined
}

export type RightsVerb = 'install' | 'upgrade' | 'rollback' | 'uninstall'
export type RecordsKind = 'Secret' | 'ConfigMap'

const HOOK_EVENT = {
  install: 'install',
  upgrade: 'upgrade',
  rollback: 'rollback',
  uninstall: 'delete',
} as const
const WATCHED = ['list', 'watch']
const WRITTEN = ['get', 'create', 'patch', 'delete']

/**
 * The rights that a run cannot do without, each once.
 *
 * What it does without when it may not is left out: events and logs for the account of a
 * failure, autoscalers to yield to, lists in place of many reads.
 */
export async function rightsFor(view: View, request: RightsRequest): Promise<AccessReview[]> {
  const { release, previous } = request
  const place = { withHooks: false }
  const wanted = await desiredObjects(view, release, place)
  const before = previous === undefined ? [] : await desiredObjects(view, previous, place)
  const keys = new Set(wanted.map((object) => objectKey(object)))
  const leaving = before.filter((object) => !keys.has(objectKey(object)))
  const hooks = await desiredObjects(view, hooksOnly(request), { withHooks: true })
  const reviews = [
    ...ofStorage(request),
    ...wanted.flatMap((object) => ofObject(object, request)),
    ...leaving.flatMap((object) => ofLeaving(object, request)),
    ...hooks.flatMap((object) => each(object, [...WRITTEN, ...WATCHED])),
    ...ofPods(request, wanted, hooks),
    ...ofPrerequisites(request),
  ]
  return [...new Map(reviews.map((review) => [JSON.stringify(review), review])).values()]
}

function hooksOnly({ release, verb, areHooksOff }: RightsRequest): Release {
  const events = [`pre-${HOOK_EVENT[verb]}`, `post-${HOOK_EVENT[verb]}`]
  const hooks = release.hooks.filter((hook) => hook.events.some((event) => events.includes(event)))
  return { ...release, manifest: '', hooks: areHooksOff === true ? [] : hooks }
}

function ofStorage({ verb, release, records }: RightsRequest): AccessReview[] {
  const { name, namespace } = release
  const record = { apiVersion: 'v1', kind: records, namespace }
  const verbs = ['get', 'list', 'update', 'delete', ...(verb === 'uninstall' ? [] : ['create'])]
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace }
  return [
    ...verbs.map((each) => ({ ...record, verb: each })),
    // No rule can name what is created.
    { ...lease, verb: 'create' },
    ...['get', 'update', 'delete'].map((each) => ({ ...lease, verb: each, name: leaseName(name) })),
  ]
}

function ofObject(object: KubeObject, request: RightsRequest): AccessReview[] {
  const { verb, waitsBy, recreates = false } = request
  if (verb === 'uninstall') return ofLeaving(object, request)
  const isWatched = recreates || (waitsBy !== undefined && isWaitedFor(object, waitsBy))
  return each(object, [...WRITTEN, ...(isWatched ? WATCHED : [])])
}

/** Whoever waits waits for what is deleted too. */
function ofLeaving(object: KubeObject, { waitsBy }: RightsRequest): AccessReview[] {
  return each(object, ['get', 'delete', ...(waitsBy === undefined ? [] : WATCHED)])
}

/** Pods show how workloads and Jobs fare, and replica sets which pods are of which revision. */
function ofPods(
  { waitsBy }: RightsRequest,
  wanted: readonly KubeObject[],
  hooks: readonly KubeObject[],
): AccessReview[] {
  const waited = waitsBy === undefined ? [] : wanted.filter((each) => isWaitedFor(each, waitsBy))
  return [...waited, ...hooks].flatMap(({ kind, metadata }) => {
    const namespace = metadata['namespace']
    if (typeof namespace !== 'string' || !HAS_PODS.has(kind)) return []
    const pods = { apiVersion: 'v1', kind: 'Pod', namespace }
    const sets = { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace }
    return WATCHED.flatMap((verb) => [
      { ...pods, verb },
      ...(kind === 'Deployment' ? [{ ...sets, verb }] : []),
    ])
  })
}

const HAS_PODS: ReadonlySet<string> = new Set([
  'DaemonSet',
  'Deployment',
  'Job',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
])

function ofPrerequisites(request: RightsRequest): AccessReview[] {
  const { release, createNamespace = false, crds = 'upgrade', verb } = request
  const namespace = createNamespace ? [namespaceObject(release.namespace)] : []
  const isLeftOut = verb === 'rollback' || verb === 'uninstall' || crds === 'skip'
  const definitions = isLeftOut ? [] : crdsOf(release)
  return [
    ...namespace.flatMap((object) => each(object, ['get', 'create'])),
    // They are waited for until they are served.
    ...definitions.flatMap((object) => each(object, ['get', 'create', 'patch', ...WATCHED])),
  ]
}

function each({ apiVersion, kind, metadata }: KubeObject, verbs: readonly string[]) {
  const { namespace: own } = metadata
  const namespace = typeof own === 'string' && own !== '' ? own : undefined
  return verbs.map((verb): AccessReview => ({ apiVersion, kind, namespace, verb }))
}
