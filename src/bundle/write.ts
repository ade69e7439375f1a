import { statSync } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { aboutFile, diskHint } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { isSystemError } from '../base/files.ts'
import { newToken } from '../base/folders.ts'
import { tarHeader } from '../chart/tar-write.ts'
import { MEDIA_TYPES, descriptorJson, type OciDescriptor } from '../registry/oci-manifest.ts'

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
  assertReplaceable(path)
  const temporary = `${path}.${newToken()}.tmp`
  try {
    const file = await open(temporary, 'wx', SHARED_MODES.file)
    try {
      await writeEntries(file, content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw isSystemError(error) ? unwritable(error, path) : error
  }
}

/** A device or a folder is not what anybody wants replaced by a file. */
function assertReplaceable(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || stat.isFile()) return
  throw new PkgError(
    'FILE_UNWRITABLE',
    `${path} is ${stat.isDirectory() ? 'a folder' : 'no file'}`,
    {
      hint: 'Name a file with --file.',
    },
  )
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

function unwritable(error: NodeJS.ErrnoException, path: string): PkgError {
  return new PkgError('FILE_UNWRITABLE', aboutFile(error, path).message, {
    hint: diskHint(error) ?? 'Name another file with --file.',
    cause: error,
  })
}
