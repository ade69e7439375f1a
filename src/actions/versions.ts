import { PkgError } from '../base/errors.ts'
import { shownAddress } from '../base/shown-address.ts'
import { BUILT_IN, builtInEntry, builtInNames } from '../repo/builtin.ts'
import { parseChartRef, type ChartRef } from '../repo/chart-ref.ts'
import type { Access, ChartSite } from '../repo/chart-site.ts'
import { findRepository, refresh, versionsIn, withAccess } from '../repo/find-chart.ts'
import { listTags, versionsOfTags } from '../registry/oci-tags.ts'
import { parseOciReference } from '../registry/oci-reference.ts'
import { loadRepositories } from '../repo/repositories.ts'
import { fits, readConstraint } from '../index/resolve.ts'

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
      if (entries === undefined) throw notFound(ref.name, `${shownAddress(ref.url)} repository`)
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
    hint: 'Check the name; "kubectl pkg repo update" fetches what is new.',
  })
}
