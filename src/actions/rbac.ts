import { usualPlural } from '../cluster/access.ts'
import type { AccessReview } from '../cluster/cluster.ts'
import { objectsOf } from '../apply/target-objects.ts'
import { describeObject } from '../manifest/object.ts'
import { unsettledRevisions } from '../release/history.ts'
import type { LookupQuery } from '../render/lookup.ts'
import type { Release } from '../release/release.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections } from './connections.ts'
import { valuesFor, type ChartRequest } from './install.ts'
import { status } from './inspect.ts'
import { assertReleaseName } from './names.ts'
import { prepare } from './prepare.ts'
import { recordRights, rightsFor, type RecordsVerb, type RightsVerb } from './rights.ts'
import { reporting } from './target-errors.ts'

export interface RbacRequest extends Pick<
  ChartRequest,
  'release' | 'values' | 'render' | 'createNamespace' | 'crds'
> {
  /** What the person typed: a chart; undefined for the release as it is recorded. */
  chart: string | undefined
  verbs: readonly RightsVerb[]
}

/** One rule of a role. */
export interface RbacRule {
  apiGroups: string[]
  resources: string[]
  resourceNames?: string[]
  verbs: string[]
}

/** Rules of one namespace, or with undefined of the cluster. */
export interface RbacRole {
  name: string
  namespace: string | undefined
  rules: RbacRule[]
}

export interface Rbac {
  roles: RbacRole[]
  /** Objects of the release that grant rights; only those may make them who have the rights. */
  granting: string[]
}

/**
 * Works out the least roles under which verbs can be run with a release.
 *
 * @throws PkgError RELEASE_NOT_FOUND, and what `prepare` throws
 */
export async function rbac(connections: Connections, request: RbacRequest): Promise<Rbac> {
  return reporting('', async () => {
    assertReleaseName(request.release)
    const { release, verbs } = request
    const records = connections.records ?? 'Secret'
    // Where records are damaged, they tell nothing of objects.
    const reviews = verbs
      .filter(isOfRecords)
      .flatMap((verb) => recordRights({ verb, release, records }))
    const others = verbs.filter((verb) => !isOfRecords(verb))
    const granting: string[] = []
    if (others.length > 0) {
      const runs = await rightsOfRuns(connections, { ...request, verbs: others })
      reviews.push(...runs.reviews)
      granting.push(...runs.granting)
    }
    return { roles: await rolesOf(connections, reviews, release), granting }
  })
}

function isOfRecords(verb: RightsVerb): verb is RecordsVerb {
  return verb === 'repair'
}

async function rightsOfRuns(
  connections: Connections,
  request: RbacRequest,
): Promise<{ reviews: AccessReview[]; granting: string[] }> {
  const history = await connections.storage.history(request.release)
  const lookups: LookupQuery[] = []
  const release = await releaseFor(connections, request, (query) => lookups.push(query))
  const { createNamespace, crds } = request
  const reviews = await lookedUp(connections, lookups)
  for (const { verb, wanted } of runsOf(request.verbs, release, history)) {
    reviews.push(
      ...(await rightsFor(connections, {
        verb,
        release: wanted,
        previous: verb === 'install' ? [] : unsettledRevisions(history),
        records: connections.records ?? 'Secret',
        waitsBy: connections.wait?.rules,
        areHooksOff: connections.wait?.areHooksOff,
        createNamespace: createNamespace === true && verb === 'install',
        crds,
        withLogs: verb === 'test',
      })),
    )
  }
  const objects = objectsOf(release, { withHooks: true })
  const granting = objects.filter(({ kind }) => GRANTING.has(kind)).map(describeObject)
  return { reviews, granting }
}

/** A rollback may go to any revision there is. */
function runsOf(
  verbs: readonly RightsVerb[],
  release: Release,
  history: readonly Release[],
): { verb: RightsVerb; wanted: Release }[] {
  return verbs.flatMap((verb) =>
    verb === 'rollback' && history.length > 0
      ? history.map((wanted) => ({ verb, wanted }))
      : [{ verb, wanted: release }],
  )
}

const GRANTING: ReadonlySet<string> = new Set([
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
])

/** Templates that look at objects of the target are rendered by whoever runs the verb. */
async function lookedUp(
  { cluster, signal }: Connections,
  lookups: readonly LookupQuery[],
): Promise<AccessReview[]> {
  const scopeOf = await cluster.scopes([], signal)
  return lookups.map(({ apiVersion, kind, namespace, name }) => {
    const isIn = namespace !== '' && scopeOf(apiVersion, kind) === 'namespaced'
    const place = { apiVersion, kind, namespace: isIn ? namespace : undefined }
    return name === '' ? { ...place, verb: 'list' } : { ...place, name, verb: 'get' }
  })
}

async function releaseFor(
  connections: Connections,
  request: RbacRequest,
  onLookup: (query: LookupQuery) => void,
): Promise<Release> {
  const { release, chart: reference } = request
  if (reference === undefined) {
    return connections.storage.complete(await status(connections, release))
  }
  const chart = await connections.loadChart(reference)
  const render: Connections['render'] = (input) => connections.render({ ...input, onLookup })
  return prepare(
    { ...connections, render },
    {
      release,
      revision: 1,
      chart,
      values: valuesFor(chart, request),
      isUpgrade: false,
      labels: {},
      render: request.render ?? {},
    },
  )
}

interface Bucket {
  namespace: string | undefined
  /** Verbs by group, resource and name. */
  verbs: Map<string, Set<string>>
}

async function rolesOf(
  connections: Connections,
  reviews: readonly AccessReview[],
  release: ReleaseName,
): Promise<RbacRole[]> {
  const buckets = new Map<string, Bucket>()
  for (const review of reviews) {
    const { namespace, verb, name = '' } = review
    const bucket = buckets.get(namespace ?? '') ?? { namespace, verbs: new Map() }
    buckets.set(namespace ?? '', bucket)
    const key = `${groupOf(review)} ${await resourceOf(connections, review)} ${name}`
    bucket.verbs.set(key, (bucket.verbs.get(key) ?? new Set()).add(verb))
  }
  return [...buckets.values()]
    .sort((left, right) => ((left.namespace ?? '') < (right.namespace ?? '') ? -1 : 1))
    .map(({ namespace, verbs }) => ({
      name: `kubectl-pkg-${release.name}`,
      namespace,
      rules: rulesOf(verbs),
    }))
}

/** Resources of one group that the same verbs are for share a rule. */
function rulesOf(verbs: Bucket['verbs']): RbacRule[] {
  const rules = new Map<string, RbacRule>()
  for (const [key, set] of [...verbs].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const [group = '', resource = '', name = ''] = key.split(' ')
    const sorted = [...set].sort()
    const id = `${group} ${sorted.join()} ${name}`
    const rule = rules.get(id)
    if (rule !== undefined) rule.resources.push(resource)
    else {
      const names = name === '' ? {} : { resourceNames: [name] }
      rules.set(id, { apiGroups: [group], resources: [resource], ...names, verbs: sorted })
    }
  }
  return [...rules.values()]
}

function groupOf({ apiVersion }: AccessReview): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

async function resourceOf({ cluster, signal }: Connections, review: AccessReview): Promise<string> {
  return (await cluster.resourceName?.(review, signal)) ?? usualPlural(review.kind)
}
