import { basename, dirname, join } from 'node:path'
import { SHARED_MODES } from '../base/file-modes.ts'
import { openFiles } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { emptyIndex, indexText, mergeIndex, readIndexDocument } from './document.ts'
import { indexFolder } from './folder.ts'

export interface IndexFileRequest {
  folder: string
  /** Put before the archives' paths; empty for relative addresses. */
  baseUrl: string
  /** An index whose versions are kept; it is made when it is missing. */
  merge: string | undefined
  json: boolean
  /** RFC 3339, with nanoseconds. */
  generated: string
}

const files = openFiles()

/**
 * Writes index.yaml into a folder of archives; it is there whole or the old one stays.
 *
 * @throws PkgError INDEX_INVALID
 */
export async function writeIndex(request: IndexFileRequest): Promise<void> {
  const { folder, baseUrl, merge, json, generated } = request
  const index = indexFolder(folder, baseUrl, generated)
  if (merge !== undefined && merge !== '') {
    const bytes = await files.read(merge)
    if (bytes === undefined) await replace(merge, indexText(emptyIndex(), { generated, json }))
    else mergeIndex(index, readIndexDocument(bytes, merge))
  }
  await replace(join(folder, 'index.yaml'), indexText(index, { generated, json }))
}

async function replace(path: string, data: string): Promise<void> {
  const temporary = join(dirname(path), temporaryName(basename(path), newToken()))
  await files.replace(path, temporary, { data, mode: SHARED_MODES.file })
}
