import { open, type FileHandle } from 'node:fs/promises'
import { openSha256 } from '../base/digest.ts'
import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { readDescriptors, type OciDescriptor } from '../registry/oci-manifest.ts'
import type { Blob } from '../registry/oci-upload.ts'

/** An OCI image layout in a tar file, read where it lies. */
export interface Bundle {
  /** What index.json names. */
  entries: OciDescriptor[]
  /** Digests of all blobs, sorted. */
  digests: string[]
  /** A blob to be read piece by piece; undefined when the bundle has none of that digest. */
  blob(digest: string): Blob | undefined
  /** Reads a blob whole, and checks its digest. @throws PkgError BUNDLE_INVALID, DIGEST_MISMATCH */
  read(digest: string): Promise<Buffer>
  /** Checks the digest of a blob of any length. @throws PkgError DIGEST_MISMATCH */
  check(digest: string): Promise<void>
  close(): Promise<void>
}

const BLOCK = 512
const CHUNK = 4 * 1024 * 1024
/** What is read whole: manifests, configurations and charts. */
const WHOLE = 128 * 1024 * 1024
const MOST_FILES = 100_000

/**
 * Opens a bundle. Files of other names than a layout has are refused, and nothing is unpacked.
 *
 * @throws PkgError BUNDLE_INVALID, FILE_UNREADABLE
 */
export async function openBundle(path: string): Promise<Bundle> {
  const file = await openFile(path)
  try {
    const places = await readPlaces(file, path)
    const layout = parseJson(await readPlace(file, places.get('oci-layout'), path))
    if (!isJsonObject(layout) || layout['imageLayoutVersion'] !== '1.0.0') {
      throw invalid(path, 'it is no OCI image layout of version 1.0.0')
    }
    const index = parseJson(await readPlace(file, places.get('index.json'), path))
    const entries = readDescriptors(isJsonObject(index) ? index['manifests'] : undefined, path)
    return bundleOf({ file, places, path, entries })
  } catch (error) {
    await file.close()
    throw error
  }
}

interface Place {
  offset: number
  size: number
}

interface Opened {
  file: FileHandle
  places: ReadonlyMap<string, Place>
  path: string
  entries: OciDescriptor[]
}

function bundleOf({ file, places, path, entries }: Opened): Bundle {
  const placeOf = (digest: string) => places.get(`blobs/sha256/${digest.slice('sha256:'.length)}`)
  const check = async (digest: string) => {
    const place = placeOf(digest)
    if (place === undefined) throw invalid(path, `it lacks ${digest}`)
    const hash = openSha256()
    for (let at = 0; at < place.size; at += CHUNK) {
      hash.update(await readAt(file, place.offset + at, Math.min(CHUNK, place.size - at)))
    }
    const got = `sha256:${hash.digest()}`
    if (got === digest) return
    throw new PkgError('DIGEST_MISMATCH', `${path}: expected ${digest}, got ${got}`, {
      hint: 'The bundle was damaged or changed. Do not use it.',
    })
  }
  return {
    entries,
    digests: [...places.keys()]
      .filter((name) => name.startsWith('blobs/'))
      .map((name) => `sha256:${name.slice('blobs/sha256/'.length)}`)
      .sort(),
    blob(digest) {
      const place = placeOf(digest)
      if (place === undefined) return undefined
      const read = (start: number, end: number) => readAt(file, place.offset + start, end - start)
      return { digest, size: place.size, read }
    },
    check,
    async read(digest) {
      await check(digest)
      return readPlace(file, placeOf(digest), path)
    },
    close: () => file.close(),
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    throw new PkgError('FILE_UNREADABLE', (error as Error).message, { cause: error })
  }
}

const NAME = /^(?:oci-layout|index\.json|blobs\/sha256\/[0-9a-f]{64})$/
const FOLDER = /^(?:\.\/)?(?:blobs|blobs\/sha256)\/$/

/** Where the files of the tar lie, by its headers alone. */
async function readPlaces(file: FileHandle, path: string): Promise<Map<string, Place>> {
  const { size: length } = await file.stat()
  const places = new Map<string, Place>()
  for (let at = 0; at + BLOCK <= length;) {
    const header = await readAt(file, at, BLOCK)
    if (header.every((byte) => byte === 0)) return places
    const { name, size, type } = readHeader(header, path)
    if (FOLDER.test(name) && type === '5') {
      at += BLOCK
      continue
    }
    if (!NAME.test(name) || (type !== '0' && type !== '\0')) {
      throw invalid(path, `${JSON.stringify(name)} has no place in a bundle`)
    }
    if (places.has(name)) throw invalid(path, `${name} is there twice`)
    if (at + BLOCK + size > length) throw invalid(path, `it ends within ${name}`)
    if (places.size === MOST_FILES) throw invalid(path, `it has more than ${MOST_FILES} files`)
    places.set(name, { offset: at + BLOCK, size })
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  throw invalid(path, 'it is no tar file, or was cut off')
}

function readHeader(header: Buffer, path: string): { name: string; size: number; type: string } {
  const text = (start: number, length: number) =>
    (header.toString('latin1', start, start + length).split('\0')[0] ?? '').trim()
  // The sum is taken as if its own field held spaces.
  const checksum = header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0)
  const size = text(124, 12)
  if (Number.parseInt(text(148, 8), 8) !== checksum || !/^[0-7]+$/.test(size)) {
    throw invalid(path, 'it is no tar file')
  }
  const prefix = text(345, 155)
  const name = text(0, 100)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: Number.parseInt(size, 8),
    type: header.toString('latin1', 156, 157),
  }
}

async function readPlace(
  file: FileHandle,
  place: Place | undefined,
  path: string,
): Promise<Buffer> {
  if (place === undefined) throw invalid(path, 'a file is missing in it')
  if (place.size > WHOLE) throw invalid(path, `a file in it has ${place.size} bytes`)
  return readAt(file, place.offset, place.size)
}

async function readAt(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size;) {
    const { bytesRead } = await file.read(bytes, at, size - at, offset + at)
    if (bytesRead === 0) throw new PkgError('BUNDLE_INVALID', 'the bundle ends too early')
    at += bytesRead
  }
  return bytes
}

function invalid(path: string, reason: string): PkgError {
  return new PkgError('BUNDLE_INVALID', `${path}: ${reason}`, {
    hint: '"kubectl pkg bundle create" makes bundles.',
  })
}
