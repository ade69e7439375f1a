import { loadChartArchive, type ArchiveOptions } from '../chart/archive.ts'
import type { Chart } from '../chart/chart.ts'
import { packageChart } from '../chart/package-chart.ts'
import { sha256 } from '../base/digest.ts'
import { BUILT_IN, loadBuiltIn } from './builtin.ts'
import type { ChartRef } from './chart-ref.ts'
import type { ChartSite } from './chart-site.ts'
import {
  fetchEntry,
  fetchFromRegistry,
  fetchFromUrl,
  type ChartQuery,
  type FetchedArchive,
} from './fetch-archive.ts'
import type { Origin } from '../http/downloader.ts'
import { findAtUrl, findEntry, findRepository, noteStandIn, withAccess } from './find-chart.ts'
import { loadRepositories } from './repositories.ts'
import { wantedRange } from '../index/resolve.ts'

/** A reference to a chart that is not a file of this machine. */
export type RemoteRef = Exclude<ChartRef, { kind: 'stdin' | 'path' }>

/**
 * Loads a chart that is not a file of this machine.
 *
 * @param options as `loadChartArchive` takes them
 * @throws PkgError CHART_NOT_FOUND, VERSION_NOT_FOUND, REPOSITORY_UNKNOWN,
 *   REPOSITORY_UNREACHABLE, DIGEST_MISMATCH, OFFLINE, and all that an archive is refused for
 */
export async function loadRemoteChart(
  ref: RemoteRef,
  query: ChartQuery,
  site: ChartSite,
  options: Pick<ArchiveOptions, 'anyApiVersion' | 'fileStore'> = {},
): Promise<Chart> {
  const addon = await builtInName(ref, site)
  if (addon !== undefined) return loadBuiltIn(site.addonsFolder, addon, wantedRange(query))
  const { archive, from } = await fetchArchive(ref, query, site)
  return loadChartArchive(archive, { origin: from, ...options })
}

/**
 * Fetches the archive of a chart; an add-on is packed.
 *
 * @throws PkgError as `loadRemoteChart`
 */
export async function fetchArchive(
  ref: RemoteRef,
  query: ChartQuery,
  site: ChartSite,
): Promise<FetchedArchive> {
  const addon = await builtInName(ref, site)
  if (addon !== undefined) return packBuiltIn(addon, query, site)
  const fetched = await fetchFrom(ref, query, site)
  await query.verify?.(fetched)
  return fetched
}

async function fetchFrom(
  ref: RemoteRef,
  query: ChartQuery,
  site: ChartSite,
): Promise<FetchedArchive> {
  switch (ref.kind) {
    case 'oci':
      return fetchFromRegistry(ref.text, query, site)
    case 'url':
      return fetchFromUrl(ref.url, query, site)
    case 'repository': {
      const repository = withAccess(await findRepository(ref.repository, site), query.access)
      const entry = await findEntry(repository, ref.name, { query, site })
      noteStandIn(entry, wantedRange(query), site)
      return fetchEntry(entry, repository, { query, site })
    }
    default: {
      const origin: Origin = { ...query.access, url: ref.url }
      const entry = await findAtUrl(origin, ref.name, { query, site })
      noteStandIn(entry, wantedRange(query), site)
      return fetchEntry(entry, origin, { query, site })
    }
  }
}

/** The name of an add-on, unless the person has a repository of that name. */
async function builtInName(ref: RemoteRef, site: ChartSite): Promise<string | undefined> {
  if (ref.kind !== 'repository' || ref.repository !== BUILT_IN) return undefined
  const repositories = await loadRepositories(site.repositoriesFile)
  return repositories.some(({ name }) => name === BUILT_IN) ? undefined : ref.name
}

function packBuiltIn(name: string, query: ChartQuery, site: ChartSite): FetchedArchive {
  const chart = loadBuiltIn(site.addonsFolder, name, wantedRange(query))
  const { name: fileName, bytes } = packageChart(chart)
  return {
    archive: bytes,
    fileName,
    digest: sha256(bytes),
    from: `${BUILT_IN}/${name}`,
    provenance: undefined,
  }
}
