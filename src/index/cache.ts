import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../base/digest.ts'
import { isSystemError, openUnsyncedFiles, type Files } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { noteUse } from './last-use.ts'

/** Bytes by what they hash to. The cache is a help: a run goes on when it cannot be used. */
export interface BlobCache {
  /**
   * @param digest hexadecimal digits of a sha256
   * @returns undefined when the cache does not hold the bytes; damaged ones are removed
   */
  read(digest: string): Promise<Buffer | undefined>
  /**
   * Keeps the bytes.
   *
   * @param digest that of the bytes, where somebody has computed it: never one that is only claimed
   * @returns the digest
   */
  write(bytes: Uint8Array, digest?: string): Promise<string>
}

export interface BlobCacheOptions {
  /** Told once when the cache cannot be used. */
  onNotice: (notice: string) => void
  files?: Files | undefined
}

const DIGEST = /^[0-9a-f]{64}$/

/**
 * Opens the cache of a folder, which is made when something is first kept.
 *
 * Its files do not wait for the disk: bytes are hashed when they are read, so what a loss of
 * power tears is found out then, and fetched again.
 */
export function openBlobCache(folder: string, options: BlobCacheOptions): BlobCache {
  const { onNotice, files = openUnsyncedFiles() } = options
  let isNoticed = false
  const notice = (why: string): void => {
    if (!isNoticed) onNotice(`warning: the cache ${folder} is not used: ${why}`)
    isNoticed = true
  }
  const problem = folderProblem(folder)
  if (problem !== undefined) notice(problem)
  const home = join(folder, 'sha256')
  const pathOf = (digest: string): string => join(home, digest)

  return {
    async read(digest) {
      if (problem !== undefined || !DIGEST.test(digest)) return undefined
      const path = pathOf(digest)
      try {
        if ((await files.touchedAt(path)) === undefined) return undefined
        const bytes = await files.read(path)
        if (bytes === undefined) return undefined
        if (sha256(bytes) === digest) {
          await noteUse(path, files)
          return bytes
        }
        onNotice(`warning: ${path} was damaged and is fetched again`)
        await files.remove(path)
      } catch (error) {
        if (!isSystemError(error)) throw error
        notice(error.message)
      }
      return undefined
    },

    async write(bytes, digest = sha256(bytes)) {
      if (problem !== undefined) return digest
      const path = pathOf(digest)
      try {
        await files.makeFolder(home, 0o700)
        const temporary = join(home, temporaryName(digest.slice(0, 12), newToken()))
        await files.replace(path, temporary, { data: bytes, mode: 0o600 })
      } catch (error) {
        if (!isSystemError(error)) throw error
        notice(error.message)
      }
      return digest
    },
  }
}

/** What a reference to a registry stood for when it was fetched. */
export interface SeenReference {
  /** Digest of the manifest: `sha256:…`. */
  manifest: string
  /** sha256 of the archive, in hexadecimal digits. */
  archive: string
  /** `NAME-VERSION.tgz`. */
  fileName: string
  /** The tag was not the version of the chart, or was not asked to be. */
  allowMismatch: boolean
  /** RFC 3339. */
  seen: string
}

/** References to registries that were fetched; a help as the archives are that they lead to. */
export interface ReferenceCache {
  read(reference: string): Promise<SeenReference | undefined>
  write(reference: string, seen: SeenReference): Promise<void>
}

/** Opens what is kept of references, in a folder beside the archives of the cache. */
export function openReferenceCache(
  folder: string,
  files: Files = openUnsyncedFiles(),
): ReferenceCache {
  const home = referenceFolder(folder)
  const pathOf = (reference: string): string => join(home, `${sha256(Buffer.from(reference))}.json`)
  const isUsable = folderProblem(folder) === undefined
  return {
    async read(reference) {
      if (!isUsable) return undefined
      const path = pathOf(reference)
      const seen = await readReference(path, files)
      if (seen !== undefined) await noteUse(path, files)
      return seen
    },
    async write(reference, seen) {
      if (!isUsable) return
      try {
        await files.makeFolder(home, 0o700)
        const temporary = join(home, temporaryName('reference', newToken()))
        const data = `${JSON.stringify({ reference, ...seen })}\n`
        await files.replace(pathOf(reference), temporary, { data, mode: 0o600 })
      } catch (error) {
        // The archive could not be kept either, of which a person was told.
        if (!isSystemError(error)) throw error
      }
    },
  }
}

/** The folder of references in that of archives. */
export function referenceFolder(folder: string): string {
  return join(folder, 'references')
}

/** Reads what is kept of a reference; undefined when it is not there whole. */
export async function readReference(
  path: string,
  files: Files,
): Promise<SeenReference | undefined> {
  const bytes = await files.read(path)
  const document = bytes === undefined ? undefined : parseJson(bytes)
  if (!isJsonObject(document)) return undefined
  const { manifest, archive, fileName, allowMismatch, seen } = document
  if (typeof manifest !== 'string' || typeof archive !== 'string') return undefined
  if (typeof fileName !== 'string' || typeof seen !== 'string') return undefined
  return { manifest, archive, fileName, allowMismatch: allowMismatch === true, seen }
}

/** Why what lies in a folder cannot be trusted; undefined when it can, or is not there yet. */
export function folderProblem(folder: string): string | undefined {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (stat.isSymbolicLink()) return 'it is a link'
  if (!stat.isDirectory()) return 'it is no folder'
  const user = process.getuid?.()
  if (user !== undefined && stat.uid !== user) return 'it belongs to somebody else'
  return (stat.mode & 0o002) === 0 ? undefined : 'everybody can write to it'
}
