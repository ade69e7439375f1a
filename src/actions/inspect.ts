import { PkgError } from '../base/errors.ts'
import type { GoMap } from '../golang/value.ts'
import { lastRevision, namedRevisions } from '../release/history.ts'
import type { Release, ReleaseStatus } from '../release/release.ts'
import { isPending } from '../release/status.ts'
import type { ReleaseSummary } from '../release/summary.ts'
import {
  byNameAndRevision,
  type ChooseRecords,
  type RecordHead,
  type ReleaseName,
  type UnreadableRecord,
} from '../storage/storage.ts'
import { coalesceValues } from '../values/coalesce.ts'
import type { Connections } from './connections.ts'
import { parseSelector } from '../manifest/label-selector.ts'
import { assertNamespace, assertReleaseName } from './names.ts'
import { reporting } from './target-errors.ts'

/** One way to narrow a list by status; `pending` stands for three statuses. */
export type StatusFilter =
  'deployed' | 'uninstalled' | 'superseded' | 'failed' | 'uninstalling' | 'pending'

export interface ListRequest {
  /** Undefined for all namespaces. */
  namespace: string | undefined
  /** Keeps names that match; compiled by the caller, whose dialect it is. */
  matches?: (name: string) => boolean
  /** Keeps releases with these labels, for example `team=web,tier!=db`. */
  selector?: string
  /** Keeps releases whose last revision has one of these; empty keeps all. */
  statuses?: readonly StatusFilter[]
  byDate?: boolean
  reverse?: boolean
  /** How many to pass over. */
  offset?: number
  /** How many at most; 0 for all. */
  max?: number
}

export interface ReleaseList {
  releases: ReleaseSummary[]
  /** Records that are there but cannot be decoded. */
  unreadable: UnreadableRecord[]
  /** Of these the newest of each release that no readable one is newer than; not on the list. */
  hidden: UnreadableRecord[]
}

/**
 * Lists releases, each by its newest revision.
 *
 * Source: Helm 4.1.4 pkg/action/list.go.
 *
 * @throws PkgError USAGE for a selector that is not well-formed
 */
export async function list(connections: Connections, request: ListRequest): Promise<ReleaseList> {
  return reporting('', async () => {
    if (request.namespace !== undefined) assertNamespace(request.namespace)
    const hasLabels = parseSelector(request.selector ?? '')
    let chosen: readonly RecordHead[] = []
    const choose: ChooseRecords = (heads) => {
      chosen = chooseRecords(heads, request, hasLabels)
      return chosen
    }
    const { storage } = connections
    const scope = isOnlySuperseded(request) ? 'all' : 'newest'
    const { releases, unreadable } = await storage.list(request.namespace, choose, scope)
    const keys = new Set(chosen.map(keyOf))
    return {
      releases: request.byDate === true ? releases.sort(byDateOf(request)) : releases,
      unreadable,
      hidden: unreadable.filter((record) => keys.has(keyOf(record))),
    }
  })
}

/** The records on the list, in its order, as far as their heads tell it. */
function chooseRecords(
  heads: readonly RecordHead[],
  request: ListRequest,
  hasLabels: (labels: RecordHead['labels']) => boolean,
): RecordHead[] {
  const { statuses = [], matches = () => true, offset = 0, max = 0 } = request
  const found = (isOnlySuperseded(request) ? heads : newestOfEach(heads))
    .filter(({ name }) => matches(name))
    .filter(({ status }) => statuses.length === 0 || statuses.some((each) => fits(status, each)))
    .filter(({ labels }) => hasLabels(labels))
    .sort(orderOf(request))
  return found.slice(offset, max > 0 ? offset + max : found.length)
}

/** Then every revision is on the list. */
function isOnlySuperseded({ statuses = [] }: ListRequest): boolean {
  return statuses.length === 1 && statuses[0] === 'superseded'
}

/**
 * Gives one revision of a release; 0 stands for the newest.
 *
 * @throws PkgError RELEASE_NOT_FOUND, REVISION_NOT_FOUND, with Helm's text
 */
export async function status(
  connections: Connections,
  release: ReleaseName,
  revision = 0,
): Promise<Release> {
  return reporting('', async () => {
    assertReleaseName(release)
    const revisions = await connections.storage.history(release)
    if (revisions.length === 0) throw notFound(release)
    return revisionOf(revisions, revision, 'release: not found')
  })
}

/**
 * Picks a revision of a history that is not empty; 0 stands for the newest.
 *
 * @param message by default one that names the revision
 * @throws PkgError REVISION_NOT_FOUND
 */
export function revisionOf(
  revisions: readonly Release[],
  wanted: number,
  message?: string,
): Release {
  const last = lastRevision(revisions)
  const found = wanted === 0 ? last : revisions.find(({ revision }) => revision === wanted)
  if (found !== undefined) return found
  const named = `release "${last?.name ?? ''}" has no revision ${wanted}`
  throw new PkgError('REVISION_NOT_FOUND', message ?? named, {
    hint: hintOfRevision(revisions, message === undefined ? 0 : wanted),
  })
}

