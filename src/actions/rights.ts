import { customKindOf, isDefinition } from '../apply/definitions.ts'
import { isWaitedFor, type ReadinessRules } from '../apply/readiness.ts'
import type { View } from '../apply/site.ts'
import { crdsOf, desiredObjects, namespaceObject } from '../apply/target-objects.ts'
import type { AccessReview } from '../cluster/cluster.ts'
import { declaredResources } from '../cluster/declared-scopes.ts'
import { leaseName } from '../cluster/lease-object.ts'
import type { HookEvent } from '../manifest/manifest.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import type { Release } from '../release/release.ts'

/** What a run does with a release, as far as its rights are concerned. */
export interface RightsRequest {
  verb: RightsVerb
  /** What the release is made of; of an uninstallation what it was made of. */
  release: Release
  /** Revisions whose objects may be at the target, and may have to go. */
  previous?: readonly Release[] | undefined
  /** What holds the records of releases. */
  records: RecordsKind
  /** Undefined when nothing but hooks is waited for. */
  waitsBy?: ReadinessRules | undefined
  areHooksOff?: boolean | undefined
  /** Objects may be deleted and made anew, which is waited for. */
  recreates?: boolean | undefined
  createNamespace?: boolean | undefined
  crds?: 'create' | 'upgrade' | 'skip' | undefined
  /** What pods of tests have written is shown. */
  withLogs?: boolean | undefined
}

export interface RecordRightsRequest extends Pick<RightsRequest, 'verb' | 'records'> {
  release: Pick<Release, 'name' | 'namespace' | 'leftOut'>
}

/** Verbs that write, and those that only look. */
export type RightsVerb =
  WritingVerb | RecordsVerb | 'list' | 'history' | 'get' | 'status' | 'diff' | 'drift'
export type WritingVerb = 'install' | 'upgrade' | 'rollback' | 'uninstall' | 'test'
/** What writes records and no objects, and does so where they cannot be read. */
export type RecordsVerb = 'repair'
export type RecordsKind = 'Secret' | 'ConfigMap'

const HOOK_EVENTS: Readonly<Record<WritingVerb, readonly HookEvent[]>> = {
  install: ['pre-install', 'post-install'],
  upgrade: ['pre-upgrade', 'post-upgrade'],
  rollback: ['pre-rollback', 'post-rollback'],
  uninstall: ['pre-delete', 'post-delete'],
  test: ['test'],
}
const WATCHED = ['list', 'watch']
const WRITTEN = ['get', 'create', 'patch', 'delete']

/** Of records; whoever writes one reads it again where an answer was lost. */
const RECORD_VERBS: Readonly<Record<WritingVerb | RecordsVerb, readonly string[]>> = {
  install: ['get', 'list', 'create', 'update', 'delete'],
  upgrade: ['get', 'list', 'create', 'update', 'delete'],
  rollback: ['get', 'list', 'create', 'update', 'delete'],
  uninstall: ['get', 'list', 'update', 'delete'],
  test: ['get', 'list', 'update'],
  repair: ['get', 'list', 'create', 'update', 'delete'],
}

/** Of the objects of a release; a dry run takes the rights of what it tries out. */
const OBJECT_VERBS: Readonly<Record<RightsVerb, readonly string[]>> = {
  install: WRITTEN,
  upgrade: WRITTEN,
  rollback: WRITTEN,
  uninstall: ['get', 'delete'],
  test: [],
  repair: [],
  list: [],
  history: [],
  get: [],
  status: ['get'],
  diff: ['get', 'create', 'patch'],
  drift: ['get', 'patch'],
}

/**
 * The rights that a run cannot do without, each once.
 *
 * What it does without when it may not is left out: events and logs for the account of a
 * failure, autoscalers to yield to, lists in place of many reads.
 */
export async function rightsFor(view: View, request: RightsRequest): Promise<AccessReview[]> {
  const { release, previous = [] } = request
  const place = { withHooks: false }
  const wanted = await desiredObjects(view, release, place)
  const before = await Promise.all(previous.map((each) => desiredObjects(view, each, place)))
  const keys = new Set(wanted.map((object) => objectKey(object)))
  const leaving = before.flat().filter((object) => !keys.has(objectKey(object)))
  const hooks = await desiredObjects(view, hooksOnly(request), { withHooks: true })
  const definitions = definitionsOf(request)
  const reviews = [
    ...recordRights(request),
    ...wanted.flatMap((object) => ofObject(object, request)),
    ...leaving.flatMap((object) => ofLeaving(object, request)),
    ...hooks.flatMap((object) => each(object, [...WRITTEN, ...WATCHED])),
    ...ofPods(request, wanted, hooks),
    ...ofPrerequisites(request, definitions),
  ]
  const resourceOf = declaredResources([...wanted, ...leaving, ...definitions])
  const named = reviews.map((review) => ({ ...review, resource: resourceOf(review) }))
  return [...new Map(named.map((review) => [JSON.stringify(review), review])).values()]
}

