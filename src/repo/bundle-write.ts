import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { isSystemError } from '../base/files.ts'
import { newToken } from '../base/folders.ts'
import { tarHeader } from '../chart/tar-write.ts'
import { MEDIA_TYPES, descriptorJson, type OciDescriptor } from './oci-manifest.ts'

/** Bytes that go into a bundle, given out piece by piece. */
export interface BundleBlob {
  digest: string
  size: number
  write(take: (chunk: Uint8Array) => Promise<void>): Promise<void>
}

export interface BundleContent {
  /** What index.json names. */
  entries: readonly OciDescriptor[]
  /** By digest. */
  blobs: ReadonlyMap<string, BundleBlob>
}

const BLOCK = 512

/**
 * Writes an OCI image layout as a tar file. The same content gives the same bytes: entries come
 * in the order of their names, with one time and no owner. The file is there whole or not at
 * all.
 *
 * @throws PkgError FILE_UNWRITABLE, and what the blobs throw
 */
export async function writeBundle(path: string, content: BundleContent): Promise<void> {
  const temporary = `${path}.${newToken()}.tmp`
  const file = await openNew(temporary)
  try {
    try {
      await writeEntries(file, content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    if (isSystemError(error)) throw unwritable(error)
    throw error
  }
  await syncFolder(dirname(path))
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', SHARED_MODES.file)
  } catch (error) {
    throw unwritable(error as Error)
  }
}

async function writeEntries(file: FileHandle, { entries, blobs }: BundleContent): Promise<void> {
  const take = async (chunk: Uint8Array) => {
    await file.writeFile(chunk)
  }
  for (const digest of [...blobs.keys()].sort()) {
    const blob = blobs.get(digest)
    if (blob === undefined) continue
    await take(tarHeader(`blobs/sha256/${digest.slice('sha256:'.length)}`, blob.size, 0))
    await blob.write(take)
    await take(padding(blob.size))
  }
  const sorted = [...entries].sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: sorted.map(descriptorJson),
  }
  await writeSmall('index.json', JSON.stringify(index), take)
  await writeSmall('oci-layout', '{"imageLayoutVersion":"1.0.0"}', take)
  await take(Buffer.alloc(2 * BLOCK))
}

function nameOf({ annotations, digest }: OciDescriptor): string {
  return `${annotations?.['org.opencontainers.image.ref.name'] ?? ''} ${digest}`
}

async function writeSmall(
  name: string,
  text: string,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const bytes = Buffer.from(text)
  await take(tarHeader(name, bytes.length, 0))
  await take(bytes)
  await take(padding(bytes.length))
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

function unwritable(error: Error): PkgError {
  return new PkgError('FILE_UNWRITABLE', error.message, {
    hint: 'Check the folder and the space on its disk.',
    cause: error,
  })
}
