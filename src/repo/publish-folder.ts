import { basename, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { openFiles, type Files } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { withFileLock } from '../base/file-lock.ts'
import {
  findItem,
  indexItem,
  indexText,
  putItem,
  readIndexDocument,
  textOf,
  type IndexDocument,
} from '../index/document.ts'
import { indexFolder, urlOf } from '../index/folder.ts'
import type { PublishedChart, PublishItem } from './publish-item.ts'

export interface FolderTarget {
  folder: string
  /** Put before the archives' names in the index; empty for relative addresses. */
  baseUrl: string
  /** Replaces versions that are there with other bytes. */
  overwrite: boolean
  dryRun: boolean
  /** RFC 3339, with nanoseconds. */
  now: string
}

/**
 * Puts archives into a folder that is a static repository and merges them into its index.
 *
 * One publisher at a time changes the index; an archive is there whole before the index names
 * it. A version that is replaced gets a new address, so that the index never names bytes that
 * it has no digest of.
 *
 * @throws PkgError VERSION_PUBLISHED, before anything is written; INDEX_INVALID, FILE_UNWRITABLE
 */
export async function publishToFolder(
  items: readonly PublishItem[],
  target: FolderTarget,
  files: Files = openFiles(),
): Promise<PublishedChart[]> {
  const { folder, dryRun } = target
  if (dryRun) return plan(items, await openIndex(target, files), target).map(({ result }) => result)
  await files.makeFolder(folder, SHARED_MODES.folder)
  return withFileLock(join(folder, '.kubectl-pkg-publish.lock'), async () => {
    const index = await openIndex(target, files)
    const steps = plan(items, index, target)
    for (const { item, path, result } of steps) {
      if (result.outcome !== 'unchanged') await writeArchive(item, join(folder, path), files)
    }
    if (steps.every(({ result }) => result.outcome === 'unchanged')) {
      return steps.map(({ result }) => result)
    }
    await replace(join(folder, INDEX), indexText(index, { generated: target.now }), files)
    for (const { old } of steps) if (old !== undefined) await removeOld(folder, old, files)
    return steps.map(({ result }) => result)
  })
}

const INDEX = 'index.yaml'

interface Step {
  item: PublishItem
  /** Path of the archive below the folder. */
  path: string
  /** Path of the archive that is replaced. */
  old: string | undefined
  result: PublishedChart
}

/** A folder of archives without an index gets one of all of them. */
async function openIndex(
  { folder, baseUrl, now }: FolderTarget,
  files: Files,
): Promise<IndexDocument> {
  const path = join(folder, INDEX)
  const bytes = await files.read(path)
  if (bytes !== undefined && bytes.length > 0) return readIndexDocument(bytes, path)
  const hasFolder = (await files.list(folder)).length > 0
  return hasFolder ? indexFolder(folder, baseUrl, now) : { rest: new Map(), entries: new Map() }
}

/** Puts the items into the index and says what that means for each. */
function plan(items: readonly PublishItem[], index: IndexDocument, target: FolderTarget): Step[] {
  const taken: string[] = []
  const steps = items.map((item): Step => {
    const { name, version } = item.metadata
    const known = findItem(index, name, version)
    const knownDigest = textOf(known?.get('digest')).replace(/^sha256:/, '')
    const isSame = known !== undefined && knownDigest === item.digest
    const isOther = known !== undefined && !isSame
    if (isOther && !target.overwrite) taken.push(`${name} ${version}`)
    const path = isOther ? `${item.digest.slice(0, 12)}/${item.fileName}` : item.fileName
    const result: PublishedChart = {
      name,
      version,
      digest: `sha256:${item.digest}`,
      location: urlOf(target.baseUrl, path),
      outcome: isSame ? 'unchanged' : isOther ? 'replaced' : 'published',
    }
    if (!isSame) {
      putItem(
        index,
        indexItem({
          metadata: item.metadata,
          digest: item.digest,
          url: result.location,
          created: target.now,
        }),
      )
    }
    return { item, path, old: isOther ? firstUrl(known) : undefined, result }
  })
  if (taken.length > 0) throw published(taken)
  return steps
}

/** @returns the error of a target that has these versions already, each as `NAME VERSION` */
export function published(taken: readonly string[]): PkgError {
  return new PkgError('VERSION_PUBLISHED', `${taken.join(', ')} is published already`, {
    hint: 'Give the chart a new version, or pass --force to replace what others may have fetched.',
  })
}

function firstUrl(item: ReadonlyMap<string, unknown>): string | undefined {
  const urls = item.get('urls')
  const first: unknown = Array.isArray(urls) ? urls[0] : undefined
  return typeof first === 'string' ? first : undefined
}

async function writeArchive(item: PublishItem, path: string, files: Files): Promise<void> {
  await files.makeFolder(join(path, '..'), SHARED_MODES.folder)
  if (item.provenance !== undefined) await replace(`${path}.prov`, item.provenance, files)
  await replace(path, item.archive, files)
}

async function replace(path: string, data: string | Uint8Array, files: Files): Promise<void> {
  const temporary = join(path, '..', temporaryName(basename(path), newToken()))
  await files.replace(path, temporary, { data, mode: SHARED_MODES.file })
}

/** Removes a replaced archive, when it is one of this folder. */
async function removeOld(folder: string, url: string, files: Files): Promise<void> {
  const name = url.slice(url.lastIndexOf('/') + 1)
  const above = url.slice(0, -name.length - 1)
  const parent = /^[0-9a-f]{12}$/.exec(above.slice(above.lastIndexOf('/') + 1))?.[0] ?? ''
  if (!/^[\w.+-]+\.tgz$/.test(name)) return
  await files.remove(join(folder, parent, name))
  await files.remove(join(folder, parent, `${name}.prov`))
}
