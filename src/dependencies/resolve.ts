import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import { shownAddress } from '../base/shown-address.ts'
import { loadChartArchive } from '../chart/archive.ts'
import type { Chart } from '../chart/chart.ts'
import type { Dependency } from '../chart/metadata.ts'
import { withoutFolders } from '../chart/own-folders.ts'
import { packageChart } from '../chart/package-chart.ts'
import { loadChartDirectory } from '../chart/read-directory.ts'
import { assertFits, conflict, constraintOf, pathText } from './errors.ts'
import { fetchDependency, type DependencySources } from './sources.ts'
import { findLock, type LockedDependency } from './lock-file.ts'
import { fits } from '../index/resolve.ts'

/** A dependency with all that belongs to it, ready to be put into charts/. */
export interface ResolvedDependency {
  locked: LockedDependency
  /** Undefined for one that is in charts/ already and is not touched. */
  archive: { name: string; bytes: Buffer } | undefined
  chart: Chart
}

/** Where a chart that declares dependencies is in the tree. */
export interface Place {
  /** Names from the outermost chart to this one. */
  path: readonly string[]
  /** Folder of the chart; undefined for one out of an archive. */
  folder: string | undefined
  /** Real paths of the folders above, so that a circle is seen. */
  folders: readonly string[]
}

/** The place of the outermost chart. */
export function rootPlace({ metadata }: Chart, folder: string): Place {
  return { path: [metadata.name], folder, folders: [realpathSync(folder)] }
}

/**
 * Finds and fetches the dependencies of a chart, and theirs.
 *
 * @param locked what a lock says of them, in any order; none to choose versions anew
 * @throws PkgError DEPENDENCY_MISSING and DEPENDENCY_CONFLICT, which name the path to the chart,
 *   and what fetching throws
 */
export function resolveDependencies(
  chart: Chart,
  place: Place,
  sources: DependencySources,
  locked?: readonly LockedDependency[],
): Promise<ResolvedDependency[]> {
  if (place.path.length > LIMITS.subchartDepth) {
    throw conflict(`charts nest more than ${LIMITS.subchartDepth} deep`, place.path)
  }
  const declared = chart.metadata.dependencies ?? []
  return Promise.all(
    declared.map((dependency, at) => {
      const path = [...place.path, dependency.name]
      const lock = findLock(dependency, at, locked)
      return resolveOne({ dependency, chart, lock, place: { ...place, path } }, sources)
    }),
  )
}

interface Wanted {
  dependency: Dependency
  /** The chart that declares it. */
  chart: Chart
  lock: LockedDependency | undefined
  /** Of the dependency itself in `path`, of its parent in all else. */
  place: Place
}

function resolveOne(wanted: Wanted, sources: DependencySources): Promise<ResolvedDependency> {
  const { repository } = wanted.dependency
  if (repository === '') return Promise.resolve(fromChartsFolder(wanted))
  if (repository.startsWith('file://')) return fromFolder(wanted, sources)
  return fromServer(wanted, sources)
}

/** A dependency without a repository lies in charts/ and stays there as it is. */
function fromChartsFolder({ dependency, chart, place }: Wanted): ResolvedDependency {
  const { name, version = '' } = dependency
  const present = chart.subcharts.find(({ metadata }) => metadata.name === name)
  if (present === undefined) {
    throw new PkgError(
      'DEPENDENCY_MISSING',
      `${pathText(place.path)}: directory ${join(place.folder ?? '', 'charts', name)} not found`,
      { hint: `Put "${name}" into charts/, or name its repository in Chart.yaml.` },
    )
  }
  assertFits(present.metadata.version, version, place.path)
  return {
    locked: { name, version, repository: '', digest: '', dependencies: [] },
    archive: undefined,
    chart: present,
  }
}

async function fromFolder(
  { dependency, place, lock }: Wanted,
  sources: DependencySources,
): Promise<ResolvedDependency> {
  const { name, version: range = '', repository } = dependency
  const folder = localPath(repository, place)
  const real = realpathSync(folder)
  if (place.folders.includes(real))
    throw conflict('charts depend on each other in a circle', place.path)
  const chart = withoutFolders(loadChartDirectory(folder), sources.site.ownFolders)
  const { version } = chart.metadata
  if (chart.metadata.name !== name) {
    throw conflict(`the folder of ${name} holds the chart "${chart.metadata.name}"`, place.path)
  }
  if (!fits(constraintOf(name, range), version)) throw noVersion(dependency, place.path)
  const inner = { path: place.path, folder, folders: [...place.folders, real] }
  const { whole, nested } = await complete(chart, inner, sources, lock?.dependencies)
  const packed = packageChart(whole)
  sources.onNotice({ kind: 'packed', name, repository })
  return {
    locked: { name, version, repository, digest: '', dependencies: nested },
    archive: packed,
    chart: whole,
  }
}

