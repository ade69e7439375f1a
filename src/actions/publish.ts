import { PkgError } from '../base/errors.ts'
import { isFile, isFolder, readArchive } from '../chart/archive-file.ts'
import { assertDependenciesPresent } from '../chart/lock.ts'
import { withoutFolders } from '../chart/own-folders.ts'
import { packageChart } from '../chart/package-chart.ts'
import { loadChartDirectory } from '../chart/read-directory.ts'
import { writeIndex } from '../index/file.ts'
import type { Access, ChartSite } from '../repo/chart-site.ts'
import { withAccess } from '../repo/find-chart.ts'
import type { Origin } from '../http/downloader.ts'
import { publishToFolder } from '../repo/publish-folder.ts'
import { publishToRegistry } from '../repo/publish-registry.ts'
import { publishToServer } from '../repo/publish-http.ts'
import { publishItem, type PublishedChart, type PublishItem } from '../repo/publish-item.ts'
import { loadRepositories } from '../repo/repositories.ts'

export type { PublishedChart } from '../repo/publish-item.ts'

export interface PublishRequest {
  /** Folders of charts, and archives. */
  charts: readonly string[]
  /** Folder, address, `oci://HOST/PATH`, or the name of a configured repository. */
  target: string
  /** For a folder: put before the archives' names in the index. */
  baseUrl: string
  overwrite: boolean
  dryRun: boolean
  access: Access
  now: () => Date
}

/**
 * Publishes charts to a folder, a server or a registry.
 *
 * @throws PkgError VERSION_PUBLISHED, PROVENANCE_FAILED, USAGE and REPOSITORY_UNKNOWN for what is no
 *   target, and what reading, packing and publishing throw
 */
export async function publish(request: PublishRequest, site: ChartSite): Promise<PublishedChart[]> {
  const { target, overwrite, dryRun } = request
  assertNoArchive(target)
  const items = request.charts.map((path) => readItem(path, site))
  const now = request.now()
  if (target.startsWith('oci://')) {
    return publishToRegistry(items, { target, overwrite, dryRun, now }, site.registry)
  }
  const origin = await serverOf(target, request.access, site)
  if (origin !== undefined) {
    return publishToServer(items, { origin, overwrite, dryRun }, site)
  }
  return publishToFolder(items, {
    folder: target,
    baseUrl: request.baseUrl,
    overwrite,
    dryRun,
    now: stamp(now),
  })
}

function assertNoArchive(target: string): void {
  if (!isFile(target)) return
  throw new PkgError('USAGE', `the target "${target}" is a file`, {
    hint: 'The target comes last: a folder, an http(s) URL, oci://HOST/PATH, or a repository.',
  })
}

/** Packs a folder; an archive goes as it is, with the provenance file beside it. */
function readItem(path: string, { ownFolders }: ChartSite): PublishItem {
  if (!isFolder(path)) {
    const { bytes, provenance } = readArchive(path)
    const item = publishItem(bytes, provenance, path)
    assertSpokenOf(item, path)
    return item
  }
  const chart = withoutFolders(loadChartDirectory(path, { outsideLinks: 'refuse' }), ownFolders)
  assertDependenciesPresent(chart)
  return publishItem(packageChart(chart).bytes, undefined, path)
}

/** A provenance file of an earlier archive would have everybody refused who verifies this one. */
function assertSpokenOf({ provenance, digest }: PublishItem, path: string): void {
  if (provenance === undefined || provenance.includes(digest)) return
  throw new PkgError('PROVENANCE_FAILED', `"${path}.prov" is of another archive than "${path}"`, {
    hint: 'Package the chart again with --sign, or remove the provenance file.',
  })
}

async function serverOf(
  target: string,
  access: Access,
  site: ChartSite,
): Promise<Origin | undefined> {
  if (/^https?:\/\//.test(target)) {
    const repositories = await loadRepositories(site.repositoriesFile)
    const known = repositories.find(
      ({ url }) => url.replace(/\/+$/, '') === target.replace(/\/+$/, ''),
    )
    return withAccess({ ...known, url: target }, access)
  }
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\//.exec(target)?.[1]
  if (scheme !== undefined) {
    throw new PkgError('URL_REFUSED', `nothing is published to "${scheme}:" URLs`, {
      hint: 'Name a folder, an http(s) URL, oci://HOST/PATH, or a configured repository.',
    })
  }
  const isPath = target.includes('/') || target === '.' || target === '..' || isFolder(target)
  if (isPath) return undefined
  const repositories = await loadRepositories(site.repositoriesFile)
  const known = repositories.find(({ name }) => name === target)
  if (known !== undefined) return withAccess(known, access)
  throw new PkgError('REPOSITORY_UNKNOWN', `"${target}" is no repository and no folder`, {
    hint: `Write "./${target}" to begin a repository in a new folder, or run "kubectl pkg repo add ${target} URL".`,
  })
}

export interface IndexRequest {
  folder: string
  /** Put before the archives' paths; empty for relative addresses. */
  baseUrl: string
  /** An index whose versions are kept where the folder has no archive of them. */
  merge: string | undefined
  json: boolean
  now: () => Date
}

/**
 * Writes the index.yaml of a folder of archives.
 *
 * Source: Helm 4.1.4 pkg/cmd/repo_index.go.
 *
 * @throws PkgError INDEX_INVALID, FILE_UNWRITABLE
 */
export function indexRepository({ now, ...request }: IndexRequest): Promise<void> {
  return writeIndex({ ...request, generated: stamp(now()) })
}

/** RFC 3339 as Go writes it: without zeros at the end of the fraction. */
function stamp(now: Date): string {
  return now.toISOString().replace(/\.?0*Z$/, 'Z')
}
