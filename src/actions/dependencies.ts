import { PkgError } from '../base/errors.ts'
import type { Chart } from '../chart/chart.ts'
import { isLockInStep, assertLockInStep, lockDigest } from '../chart/lock.ts'
import type { Dependency } from '../chart/metadata.ts'
import { resolveDependencies, rootPlace, type ResolvedDependency } from '../dependencies/resolve.ts'
import { openChartFolder, saveDependencies } from '../dependencies/save.ts'
import {
  aliasOf,
  originOf,
  openDependencySources,
  type DependencyNotice,
  type DependencySources,
} from '../dependencies/sources.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import type { ChartQuery } from '../repo/fetch-archive.ts'
import {
  lockName,
  lockText,
  readTreeLock,
  type LockedDependency,
} from '../dependencies/lock-file.ts'

export type { DependencyNotice } from '../dependencies/sources.ts'

export interface DependencyRequest {
  /** Folder of the chart. */
  folder: string
  query?: ChartQuery | undefined
  skipRefresh?: boolean | undefined
  /** Takes no version that the lock does not name. */
  locked?: boolean | undefined
  onNotice: (notice: DependencyNotice) => void
  now: () => Date
}

export interface DependencyResult {
  dependencies: LockedDependency[]
  /** Archives that were removed from charts/. */
  removed: string[]
  /** Whether a lock was written. */
  isLockNew: boolean
}

/**
 * Chooses versions for the dependencies of a chart, and for theirs, and puts them into charts/.
 *
 * Source: Helm 4.1.4 pkg/downloader/manager.go `Update`.
 *
 * @throws PkgError as `resolveDependencies` and `saveDependencies`
 */
export async function updateDependencies(
  request: DependencyRequest,
  site: ChartSite,
): Promise<DependencyResult> {
  const chart = await openChartFolder(request.folder)
  const { dependencies } = chart.metadata
  // An empty list is a list: what charts/ still holds of a longer one goes, and the lock says so.
  if (dependencies === undefined) return { dependencies: [], removed: [], isLockNew: false }
  const sources = sourcesOf(request, site)
  const resolved = await resolveDependencies(chart, rootPlace(chart, request.folder), sources)
  const locked = resolved.map((each) => each.locked)
  const digest = lockDigest(await withAddresses(dependencies, sources), plain(locked))
  const before = readTreeLock(chart)
  if (before !== undefined) tellReplaced(before.dependencies, locked, site)
  const isSame = before !== undefined && isSameTree({ ...before, digest }, locked, before.digest)
  const text = lockText({ generated: stamp(request.now()), digest, dependencies: locked })
  const removed = await saveDependencies(request.folder, {
    archives: archivesOf(resolved),
    kept: keptNames(dependencies),
    lock: isSame ? undefined : { name: lockName(chart), text },
  })
  return { dependencies: locked, removed, isLockNew: !isSame }
}

/**
 * Puts into charts/ what the lock says; without a lock it does what `updateDependencies` does.
 *
 * Source: Helm 4.1.4 pkg/downloader/manager.go `Build`.
 *
 * @throws PkgError CHART_LOCK_OUT_OF_STEP, DIGEST_MISMATCH, and as `updateDependencies`
 */
export async function buildDependencies(
  request: DependencyRequest,
  site: ChartSite,
): Promise<DependencyResult> {
  const chart = await openChartFolder(request.folder)
  const lock = readTreeLock(chart)
  if (lock === undefined) {
    if (request.locked !== true) return updateDependencies(request, site)
    throw new PkgError('CHART_LOCK_OUT_OF_STEP', `the chart has no ${lockName(chart)}`, {
      hint: 'Run "kubectl pkg dependency update" and commit the lock.',
    })
  }
  const { dependencies = [] } = chart.metadata
  const sources = sourcesOf(request, site)
  await assertInStep(chart, sources)
  const place = rootPlace(chart, request.folder)
  const resolved = await resolveDependencies(chart, place, sources, lock.dependencies)
  const removed = await saveDependencies(request.folder, {
    archives: archivesOf(resolved),
    kept: keptNames(dependencies),
    lock: undefined,
  })
  return { dependencies: resolved.map((each) => each.locked), removed, isLockNew: false }
}