/** Which revisions there are instead of the one that is not, which 0 does not name. */
export function hintOfRevision(revisions: readonly Release[], wanted: number): string {
  const name = lastRevision(revisions)?.name ?? ''
  const named = namedRevisions(revisions)
  const has = `elease "${name}" has ${revisions.length === 1 ? 'only revision' : 'revisions'} ${named}`
  const text = wanted === 0 ? `R${has}` : `There is no revision ${wanted}: r${has}`
  return `${text}; "kubectl pkg history ${name}" tells of ${revisions.length === 1 ? 'it' : 'them'}.`
}

/**
 * Gives the newest revisions of a release, `max` at most, oldest first.
 *
 * @throws PkgError RELEASE_NOT_FOUND
 */
export async function history(
  connections: Connections,
  release: ReleaseName,
  max = 256,
): Promise<Release[]> {
  return reporting('', async () => {
    assertReleaseName(release)
    const revisions = await connections.storage.history(release)
    if (revisions.length === 0) throw notFound(release)
    return revisions.toSorted(byNameAndRevision).slice(-Math.max(max, 0) || revisions.length)
  })
}

/**
 * Gives what the person passed to a revision, as Helm null when it was nothing, or with `all` what
 * its templates saw.
 *
 * @throws PkgError as `status`
 */
export async function getValues(
  connections: Connections,
  release: ReleaseName,
  { revision = 0, all = false }: { revision?: number; all?: boolean },
): Promise<GoMap | null> {
  const found = await status(connections, release, revision)
  return all ? coalesceValues(found.chart, found.config) : passedValues(found)
}

/** What a record of Helm holds of values: nothing where there are none. */
export function passedValues({ config }: Pick<Release, 'config'>): GoMap | null {
  return config.size === 0 ? null : config
}

/** What `get metadata` prints, in Helm's order of fields. */
export interface ReleaseMetadata {
  name: string
  chart: string
  version: string
  appVersion: string
  annotations: Record<string, string>
  labels: Record<string, string>
  dependencies: NonNullable<Release['chart']['metadata']['dependencies']>
  namespace: string
  revision: number
  status: ReleaseStatus
  /** RFC 3339. */
  deployedAt: string
  applyMethod: string
}

/** Picks what `get metadata` prints of a revision. */
export function metadataOf(release: Release): ReleaseMetadata {
  const { metadata } = release.chart
  return {
    name: release.name,
    chart: metadata.name,
    version: metadata.version,
    appVersion: metadata.appVersion ?? '',
    annotations: Object.fromEntries(metadata.annotations ?? []),
    labels: release.labels,
    dependencies: metadata.dependencies ?? [],
    namespace: release.namespace,
    revision: release.revision,
    status: release.status,
    deployedAt: release.lastDeployed.replace(/\.\d+/, ''),
    applyMethod: release.applyMethod,
  }
}

function keyOf({ namespace, name, revision }: ReleaseName & { revision: number }): string {
  return `${namespace}/${name}.v${revision}`
}

function newestOfEach<T extends ReleaseName & { revision: number }>(releases: readonly T[]): T[] {
  const newest = new Map<string, T>()
  for (const release of releases) {
    const key = `${release.namespace}/${release.name}`
    const known = newest.get(key)
    if (known === undefined || known.revision <= release.revision) newest.set(key, release)
  }
  return [...newest.values()]
}

function fits(status: ReleaseStatus, filter: StatusFilter): boolean {
  return filter === 'pending' ? isPending(status) : status === filter
}

function orderOf({ byDate = false, reverse = false }: ListRequest) {
  const order = byDate ? byCreation : byNameOnly
  return (left: RecordHead, right: RecordHead): number =>
    reverse ? order(right, left) : order(left, right)
}

/** Heads tell seconds; decoded releases tell the moment. */
function byDateOf({ reverse = false }: ListRequest) {
  return (left: ReleaseSummary, right: ReleaseSummary): number =>
    reverse ? byDeployment(right, left) : byDeployment(left, right)
}

function byNameOnly(left: RecordHead, right: RecordHead): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1
  return byNameAndRevision(left, right)
}

/** Helm's `--date` puts the oldest first. */
function byCreation(left: RecordHead, right: RecordHead): number {
  return left.createdAt - right.createdAt || byNameOnly(left, right)
}

function byDeployment(left: ReleaseSummary, right: ReleaseSummary): number {
  const difference = Date.parse(left.lastDeployed) - Date.parse(right.lastDeployed)
  if (difference !== 0) return difference
  return left.name === right.name ? byNameAndRevision(left, right) : left.name < right.name ? -1 : 1
}

function notFound({ name }: ReleaseName): PkgError {
  return new PkgError('RELEASE_NOT_FOUND', 'release: not found', {
    hint: `There is no release "${name}" in this namespace; "kubectl pkg list -A" shows all.`,
  })
}