/** Source: Helm 4.1.4 internal/resolver/resolver.go `GetLocalPath`. */
function localPath(repository: string, { folder, path }: Place): string {
  const given = repository.slice('file://'.length)
  if (folder === undefined && !isAbsolute(given)) {
    throw new PkgError(
      'DEPENDENCY_MISSING',
      `${pathText(path)} is missing, and its repository ${repository} is a folder of whoever published ${pathText(path.slice(0, -1))}`,
      { hint: 'Ask for a chart that was packed with its dependencies.' },
    )
  }
  const found = isAbsolute(given) ? given : join(folder ?? '', given)
  if (existsSync(found)) return found
  throw new PkgError('DEPENDENCY_MISSING', `${pathText(path)}: directory ${found} not found`, {
    hint: 'Correct "repository" in Chart.yaml; the path begins in the folder of the chart.',
  })
}

async function fromServer(
  { dependency, place, lock }: Wanted,
  sources: DependencySources,
): Promise<ResolvedDependency> {
  const fetched = await fetchDependency({ dependency, lock, path: place.path }, sources)
  const { archive, digest, repository, version } = fetched
  const chart = loadChartArchive(archive, { origin: fetched.from })
  if (chart.metadata.name !== dependency.name) {
    throw conflict(
      `the archive of ${dependency.name} holds the chart "${chart.metadata.name}"`,
      place.path,
    )
  }
  const inner = { path: place.path, folder: undefined, folders: place.folders }
  const { whole, nested } = await complete(chart, inner, sources, lock?.dependencies)
  const { name } = dependency
  return {
    locked: { name, version, repository, digest, dependencies: nested },
    archive: nested.length === 0 ? { name: fetched.fileName, bytes: archive } : packageChart(whole),
    chart: whole,
  }
}

interface Completed {
  /** The chart with all of its dependencies in it. */
  whole: Chart
  /** Those that were not in it before. */
  nested: LockedDependency[]
}

/**
 * Adds to a chart the dependencies that it declares and does not hold. Those of folders are
 * always taken anew, as they change without a new version.
 */
async function complete(
  chart: Chart,
  place: Place,
  sources: DependencySources,
  locked: readonly LockedDependency[] | undefined,
): Promise<Completed> {
  const inside = await Promise.all(
    chart.subcharts.map(async (subchart) => {
      const path = [...place.path, subchart.metadata.name]
      return complete(subchart, { ...place, path, folder: undefined }, sources, locked)
    }),
  )
  const subcharts = inside.map(({ whole }) => whole)
  const wanted = (chart.metadata.dependencies ?? []).filter(
    (dependency) => !isPresent(dependency, subcharts, place),
  )
  const declaring = { ...chart, metadata: { ...chart.metadata, dependencies: wanted } }
  const added = await resolveDependencies(declaring, place, sources, locked)
  const names = new Set(added.map((each) => each.chart.metadata.name))
  return {
    whole: {
      ...chart,
      subcharts: [
        ...subcharts.filter(({ metadata }) => !names.has(metadata.name)),
        ...unique(added.map((each) => each.chart)),
      ],
    },
    nested: [...inside.flatMap(({ nested }) => nested), ...added.map((each) => each.locked)],
  }
}

function isPresent(
  { name, version = '', repository }: Dependency,
  subcharts: readonly Chart[],
  { path, folder }: Place,
): boolean {
  if (repository.startsWith('file://') && folder !== undefined) return false
  const present = subcharts.filter(({ metadata }) => metadata.name === name)
  const [first] = present
  if (first === undefined) return false
  const constraint = constraintOf(name, version === '' ? '*' : version)
  if (present.some(({ metadata }) => fits(constraint, metadata.version))) return true
  if (folder === undefined) assertFits(first.metadata.version, version, [...path, name])
  return false
}

/** Two aliases of one chart are two dependencies, but one subchart. */
function unique(charts: readonly Chart[]): Chart[] {
  const seen = new Set<string>()
  return charts.filter(({ metadata }) => {
    const key = `${metadata.name} ${metadata.version}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function noVersion(
  { name, repository, version = '' }: Dependency,
  path: readonly string[],
): PkgError {
  return new PkgError(
    'VERSION_NOT_FOUND',
    `can't get a valid version for 1 subchart(s): "${name}" (repository "${shownAddress(repository)}", version "${version}"). Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`,
    { hint: `It is wanted by ${pathText(path.slice(0, -1))}.` },
  )
}
