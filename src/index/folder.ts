import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../base/digest.ts'
import { PkgError } from '../base/errors.ts'
import { loadChartArchive } from '../chart/archive.ts'
import { emptyIndex, indexItem, putItem, type IndexDocument } from './document.ts'

/**
 * Makes an index of the archives in a folder and in those right below it. Files that are no
 * charts are passed over.
 *
 * Source: Helm 4.1.4 pkg/repo/v1/index.go `IndexDirectory`.
 *
 * @param baseUrl put before the archives' paths; empty for relative addresses
 * @param created RFC 3339
 */
export function indexFolder(folder: string, baseUrl: string, created: string): IndexDocument {
  const index = emptyIndex()
  for (const path of archivePaths(folder)) {
    const bytes = readFileSync(join(folder, path))
    const metadata = metadataOf(bytes, path)
    if (metadata === undefined) continue
    putItem(
      index,
      indexItem({ metadata, digest: sha256(bytes), url: urlOf(baseUrl, path), created }),
    )
  }
  return index
}

function archivePaths(folder: string): string[] {
  const isShown = (name: string): boolean => !name.startsWith('.')
  const names = readdirSync(folder).filter(isShown).sort()
  const isFolder = (name: string): boolean =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true
  const below = names.filter(isFolder).flatMap((name) =>
    readdirSync(join(folder, name))
      .filter(isShown)
      .sort()
      .map((file) => `${name}/${file}`),
  )
  return [...names, ...below].filter((path) => path.endsWith('.tgz') && !isFolder(path))
}

function metadataOf(bytes: Buffer, origin: string) {
  try {
    return loadChartArchive(bytes, { origin, anyApiVersion: true }).metadata
  } catch (error) {
    if (error instanceof PkgError) return undefined
    throw error
  }
}

/**
 * The address of an archive as an index has it.
 *
 * Source: Helm 4.1.4 internal/urlutil `URLJoin`.
 */
export function urlOf(baseUrl: string, path: string): string {
  if (baseUrl === '') return path
  if (!URL.canParse(baseUrl)) return `${baseUrl.replace(/\/+$/, '')}/${path}`
  const url = new URL(baseUrl)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`
  return url.href
}
