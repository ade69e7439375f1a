import { PkgError } from '../base/errors.ts'
import { openUnsyncedFiles, type Files } from '../base/files.ts'
import { loadChartArchive } from '../chart/archive.ts'
import { folderProblem } from '../index/cache.ts'
import {
  cacheItems,
  cacheStrays,
  chooseGarbage,
  isWhole,
  removeItem,
  type CacheFolders,
  type CacheItem,
} from '../index/cache-content.ts'
import { indexName } from '../index/store.ts'
import { loadRepositories } from '../repo/repositories.ts'

/** What a person is told of something that is kept. */
export interface CacheEntry {
  kind: 'archive' | 'index'
  /** `CHART VERSION` of an archive, the name of a repository; empty when nobody knows. */
  name: string
  /** sha256 of an archive, else the name of a folder. */
  id: string
  bytes: number
  /** RFC 3339. */
  used: string
}

export interface CacheRequest {
  folders: CacheFolders
  repositoriesFile: string
}

/** Lists what the caches hold, what was used last first. @throws PkgError FILE_UNREADABLE */
export async function listCache(request: CacheRequest): Promise<CacheEntry[]> {
  const files = openCache(request)
  const items = await cacheItems(request.folders, files)
  return entriesOf(items, request, files)
}

export interface CacheReport {
  /** How many there were, and their bytes. */
  checked: number
  bytes: number
  /** What was removed, or would be. */
  removed: CacheEntry[]
  /** How many temporary files of runs that were cut off were removed, or would be. */
  strays: number
}

/**
 * Reads all that the caches hold and removes what is not what was fetched.
 *
 * @throws PkgError FILE_UNREADABLE
 */
export async function verifyCache(
  request: CacheRequest,
  { dryRun }: { dryRun: boolean },
): Promise<CacheReport> {
  const files = openCache(request)
  const items = await cacheItems(request.folders, files)
  const broken: CacheItem[] = []
  for (const each of items) {
    if (!(await isWhole(each, request.folders, files))) broken.push(each)
  }
  return clean({ items, garbage: broken, dryRun }, request, files)
}

export interface CollectRequest {
  /** Milliseconds without use after which something goes. */
  olderThan: number
  /** Most bytes that stay; undefined for any. */
  maxBytes: number | undefined
  dryRun: boolean
  /** Milliseconds since 1970. */
  now: number
}

/** Removes what was not used for long, and the longest unused of what is too much. */
export async function collectCache(
  request: CacheRequest,
  { olderThan, maxBytes = Infinity, dryRun, now }: CollectRequest,
): Promise<CacheReport> {
  const files = openCache(request)
  const items = await cacheItems(request.folders, files)
  const garbage = chooseGarbage(items, { unusedSince: now - olderThan, mostBytes: maxBytes })
  return clean({ items, garbage, dryRun }, request, files)
}

/** A loss of power leaves what would have been removed, which harms nobody. */
function openCache({ folders }: CacheRequest): Files {
  for (const folder of [folders.blobs, folders.indexes]) {
    const problem = folderProblem(folder)
    if (problem !== undefined) {
      throw new PkgError('FILE_UNREADABLE', `the cache ${folder} is not used: ${problem}`, {
        hint: 'Name other folders with --content-cache and --repository-cache.',
      })
    }
  }
  return openUnsyncedFiles()
}

async function clean(
  { items, garbage, dryRun }: { items: CacheItem[]; garbage: CacheItem[]; dryRun: boolean },
  request: CacheRequest,
  files: Files,
): Promise<CacheReport> {
  const removed = await entriesOf(garbage, request, files)
  const strays = await cacheStrays(request.folders, files)
  if (!dryRun) {
    for (const path of strays) await files.remove(path)
    for (const each of garbage) await removeItem(each, request.folders, files)
  }
  const bytes = items.reduce((sum, item) => sum + item.bytes, 0)
  return { checked: items.length, bytes, removed, strays: strays.length }
}

async function entriesOf(
  items: readonly CacheItem[],
  { repositoriesFile }: CacheRequest,
  files: Files,
): Promise<CacheEntry[]> {
  const repositories = await loadRepositories(repositoriesFile)
  const names = new Map(repositories.map((each) => [indexName(each), each.name]))
  const sorted = items.toSorted((a, b) => b.used - a.used)
  return Promise.all(
    sorted.map(async ({ kind, id, paths: [path = ''], bytes, used }) => {
      const name = kind === 'index' ? (names.get(id) ?? '') : await chartName(path, files)
      return { kind, name, id, bytes, used: new Date(used).toISOString() }
    }),
  )
}

async function chartName(path: string, files: Files): Promise<string> {
  try {
    const bytes = await files.read(path)
    if (bytes === undefined) return ''
    const { name, version } = loadChartArchive(bytes, { origin: path }).metadata
    return `${name} ${version}`
  } catch (error) {
    if (error instanceof PkgError) return ''
    throw error
  }
}