/** The rights to the records of a release and to its lock. */
export function recordRights({ verb, release, records }: RecordRightsRequest): AccessReview[] {
  const { name, namespace, leftOut } = release
  const record = { apiVersion: 'v1', kind: records, namespace }
  // What lies beside a large record is read by its name.
  const read = leftOut === undefined ? ['list'] : ['get', 'list']
  const isLocking = writesRecords(verb)
  const verbs = isLocking ? RECORD_VERBS[verb] : read
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace }
  const leaseVerbs = isLocking ? ['get', 'update', 'delete'] : []
  return [
    ...verbs.map((each) => ({ ...record, verb: each })),
    // No rule can name what is created.
    ...(isLocking ? [{ ...lease, verb: 'create' }] : []),
    ...leaseVerbs.map((each) => ({ ...lease, verb: each, name: leaseName(name) })),
  ]
}

function writesRecords(verb: RightsVerb): verb is WritingVerb | RecordsVerb {
  return verb in RECORD_VERBS
}

function isWriting(verb: RightsVerb): verb is WritingVerb {
  return verb in HOOK_EVENTS
}

function hooksOnly({ release, verb, areHooksOff }: RightsRequest): Release {
  const events = isWriting(verb) && areHooksOff !== true ? HOOK_EVENTS[verb] : []
  const hooks = release.hooks.filter((hook) => hook.events.some((event) => events.includes(event)))
  return { ...release, manifest: '', hooks }
}

function ofObject(object: KubeObject, request: RightsRequest): AccessReview[] {
  const { verb, waitsBy, recreates = false } = request
  if (verb === 'uninstall') return ofLeaving(object, request)
  const verbs = OBJECT_VERBS[verb]
  // Kinds that come into being are waited for whoever waits for what.
  const isWatched =
    recreates || isDefinition(object) || (waitsBy !== undefined && isWaitedFor(object, waitsBy))
  return each(object, [...verbs, ...(isWatched && verbs.includes('delete') ? WATCHED : [])])
}

/** Whoever waits waits for what is deleted too. */
function ofLeaving(object: KubeObject, { verb, waitsBy }: RightsRequest): AccessReview[] {
  const verbs = OBJECT_VERBS[verb]
  if (!verbs.includes('delete')) return each(object, verb === 'diff' ? ['get'] : [])
  const custom = isDefinition(object) ? customKindOf(object) : undefined
  return [
    ...each(object, ['get', 'delete', ...(waitsBy === undefined ? [] : WATCHED)]),
    // A definition stays while there are custom resources of it.
    ...(custom === undefined ? [] : [{ ...custom, verb: 'list' }]),
  ]
}

/**
 * Pods show how workloads and Jobs fare, replica sets which pods are of which revision, and
 * logs what tests have written.
 */
function ofPods(
  { verb, waitsBy, withLogs = false }: RightsRequest,
  wanted: readonly KubeObject[],
  hooks: readonly KubeObject[],
): AccessReview[] {
  const isWaiting = waitsBy !== undefined && OBJECT_VERBS[verb].includes('patch')
  const waited = isWaiting ? wanted.filter((each) => isWaitedFor(each, waitsBy)) : []
  return [...waited, ...hooks].flatMap(({ kind, metadata }) => {
    const namespace = metadata['namespace']
    if (typeof namespace !== 'string') return []
    const pods = { apiVersion: 'v1', kind: 'Pod', namespace }
    const sets = { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace }
    const hasPods = HAS_PODS.has(kind)
    return [
      ...(hasPods ? WATCHED.map((verb) => ({ ...pods, verb })) : []),
      ...(kind === 'Deployment' ? WATCHED.map((verb) => ({ ...sets, verb })) : []),
      ...(withLogs && (hasPods || kind === 'Pod')
        ? [{ ...pods, subresource: 'log', verb: 'get' }]
        : []),
    ]
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

/** CRDs of crds/ folders that the run applies. */
function definitionsOf({ release, verb, crds = 'upgrade' }: RightsRequest): KubeObject[] {
  const isApplied = verb === 'install' || verb === 'upgrade'
  return isApplied && crds !== 'skip' ? crdsOf(release) : []
}

function ofPrerequisites(
  { release, createNamespace = false }: RightsRequest,
  definitions: readonly KubeObject[],
): AccessReview[] {
  const namespace = createNamespace ? [namespaceObject(release.namespace)] : []
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
