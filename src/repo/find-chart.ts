import { PkgError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { shownAddress } from '../base/shown-address.ts'
import type { Access, ChartSite } from './chart-site.ts'
import type { ChartQuery } from './fetch-archive.ts'
import type { Origin } from '../http/downloader.ts'
import type { IndexEntry } from '../index/entry.ts'
import { BUILT_IN } from './builtin.ts'
import { loadRepositories, type Repository } from './repositories.ts'
import { pickVersion, wantedRange } from '../index/resolve.ts'

export interface Finding {
  query: ChartQuery
  site: ChartSite
}

/**
 * Finds a configured repository.
 *
 * @throws PkgError REPOSITORY_UNKNOWN
 */
export async function findRepository(name: string, site: ChartSite): Promise<Repository> {
  const repositories = await loadRepositories(site.repositoriesFile)
  const found = repositories.find((repository) => repository.name === name)
  if (found === undefined) {
    const guess = nearest(name, [BUILT_IN, ...repositories.map((each) => each.name)])
    throw new PkgError('REPOSITORY_UNKNOWN', `repo ${name} not found`, {
      hint:
        guess === undefined
          ? `Run "kubectl pkg repo add ${name} URL", or name a folder that is there.`
          : `Did you mean "${guess}"?`,
    })
  }
  if (found.url === '') {
    throw new PkgError('REPOSITORY_UNKNOWN', `no URL found for repository ${name}`, {
      hint: `Run "kubectl pkg repo add ${name} URL --force-update".`,
    })
  }
  return found
}

/** What flags say goes over what is configured. */
export function withAccess<T extends Origin>(origin: T, access: Access = {}): T {
  const given = Object.entries(access).filter(([, value]) => value !== undefined && value !== '')
  return { ...origin, ...Object.fromEntries(given) }
}

/** Tells when a version that was asked for in full is not there and another one stands for it. */
export function noteStandIn({ name, version }: IndexEntry, wanted: string, site: ChartSite): void {
  if (version === wanted || !FULL_VERSION.test(wanted)) return
  site.onNotice(`notice: there is no ${name} ${wanted}; ${version} is taken for it`)
}

const FULL_VERSION = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/

/**
 * Finds a version of a chart in the index of a configured repository. The index is fetched
 * when it never was, but not again: that is what "repo update" is for.
 *
 * @throws PkgError VERSION_NOT_FOUND, CHART_NOT_FOUND, REPOSITORY_UNREACHABLE, OFFLINE
 */
export async function findEntry(
  repository: Repository,
  name: string,
  { query, site }: Finding,
): Promise<IndexEntry> {
  const versions = await versionsIn(repository, name, site)
  const where = `${repository.name} index. (try 'helm repo update')`
  const update = `Run "kubectl pkg repo update ${repository.name}"`
  const range = wantedRange(query)
  if (versions === undefined) {
    const guess = await nearestChart(repository, name, site)
    const search = `${update}, then "kubectl pkg search repo ${repository.name}/".`
    throw new PkgError(
      'CHART_NOT_FOUND',
      `chart "${name}" matching ${range} not found in ${where}: no chart name found`,
      {
        hint:
          guess === undefined ? search : `Did you mean "${repository.name}/${guess}"? ${search}`,
      },
    )
  }
  const entry = pickVersion(versions, range)
  if (entry !== undefined) return entry
  throw new PkgError(
    'VERSION_NOT_FOUND',
    `chart "${name}" matching ${range} not found in ${where}: no chart version found for ${name}-${range}`,
    { hint: `${update}, then "kubectl pkg versions ${repository.name}/${name}".` },
  )
}

/** The chart of a repository that was most likely meant. */
export async function nearestChart(
  origin: Origin,
  name: string,
  { indexes }: ChartSite,
): Promise<string | undefined> {
  return nearest(name, (await indexes.use(origin, (table) => table.keys())) ?? [])
}

/**
 * Finds a version of a chart in the index at an address, which is asked for anew.
 *
 * @throws PkgError as `findEntry`
 */
export async function findAtUrl(
  origin: Origin,
  name: string,
  { query, site }: Finding,
): Promise<IndexEntry> {
  if (!site.isOffline) await refresh(origin, site)
  const versions = await versionsIn(origin, name, site)
  const range = wantedRange(query)
  const entry = versions && pickVersion(versions, range)
  if (entry !== undefined) return entry
  const what = range === '' ? `chart "${name}"` : `chart "${name}" version "${range}"`
  const address = shownAddress(origin.url)
  const message = `${what} not found in ${address} repository`
  if (versions !== undefined) {
    throw new PkgError('VERSION_NOT_FOUND', message, {
      hint: `Run "kubectl pkg versions ${name} --repo ${address}" to see what there is.`,
    })
  }
  const guess = await nearestChart(origin, name, site)
  const all = `"kubectl pkg repo add NAME ${address}" and "kubectl pkg search repo NAME/" show all that it has.`
  throw new PkgError('CHART_NOT_FOUND', message, {
    hint: guess === undefined ? `Check the name; ${all}` : `Did you mean "${guess}"? ${all}`,
  })
}

/**
 * All versions of a chart, newest first; undefined when the repository has none.
 *
 * @throws PkgError REPOSITORY_UNREACHABLE, INDEX_INVALID, OFFLINE
 */
export async function versionsIn(
  origin: Origin,
  name: string,
  site: ChartSite,
): Promise<IndexEntry[] | undefined> {
  return (await versionsOfAll([name], origin, site)).get(name)
}

/**
 * All versions of several charts by their names, as `versionsIn` gives them.
 *
 * @throws PkgError REPOSITORY_UNREACHABLE, INDEX_INVALID, OFFLINE
 */
export async function versionsOfAll(
  names: Iterable<string>,
  origin: Origin,
  site: ChartSite,
): Promise<Map<string, IndexEntry[] | undefined>> {
  const look = () =>
    site.indexes.use(
      origin,
      (table) => new Map(Array.from(names, (name) => [name, table.versionsOf(name)])),
    )
  const known = await look()
  if (known !== undefined) return known
  if (site.isOffline) {
    throw new PkgError('OFFLINE', `the index of ${shownAddress(origin.url)} was never fetched`, {
      hint: 'Run the command without --offline once, while there is a network.',
    })
  }
  await refresh(origin, site)
  return (await look()) ?? new Map<string, undefined>()
}

/**
 * Fetches the index of a repository.
 *
 * @throws PkgError REPOSITORY_UNREACHABLE, INDEX_INVALID, with Helm's words before the reason
 */
export async function refresh(origin: Origin, site: ChartSite) {
  try {
    return await site.indexes.refresh(origin, site.downloader)
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const { code, hint, message } = error
    if (code !== 'REPOSITORY_UNREACHABLE' && code !== 'INDEX_INVALID') throw error
    throw new PkgError(
      code,
      `looks like "${shownAddress(origin.url)}" is not a valid chart repository or cannot be reached: ${message}`,
      { hint, cause: error },
    )
  }
}