function sourcesOf(request: DependencyRequest, site: ChartSite): DependencySources {
  const { query = {}, skipRefresh = false, locked = false, onNotice } = request
  return openDependencySources({ site, query, skipRefresh, isLocked: locked, onNotice })
}

/** Helm's digest is of the declared dependencies with the addresses that aliases stand for. */
function withAddresses(
  dependencies: readonly Dependency[],
  sources: DependencySources,
): Promise<Dependency[]> {
  return Promise.all(
    dependencies.map(async (dependency) => {
      if (aliasOf(dependency.repository) === undefined) return dependency
      return { ...dependency, repository: (await originOf(dependency, sources)).url }
    }),
  )
}

async function assertInStep(chart: Chart, sources: DependencySources): Promise<void> {
  if (isLockInStep(chart)) return
  const dependencies = await withAddresses(chart.metadata.dependencies ?? [], sources)
  assertLockInStep({ ...chart, metadata: { ...chart.metadata, dependencies } })
}

/** What Helm's digest knows of locked dependencies. */
function plain(locked: readonly LockedDependency[]): Dependency[] {
  return locked.map(({ name, version, repository }) => ({
    name,
    repository,
    ...(version === '' ? {} : { version }),
  }))
}

function isSameTree(
  before: { digest: string; dependencies: LockedDependency[] },
  locked: readonly LockedDependency[],
  digest: string,
): boolean {
  if (before.digest !== digest) return false
  return JSON.stringify(before.dependencies) === JSON.stringify(locked)
}

/** The same version with other bytes than the lock has of it was replaced by somebody. */
function tellReplaced(
  before: readonly LockedDependency[],
  now: readonly LockedDependency[],
  site: ChartSite,
): void {
  const known = new Map(flat(before).map((each) => [keyOf(each), each.digest]))
  for (const each of flat(now)) {
    const digest = known.get(keyOf(each)) ?? ''
    if (digest === '' || each.digest === '' || digest === each.digest) continue
    const message = `${each.name} ${each.version} of ${each.repository} has other bytes (sha256:${each.digest}) than the lock has of it (sha256:${digest})`
    if (!site.isStrict) site.onNotice(`warning: ${message}`)
    else {
      throw new PkgError('DIGEST_MISMATCH', message, {
        hint: 'It was replaced after it was published. Leave --strict-repo out to take it all the same.',
      })
    }
  }
}

function flat(dependencies: readonly LockedDependency[]): LockedDependency[] {
  return dependencies.flatMap((each) => [each, ...flat(each.dependencies)])
}

function keyOf({ repository, name, version }: LockedDependency): string {
  return `${repository} ${name} ${version}`
}

function archivesOf(resolved: readonly ResolvedDependency[]) {
  const archives = new Map<string, Buffer>()
  for (const { archive, locked } of resolved) {
    if (archive === undefined) continue
    const isFree = (name: string) => archives.get(name)?.equals(archive.bytes) ?? true
    const own = `${locked.name}-${locked.version}.tgz`
    const name = [archive.name, own].find(isFree)
    if (name === undefined) throw twoOfOne(locked)
    archives.set(name, archive.bytes)
  }
  return Array.from(archives, ([name, bytes]) => ({ name, bytes }))
}

/** Charts find each other in charts/ by name and version: there is room for one of each. */
function twoOfOne({ name, version }: LockedDependency): PkgError {
  return new PkgError(
    'DEPENDENCY_CONFLICT',
    `two repositories have other bytes for ${name} ${version}, and charts/ can hold one of them`,
    { hint: 'Name one repository for both aliases, or another version for one of them.' },
  )
}

function keptNames(dependencies: readonly Dependency[]): ReadonlySet<string> {
  const local = dependencies.filter(({ repository }) => repository === '')
  return new Set(local.map(({ name }) => name))
}

/** RFC 3339 as Go writes it: without zeros at the end of the fraction. */
function stamp(now: Date): string {
  return now.toISOString().replace(/\.?0*Z$/, 'Z')
}
