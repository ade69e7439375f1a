import { planDeployment } from '../apply/deploy.ts'
import { inParallel, PARALLEL } from '../apply/in-parallel.ts'
import { liveObjects } from '../apply/read-live.ts'
import { desiredObjects, objectsOf } from '../apply/target-objects.ts'
import { PkgError } from '../base/errors.ts'
import { byInstallOrder } from '../manifest/kind-order.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { contentOf } from '../plan/content.ts'
import { maskSecrets, type Mask } from '../plan/diff.ts'
import { isSameJson } from '../plan/json-equal.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { deployedRevision, lastRevision, nextRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections } from './connections.ts'
import { valuesFor, type ChartRequest } from './install.ts'
import { hintOfRevision, history, revisionOf, status } from './inspect.ts'
import { prepare } from './prepare.ts'
import { reuseValues, type ValueReuse } from './reuse-values.ts'
import { reporting } from './target-errors.ts'

/** How one object differs; a side that is undefined lacks it. */
export interface ObjectDiff {
  key: string
  kind: string
  namespace: string
  name: string
  op: 'add' | 'change' | 'remove'
  before: KubeObject | undefined
  after: KubeObject | undefined
}

export interface DiffOptions {
  /** Hides what is secret; undefined shows it. */
  mask?: Mask | undefined
}

/**
 * Compares two revisions of a release; `to` 0 stands for the newest, `from` 0 for the one
 * before it.
 *
 * @throws PkgError RELEASE_NOT_FOUND, REVISION_NOT_FOUND
 */
export async function diffRevisions(
  connections: Connections,
  release: ReleaseName,
  { from, to, ...options }: DiffOptions & { from: number; to: number },
): Promise<ObjectDiff[]> {
  const revisions = await history(connections, release, Number.MAX_SAFE_INTEGER)
  const after = revisionOf(revisions, to)
  const before = from === 0 ? beforeOf(revisions, after) : revisionOf(revisions, from)
  const choice = { withHooks: true }
  return compareAll(objectsOf(before, choice), objectsOf(after, choice), options)
}

function beforeOf(revisions: readonly Release[], { name, revision }: Release): Release {
  const before = lastRevision(revisions.filter((each) => each.revision < revision))
  if (before !== undefined) return before
  const message = `release "${name}" has no revision before ${revision}`
  throw new PkgError('REVISION_NOT_FOUND', message, { hint: hintOfRevision(revisions, 0) })
}

/**
 * Compares what a chart and values would make of a release with what the target holds.
 *
 * @throws PkgError all that `prepare` throws, OBJECT_NOT_OWNED
 */
export async function diffChart(
  connections: Connections,
  request: ChartRequest & { reuse?: ValueReuse },
  options: DiffOptions = {},
): Promise<ObjectDiff[]> {
  return reporting('', async () => {
    const chart = await connections.loadChart(request.chart)
    const revisions = await connections.storage.history(request.release)
    const current = deployedRevision(revisions) ?? lastRevision(revisions)
    const input = { chart, values: valuesFor(chart, request), onWarning: connections.onNotice }
    const release = await prepare(connections, {
      ...(current === undefined ? input : reuseValues(input, current, request.reuse ?? 'default')),
      release: request.release,
      revision: nextRevision(revisions),
      isUpgrade: current !== undefined,
      labels: request.labels ?? {},
      render: request.render ?? {},
    })
    const { takeOwnership = false, withHooks = false } = request
    const before = { history: revisions, abandoned: undefined }
    const plan = await planDeployment(connections, { release, before, takeOwnership, withHooks })
    return comparePlan(connections, plan, options)
  })
}

/**
 * Compares what a release recorded with what the target holds: edits by hand, lost files.
 *
 * @throws PkgError RELEASE_NOT_FOUND
 */
export async function diffLive(
  connections: Connections,
  release: ReleaseName,
  options: DiffOptions & { revision?: number } = {},
): Promise<ObjectDiff[]> {
  return reporting('', async () => {
    const recorded: Release = await status(connections, release, options.revision ?? 0)
    if (connections.cluster.runsHooks) {
      const before = { history: [recorded], abandoned: undefined }
      const plan = await planDeployment(connections, { release: recorded, before })
      return comparePlan(connections, plan, { ...options, isReversed: true })
    }
    const desired = await desiredObjects(connections, recorded, { withHooks: false })
    return compareAll(desired, await liveObjects(connections, desired), options)
  })
}

/**
 * What the target holds against what it would hold after the plan; the other way round reversed.
 * What an object would be is kept only as far as it differs.
 */
async function comparePlan(
  connections: Connections,
  plan: Plan,
  { isReversed = false, mask }: DiffOptions & { isReversed?: boolean },
): Promise<ObjectDiff[]> {
  const { runsHooks } = connections.cluster
  const changes = plan.changes.filter(({ op }) => op !== 'keep' && op !== 'unchanged')
  const differences = await inParallel(changes, PARALLEL, async (change) => {
    const { op, live } = change
    const there = live !== undefined && runsHooks ? contentOf(live) : live
    const wanted = op === 'delete' ? undefined : await outcomeOf(connections, change)
    return isReversed ? compare(wanted, there, mask) : compare(there, wanted, mask)
  })
  return inOrder(differences)
}

/** The object as it would be; an API server keeps and fills in more than is asked of it. */
async function outcomeOf({ cluster, signal }: Connections, change: Change): Promise<KubeObject> {
  const { op, object, live, after } = change
  if (!cluster.runsHooks || live === undefined || op === 'recreate') return object
  return contentOf(after ?? (await cluster.preview(object, { force: true, signal })))
}

function compareAll(
  before: readonly KubeObject[],
  after: readonly KubeObject[],
  { mask }: DiffOptions,
): ObjectDiff[] {
  const olds = new Map(before.map((object) => [objectKey(object), object]))
  const news = new Map(after.map((object) => [objectKey(object), object]))
  const keys = [...new Set([...olds.keys(), ...news.keys()])]
  return inOrder(keys.map((key) => compare(olds.get(key), news.get(key), mask)))
}

/** Undefined when both are the same. */
function compare(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
  mask: Mask | undefined,
): ObjectDiff | undefined {
  if (isSameJson(before, after)) return undefined
  const hide = (object: KubeObject | undefined): KubeObject | undefined =>
    object === undefined || mask === undefined ? object : maskSecrets(object, mask)
  return describe(hide(before), hide(after))
}

function inOrder(differences: readonly (ObjectDiff | undefined)[]): ObjectDiff[] {
  return differences
    .filter((difference) => difference !== undefined)
    .sort((left, right) => byInstallOrder(left.kind, right.kind) || (left.key < right.key ? -1 : 1))
}

function describe(before: KubeObject | undefined, after: KubeObject | undefined): ObjectDiff {
  const object = after ?? before
  const { kind = '', metadata } = object ?? {}
  const namespace = metadata?.['namespace']
  return {
    key: object === undefined ? '' : objectKey(object),
    kind,
    namespace: typeof namespace === 'string' ? namespace : '',
    name: metadata?.name ?? '',
    op: before === undefined ? 'add' : after === undefined ? 'remove' : 'change',
    before,
    after,
  }
}
