import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../base/digest.ts'
import type { Files } from '../base/files.ts'
import { readReference, referenceFolder } from './cache.ts'
import { isIndexWhole } from './kept.ts'
import { strayFiles } from './strays.ts'

/** The folders that hold what can be fetched again. */
export interface CacheFolders {
  /** Of archives, by what they hash to. */
  blobs: string
  /** Of indexes, a folder for each repository. */
  indexes: string
}

/** Something that was fetched. */
export interface CacheItem {
  kind: 'archive' | 'index'
  /** sha256 of an archive in hexadecimal digits; of an index the name of its folder. */
  id: string
  paths: string[]
  bytes: number
  /** When it was last used, to the day: milliseconds since 1970. */
  used: number
}

const DIGEST = /^[0-9a-f]{64}$/
const INDEX = /^[0-9a-f]{24}$/
const REFERENCE = /^[0-9a-f]{64}\.json$/

/** Lists what the caches hold; files of others that lie there are not looked at. */
export async function cacheItems(folders: CacheFolders, files: Files): Promise<CacheItem[]> {
  const items: CacheItem[] = []
  const blobs = blobFolder(folders)
  const references = await referencesByArchive(folders, files)
  for (const { name, kind } of await files.list(blobs)) {
    if (kind !== 'file' || !DIGEST.test(name)) continue
    items.push(item('archive', name, [join(blobs, name), ...(references.get(name) ?? [])]))
  }
  for (const folder of await indexFolders(folders, files)) {
    const names = (await files.list(folder)).filter(({ kind }) => kind === 'file')
    const paths = names.map(({ name }) => join(folder, name))
    items.push(item('index', folder.slice(-24), paths))
  }
  return items
}

/** Temporary files that runs have left behind which were cut off long ago. */
export async function cacheStrays(folders: CacheFolders, files: Files): Promise<string[]> {
  const all = [
    blobFolder(folders),
    referenceFolder(folders.blobs),
    ...(await indexFolders(folders, files)),
  ]
  return (await Promise.all(all.map((folder) => strayFiles(folder, files)))).flat()
}

/** Whether the bytes are those that were fetched. */
export async function isWhole({ kind, id, paths }: CacheItem, folders: CacheFolders, files: Files) {
  if (kind === 'index') return isIndexWhole(join(folders.indexes, id), files)
  const bytes = await files.read(paths[0] ?? '')
  return bytes !== undefined && sha256(bytes) === id
}

/** Removes something; it is fetched again when it is next needed. */
export async function removeItem(
  { kind, id, paths }: CacheItem,
  folders: CacheFolders,
  files: Files,
): Promise<void> {
  for (const path of paths) await files.remove(path)
  if (kind === 'index') await files.removeEmptyFolder(join(folders.indexes, id))
}

export interface Thrift {
  /** Milliseconds since 1970; what was not used since then goes. */
  unusedSince: number
  /** Most bytes of what stays; what was used last stays. */
  mostBytes: number
}

/** Chooses what the cache can do without: the longest unused first. */
export function chooseGarbage(
  items: readonly CacheItem[],
  { unusedSince, mostBytes }: Thrift,
): CacheItem[] {
  let left = items.reduce((sum, { bytes }) => sum + bytes, 0)
  const garbage: CacheItem[] = []
  for (const each of items.toSorted((a, b) => a.used - b.used)) {
    if (each.used >= unusedSince && left <= mostBytes) break
    garbage.push(each)
    left -= each.bytes
  }
  return garbage
}

function blobFolder({ blobs }: CacheFolders): string {
  return join(blobs, 'sha256')
}

/** Files that tell which references to registries stood for an archive: they go with it. */
async function referencesByArchive(
  { blobs }: CacheFolders,
  files: Files,
): Promise<Map<string, string[]>> {
  const folder = referenceFolder(blobs)
  const found = new Map<string, string[]>()
  for (const { name, kind } of await files.list(folder)) {
    if (kind !== 'file' || !REFERENCE.test(name)) continue
    const path = join(folder, name)
    const { archive = '' } = (await readReference(path, files)) ?? {}
    found.set(archive, [...(found.get(archive) ?? []), path])
  }
  return found
}

async function indexFolders({ indexes }: CacheFolders, files: Files): Promise<string[]> {
  const entries = await files.list(indexes)
  return entries
    .filter(({ name, kind }) => kind === 'folder' && INDEX.test(name))
    .map(({ name }) => join(indexes, name))
}

function item(kind: CacheItem['kind'], id: string, paths: string[]): CacheItem {
  const stats = paths.flatMap((path) => lstatSync(path, { throwIfNoEntry: false }) ?? [])
  return {
    kind,
    id,
    paths,
    bytes: stats.reduce((sum, { size }) => sum + size, 0),
    used: Math.max(0, ...stats.map(({ mtimeMs }) => mtimeMs)),
  }
}
