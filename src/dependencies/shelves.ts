import { isAbsolute, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { shownAddress } from '../base/shown-address.ts'
import { loadChartDirectory } from '../chart/read-directory.ts'
import { BUILT_IN, builtInEntry, builtInNames } from '../repo/builtin.ts'
import type { Access, ChartSite } from '../repo/chart-site.ts'
import { aliasOf, originIn } from './sources.ts'
import { findRepository, refresh, versionsIn, withAccess } from '../repo/find-chart.ts'
import type { Origin } from '../http/downloader.ts'
import { parseOciReference } from '../registry/oci-reference.ts'
import { listTags, versionsOfTags } from '../registry/oci-tags.ts'
import { loadRepositories } from '../repo/repositories.ts'

/** A place that has charts, of whatever kind. */
export interface Shelf {
  /** What a person calls it. */
  label: string
  /**
   * Versions of a chart, newest first; undefined when the place has no such chart.
   *
   * @throws PkgError REPOSITORY_UNREACHABLE, REGISTRY_FAILED, REGISTRY_DENIED, OFFLINE
   */
  versionsOf(name: string): Promise<{ version: string }[] | undefined>
}

export interface Shelves {
  /**
   * Opens what the repository of a dependency can be: an address, `oci://HOST/PATH`, `@NAME`,
   * `alias:NAME` or the `file://PATH` of a chart; `@addons` is the built-in one.
   *
   * @throws PkgError REPOSITORY_UNKNOWN
   */
  open(repository: string): Promise<Shelf>
}

export interface ShelvesOptions {
  /** What flags say of the servers; it goes over what is configured. */
  access?: Access | undefined
  /** Where relative `file://` addresses begin; without it they lead nowhere. */
  folder?: string | undefined
}

/** Opens places that are asked anew, but each for its index once. */
export function openShelves(site: ChartSite, { access, folder }: ShelvesOptions = {}): Shelves {
  const refreshes = new Map<string, Promise<unknown>>()
  const fresh = (origin: Origin): Promise<unknown> => {
    if (site.isOffline) return Promise.resolve()
    const running = refreshes.get(origin.url) ?? refresh(origin, site)
    refreshes.set(origin.url, running)
    return running
  }
  const openIndex = (label: string, origin: Origin): Shelf => ({
    label,
    async versionsOf(name) {
      await fresh(origin)
      return versionsIn(origin, name, site)
    },
  })

  return {
    async open(repository) {
      if (repository.startsWith('oci://')) return openRegistryShelf(repository, site)
      if (repository.startsWith('file://')) return openFolderShelf(repository, folder)
      const alias = aliasOf(repository)
      const configured = await loadRepositories(site.repositoriesFile)
      if (alias !== undefined) {
        const isBuiltIn = alias === BUILT_IN && !configured.some(({ name }) => name === BUILT_IN)
        if (isBuiltIn) return openBuiltIn(site.addonsFolder)
        return openIndex(alias, withAccess(await findRepository(alias, site), access))
      }
      const origin = originIn(configured, repository)
      return openIndex(shownAddress(repository), withAccess(origin, access))
    },
  }
}

function openRegistryShelf(base: string, site: ChartSite): Shelf {
  const label = base.replace(/\/+$/, '')
  return {
    label,
    async versionsOf(name) {
      if (site.isOffline) {
        throw new PkgError('OFFLINE', `what ${label} has is not in the cache`, {
          hint: 'Run the command without --offline, while there is a network.',
        })
      }
      try {
        const tags = await listTags(parseOciReference(`${label}/${name}`), site.registry)
        return versionsOfTags(tags).map((version) => ({ version }))
      } catch (error) {
        if (error instanceof PkgError && error.code === 'CHART_NOT_FOUND') return undefined
        throw error
      }
    },
  }
}

/** A folder has the one chart that is in it; that of whoever packed an archive is not here. */
function openFolderShelf(label: string, folder: string | undefined): Shelf {
  const path = label.slice('file://'.length)
  return {
    label,
    async versionsOf() {
      if (folder === undefined && !isAbsolute(path)) return []
      const { metadata } = loadChartDirectory(isAbsolute(path) ? path : join(folder ?? '', path))
      return [{ version: metadata.version }]
    },
  }
}

function openBuiltIn(folder: string): Shelf {
  return {
    label: BUILT_IN,
    async versionsOf(name) {
      return builtInNames(folder).includes(name) ? [builtInEntry(folder, name)] : undefined
    },
  }
}
