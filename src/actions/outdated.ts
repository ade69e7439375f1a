import { PkgError } from '../base/errors.ts'
import { shownAddress } from '../base/shown-address.ts'
import { compareVersions, parseVersion, VersionError } from '../base/versions.ts'
import { isFolder } from '../chart/archive-file.ts'
import type { Chart } from '../chart/chart.ts'
import type { Dependency } from '../chart/metadata.ts'
import { compareText } from '../golang/order.ts'
import type { ReleaseSummary } from '../release/summary.ts'
import { BUILT_IN } from '../repo/builtin.ts'
import type { Access, ChartSite } from '../repo/chart-site.ts'
import { loadRepositories } from '../repo/repositories.ts'
import { pickVersion } from '../index/resolve.ts'
import { constraintOf } from '../dependencies/errors.ts'
import { findLock } from '../dependencies/lock-file.ts'
import { openShelves, type Shelf, type Shelves } from '../dependencies/shelves.ts'

/** A dependency that has newer versions. */
export interface OutdatedItem {
  name: string
  /** The version that is in use now; empty when none is. */
  current: string
  /** The newest version that the declared range takes. */
  wanted: string
  /** The newest stable version there is. */
  latest: string
  /** Where the versions were looked up. */
  source: string
}

export interface DependenciesRequest {
  chart: Chart
  /** How the chart was named; relative `file://` addresses begin there when it is a folder. */
  path: string
  access?: Access | undefined
}

export interface OutdatedDependencies {
  /** Those for which there is something newer than what is locked or in charts/. */
  items: OutdatedItem[]
  /** Why others cannot be told of, in the order of the dependencies. */
  failures: PkgError[]
}

/**
 * Compares the dependencies of a chart with what their repositories, registries and folders have.
 * One that cannot be looked up keeps nobody from hearing of the others: its CHART_NOT_FOUND,
 * REPOSITORY_UNKNOWN, REPOSITORY_UNREACHABLE or REGISTRY_FAILED is among the failures.
 */
export async function outdatedDependencies(
  { chart, path, access }: DependenciesRequest,
  site: ChartSite,
): Promise<OutdatedDependencies> {
  const shelves = openShelves(site, { access, folder: isFolder(path) ? path : undefined })
  const failures: PkgError[] = []
  const items = await Promise.all(
    (chart.metadata.dependencies ?? []).map((dependency, at) =>
      compare(dependency, inUse(chart, dependency, at), shelves).catch((error: unknown) => {
        if (!(error instanceof PkgError)) throw error
        failures[at] = error
        return undefined
      }),
    ),
  )
  return {
    items: items.filter((each) => each !== undefined),
    // By place, so that they come in one order whichever was told of first; most places are empty.
    failures: failures.filter((each) => each !== undefined),
  }
}

/** Looks one dependency up; undefined when there is nothing newer than what is in use. */
async function compare(
  { name, version = '', repository }: Dependency,
  current: string,
  shelves: Shelves,
): Promise<OutdatedItem | undefined> {
  if (repository === '') return undefined
  constraintOf(name, version === '' ? '*' : version)
  const shelf = await shelves.open(repository)
  const versions = await shelf.versionsOf(name)
  if (versions === undefined) throw notFound(name, repository)
  const wanted = pickVersion(versions, version)?.version ?? ''
  const latest = pickVersion(versions, '')?.version ?? ''
  const isOld = isNewer(wanted, current) || isNewer(latest, current)
  return isOld ? { name, current, wanted, latest, source: shownAddress(repository) } : undefined
}

/** The version in charts/, else in the lock; a chart may be there twice, under two aliases. */
function inUse({ subcharts, lock }: Chart, dependency: Dependency, at: number): string {
  const { name, version = '' } = dependency
  const present = subcharts.map(({ metadata }) => metadata).filter((each) => each.name === name)
  const used = present.length > 1 ? pickVersion(present, version) : undefined
  const { version: found } =
    used ?? present[0] ?? findLock(dependency, at, lock?.dependencies) ?? {}
  return found ?? ''
}

function notFound(name: string, repository: string): PkgError {
  return new PkgError(
    'CHART_NOT_FOUND',
    `chart "${name}" not found in ${shownAddress(repository)}`,
    {
      hint: 'Correct the dependency in Chart.yaml.',
    },
  )
}

