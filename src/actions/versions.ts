import { PkgError } from '../base/errors.ts'
import { compareVersions, parseVersion, VersionError } from '../base/versions.ts'
import type { Chart } from '../chart/chart.ts'
import { BUILT_IN, builtInEntry, builtInNames } from '../repo/builtin.ts'
import { parseChartRef, type ChartRef } from '../repo/chart-ref.ts'
import type { Access, ChartSite } from '../repo/chart-site.ts'
import { findRepository, refresh, versionsIn, withAccess } from '../repo/find-chart.ts'
import { listTags, versionsOfTags } from '../repo/oci-tags.ts'
import { parseOciReference } from '../repo/oci-reference.ts'
import { loadRepositories } from '../repo/repositories.ts'
import { fits, readConstraint, isSameUrl, pickVersion } from '../repo/resolve.ts'

/** One version that a source has, with the names of `-o json`. */
export interface ChartVersionItem {
  version: string
  app_version: string
  /** RFC 3339; empty when the source does not say. */
  created: string
  deprecated: boolean
}

export interface VersionsRequest {
  reference: string
  repo?: string | undefined
  /** A range; empty for all, without pre-releases unless `devel`. */
  version?: string | undefined
  devel?: boolean | undefined
  access?: Access | undefined
}

/**
 * Lists the versions of a chart, newest first, whatever kind of source it comes from.
 *
 * @throws PkgError CHART_NOT_FOUND, REPOSITORY_UNKNOWN, REPOSITORY_UNREACHABLE,
 *   REGISTRY_FAILED, VERSION_NOT_FOUND for a range that cannot be read, USAGE for a file
 */
export async function chartVersions(
  { reference, repo, version = '', devel = false, access }: VersionsRequest,
  site: ChartSite,
): Promise<ChartVersionItem[]> {
  const constraint = readConstraint(version || (devel ? '>0.0.0-0' : '>0.0.0'))
  const all = await versionsOf(parseChartRef(reference, repo), access, site)
  return all.filter((item) => fits(constraint, item.version))
}

async function versionsOf(
  ref: ChartRef,
  access: Access | undefined,
  site: ChartSite,
): Promise<ChartVersionItem[]> {
  switch (ref.kind) {
    case 'oci': {
      const tags = await listTags(parseOciReference(ref.text), site.registry)
      return versionsOfTags(tags).map((version) => ({ ...BARE, version }))
    }
    case 'repository': {
      const builtIn = await builtInVersions(ref, site)
      if (builtIn !== undefined) return builtIn
      const repository = withAccess(await findRepository(ref.repository, site), access)
      const entries = await versionsIn(repository, ref.name, site)
      if (entries === undefined) throw notFound(ref.name, `${ref.repository} index`)
      return entries.map(item)
    }
    case 'repository-url': {
      const origin = { ...access, url: ref.url }
      if (!site.isOffline) await refresh(origin, site)
      const entries = await versionsIn(origin, ref.name, site)
      if (entries === undefined) throw notFound(ref.name, `${ref.url} repository`)
      return entries.map(item)
    }
    default:
      throw new PkgError('USAGE', 'a file or folder has one version only', {
        hint: 'Name a chart of a repository or registry: REPOSITORY/CHART or oci://HOST/PATH/CHART.',
      })
  }
}

const BARE = { version: '', app_version: '', created: '', deprecated: false }

function item(entry: {
  version: string
  appVersion: string
  created: string
  deprecated: boolean
}): ChartVersionItem {
  const { version, appVersion, created, deprecated } = entry
  return { version, app_version: appVersion, created, deprecated }
}

async function builtInVersions(
  { repository, name }: { repository: string; name: string },
  site: ChartSite,
): Promise<ChartVersionItem[] | undefined> {
  if (repository !== BUILT_IN) return undefined
  const configured = await loadRepositories(site.repositoriesFile)
  if (configured.some((each) => each.name === BUILT_IN)) return undefined
  if (!builtInNames(site.addonsFolder).includes(name))
    throw notFound(name, `${BUILT_IN} repository`)
  return [item(builtInEntry(site.addonsFolder, name))]
}

function notFound(name: string, where: string): PkgError {
  return new PkgError('CHART_NOT_FOUND', `chart "${name}" not found in ${where}`, {
    hint: 'Run "kubectl pkg repo update", then "kubectl pkg search repo".',
  })
}

/** A chart or dependency that has newer versions. */
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

/**
 * Compares the dependencies of a chart with what their repositories and registries have.
 *
 * @returns those for which there is something newer than what is locked or in charts/
 * @throws PkgError as `chartVersions`
 */
export async function outdatedDependencies(chart: Chart, site: ChartSite): Promise<OutdatedItem[]> {
  const locked = new Map(chart.lock?.dependencies.map((each) => [each.name, each.version ?? '']))
  const present = new Map(chart.subcharts.map(({ metadata }) => [metadata.name, metadata.version]))
  const items = await Promise.all(
    (chart.metadata.dependencies ?? []).map(async (dependency) => {
      const { name, version = '', repository } = dependency
      if (repository === '' || repository.startsWith('file://')) return undefined
      const versions = await chartVersions(
        { ...(await requestOf(name, repository, site)), devel: true },
        site,
      )
      const wanted = pickVersion(versions, version)?.version ?? ''
      const latest = pickVersion(versions, '')?.version ?? ''
      const current = present.get(name) ?? locked.get(name) ?? ''
      const isOld = isNewer(wanted, current) || isNewer(latest, current)
      return isOld ? { name, current, wanted, latest, source: repository } : undefined
    }),
  )
  return items.filter((each) => each !== undefined)
}

async function requestOf(
  name: string,
  repository: string,
  site: ChartSite,
): Promise<VersionsRequest> {
  if (repository.startsWith('oci://')) return { reference: `${repository}/${name}` }
  const configured = await loadRepositories(site.repositoriesFile)
  const alias = /^(?:@|alias:)(.*)$/.exec(repository)?.[1]
  const known = configured.find((each) =>
    alias === undefined ? isSameUrl(each.url, repository) : each.name === alias,
  )
  if (known !== undefined) return { reference: name, repo: known.url, access: known }
  if (alias === undefined) return { reference: name, repo: repository }
  throw new PkgError('REPOSITORY_UNKNOWN', `no repository definition for ${repository}`, {
    hint: `Run "kubectl pkg repo add ${alias} URL".`,
  })
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