/** A release whose chart has a newer version, with the names of `-o json`. */
export interface OutdatedRelease {
  release: string
  namespace: string
  chart: string
  /** The version that is installed. */
  current: string
  /** The newest one there is; without pre-releases unless they were asked for. */
  latest: string
  /** Name of the repository, or address, that has it. */
  source: string
}

/** What is known of a release. */
export type InstalledChart = Pick<ReleaseSummary, 'name' | 'namespace' | 'chart'>

export interface OutdatedRequest {
  releases: readonly InstalledChart[]
  /** Names and addresses of repositories, and `oci://HOST/PATH`; empty for all that are configured. */
  from: readonly string[]
  devel: boolean
  /** For what `from` names. */
  access?: Access | undefined
}

/**
 * Finds newer versions of the charts of releases.
 *
 * A release does not say where its chart came from, so every source that has a chart of its name
 * is looked at; when some of them have the very version that is installed, it is those alone.
 * Sources that cannot be asked, and charts that nobody has, are told of.
 *
 * @throws PkgError REPOSITORY_UNKNOWN for a name in `from`
 */
export async function outdatedReleases(
  { releases, from, devel, access }: OutdatedRequest,
  site: ChartSite,
): Promise<OutdatedRelease[]> {
  const shelves = from.length > 0 ? await named(from, site, access) : await configured(site)
  const names = new Set(releases.map(({ chart }) => chart.metadata.name))
  const found = new Map<string, Stock[]>()
  for (const name of names) found.set(name, [])
  await Promise.all(
    [...names].flatMap((name) =>
      shelves.map(async (shelf) => {
        const versions = await shelf.versionsOf(name)
        if (versions !== undefined) found.get(name)?.push({ source: shelf.label, versions })
      }),
    ),
  )
  return releases.flatMap(({ name, namespace, chart: { metadata } }) => {
    const { name: chart, version: current } = metadata
    const stocks = likely(found.get(chart) ?? [], current)
    if (stocks.length === 0) {
      site.onNotice(
        `notice: nobody who was asked has the chart "${chart}" of release "${namespace}/${name}"; name its source with --from`,
      )
    }
    return stocks.flatMap(({ source, versions }) => {
      const latest = pickVersion(versions, devel ? '>0.0.0-0' : '')?.version ?? ''
      if (!isNewer(latest, current)) return []
      return [{ release: name, namespace, chart, current, latest, source }]
    })
  })
}

/** What one source has of a chart. */
interface Stock {
  source: string
  versions: readonly { version: string }[]
}

function likely(stocks: readonly Stock[], current: string): Stock[] {
  const exact = stocks.filter(({ versions }) => versions.some(({ version }) => version === current))
  return (exact.length > 0 ? exact : [...stocks]).sort((a, b) => compareText(a.source, b.source))
}

function named(
  from: readonly string[],
  site: ChartSite,
  access: Access | undefined,
): Promise<Shelf[]> {
  const shelves = openShelves(site, { access })
  return Promise.all(
    from.map(async (name) =>
      forgiving(await shelves.open(isAddress(name) ? name : `@${name}`), site),
    ),
  )
}

/** What was typed is not sent to all that is configured. */
async function configured(site: ChartSite): Promise<Shelf[]> {
  const names = (await loadRepositories(site.repositoriesFile)).map(({ name }) => name)
  return named([...new Set([...names, BUILT_IN])], site, undefined)
}

function isAddress(text: string): boolean {
  return /^(?:https?|oci):\/\//.test(text)
}

/** A source that fails is told of once, and has nothing then. */
function forgiving(shelf: Shelf, site: ChartSite): Shelf {
  const { label } = shelf
  let isTold = false
  return {
    label,
    async versionsOf(name) {
      try {
        return await shelf.versionsOf(name)
      } catch (error) {
        if (!(error instanceof PkgError)) throw error
        if (!isTold) site.onNotice(`warning: ${label} cannot be asked: ${error.message}`)
        isTold = true
        return undefined
      }
    },
  }
}

function isNewer(version: string, current: string): boolean {
  if (version === '') return false
  if (current === '') return true
  try {
    return compareVersions(parseVersion(version), parseVersion(current)) > 0
  } catch (error) {
    if (error instanceof VersionError) return false
    throw error
  }
}
