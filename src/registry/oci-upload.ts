import { PkgError } from '../base/errors.ts'
import type { OciDescriptor } from './oci-manifest.ts'
import { MANIFEST_BYTES, blobPath, findDigest, manifestPath, mismatch } from './oci-content.ts'
import type { HttpAnswer } from '../http/open-http.ts'
import { digestOf, formatOciReference, type OciReference } from './oci-reference.ts'
import type { Registry } from './oci-registry.ts'

/** Bytes to be uploaded, read piece by piece. */
export interface Blob {
  digest: string
  size: number
  read(start: number, end: number): Promise<Uint8Array> | Uint8Array
}

export interface UploadOptions {
  /** Blobs longer than this go up in pieces of this size; not all registries take pieces. */
  chunkBytes?: number | undefined
}

const CHUNK = 64 * 1024 * 1024

/** Bytes in memory as a blob. */
export function blobOf(bytes: Uint8Array): Blob {
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    read: (start, end) => bytes.subarray(start, end),
  }
}

/**
 * Uploads bytes that the repository does not hold yet.
 *
 * @returns false when they were there
 * @throws PkgError REGISTRY_FAILED, REGISTRY_DENIED, DIGEST_MISMATCH
 */
export async function pushBlob(
  registry: Registry,
  repository: string,
  { blob, chunkBytes = CHUNK }: UploadOptions & { blob: Blob },
): Promise<boolean> {
  const upload: Upload = { registry, repository, blob }
  if (await holdsBlob(upload)) return false
  try {
    await (blob.size > chunkBytes ? pushChunks(upload, chunkBytes) : pushWhole(upload))
  } catch (error) {
    if (!isFailure(error) || (await holdsBlob(upload))) throw error
    await (blob.size > chunkBytes ? pushChunks(upload, chunkBytes) : pushWhole(upload))
  }
  return true
}

/**
 * Stores a manifest under its tag, else under its digest, and asks for it again.
 *
 * @throws PkgError REGISTRY_FAILED, REGISTRY_DENIED, DIGEST_MISMATCH
 */
export async function pushManifest(
  registry: Registry,
  reference: OciReference,
  { bytes, mediaType }: { bytes: Buffer; mediaType: string },
): Promise<OciDescriptor> {
  const digest = digestOf(bytes)
  const target = reference.tag === undefined ? { ...reference, digest } : reference
  await registry.send({
    method: 'PUT',
    url: manifestPath({ ...target, digest: target.tag === undefined ? digest : undefined }),
    headers: { 'Content-Type': mediaType },
    body: bytes,
    scope: { repository: reference.repository, actions: 'pull,push' },
    limit: MANIFEST_BYTES,
    accept: [201],
  })
  const stored = await findDigest(registry, {
    ...target,
    digest: undefined,
    ...(target.tag === undefined ? { digest } : {}),
  })
  if (stored !== digest) {
    throw mismatch(formatOciReference(reference), digest, stored ?? 'no manifest')
  }
  return { mediaType, digest, size: bytes.length }
}

interface Upload {
  registry: Registry
  repository: string
  blob: Blob
}

async function holdsBlob({ registry, repository, blob }: Upload): Promise<boolean> {
  const answer = await registry.send({
    method: 'HEAD',
    url: blobPath(repository, blob.digest),
    scope: { repository, actions: 'pull,push' },
    limit: 0,
    accept: [200, 404],
  })
  return answer.status === 200
}

async function pushWhole(upload: Upload): Promise<void> {
  const { blob } = upload
  const start = await startUpload(upload)
  await finishUpload(upload, start, await blob.read(0, blob.size))
}

/** Sends pieces; after a broken connection the registry is asked how far it got. */
async function pushChunks(upload: Upload, chunkBytes: number): Promise<void> {
  const { blob } = upload
  let answer = await startUpload(upload)
  const least = Number(answer.headers.get('oci-chunk-min-length') ?? 0)
  const step = Math.max(chunkBytes, Number.isSafeInteger(least) && least > 0 ? least : 0)
  let hasResumed = false
  for (let at = 0; at < blob.size;) {
    const end = Math.min(blob.size, at + step)
    try {
      answer = await sendChunk(upload, answer, { at, chunk: await blob.read(at, end) })
      at = end
    } catch (error) {
      if (hasResumed || !isFailure(error)) throw error
      hasResumed = true
      answer = await statusOf(upload, answer)
      at = receivedBytes(answer)
    }
  }
  await finishUpload(upload, answer, new Uint8Array())
}

async function startUpload({ registry, repository }: Upload): Promise<HttpAnswer> {
  return registry.send({
    method: 'POST',
    url: `/v2/${repository}/blobs/uploads/`,
    headers: { 'Content-Length': '0' },
    scope: { repository, actions: 'pull,push' },
    limit: MANIFEST_BYTES,
    accept: [202],
  })
}

async function sendChunk(
  { registry, repository }: Upload,
  before: HttpAnswer,
  { at, chunk }: { at: number; chunk: Uint8Array },
): Promise<HttpAnswer> {
  return withLocation(
    before,
    await registry.send({
      method: 'PATCH',
      url: locationOf(registry, before),
      headers: {
        'Content-Type': 'application/octet-stream',
        'Content-Range': `${at}-${at + chunk.length - 1}`,
      },
      body: chunk,
      scope: { repository, actions: 'pull,push' },
      limit: MANIFEST_BYTES,
      accept: [202],
    }),
  )
}

async function statusOf({ registry, repository }: Upload, before: HttpAnswer): Promise<HttpAnswer> {
  return withLocation(
    before,
    await registry.send({
      method: 'GET',
      url: locationOf(registry, before),
      scope: { repository, actions: 'pull,push' },
      limit: MANIFEST_BYTES,
      accept: [204],
    }),
  )
}

/** An answer that names no place goes on where the one before it did. */
function withLocation(before: HttpAnswer, answer: HttpAnswer): HttpAnswer {
  if (answer.headers.has('location')) return answer
  const location = before.headers.get('location') ?? ''
  return { ...answer, headers: new Map([...answer.headers, ['location', location]]) }
}

/** `Range: 0-1023` says that 1,024 bytes have come; `0-0` also stands for none. */
function receivedBytes(answer: HttpAnswer): number {
  const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers.get('range') ?? '') ?? []
  return last === undefined || last === '0' ? 0 : Number(last) + 1
}

async function finishUpload(
  { registry, repository, blob }: Upload,
  before: HttpAnswer,
  rest: Uint8Array,
): Promise<void> {
  const url = locationOf(registry, before)
  url.searchParams.set('digest', blob.digest)
  const answer = await registry.send({
    method: 'PUT',
    url,
    headers: { 'Content-Type': 'application/octet-stream' },
    body: rest,
    scope: { repository, actions: 'pull,push' },
    limit: MANIFEST_BYTES,
    accept: [201],
  })
  const stored = answer.headers.get('docker-content-digest')
  if (stored !== undefined && stored !== blob.digest) {
    throw mismatch(`${registry.host}/${repository}`, blob.digest, stored)
  }
}

/** Where an upload goes on; it may be a path, and may have a query that must be kept. */
function locationOf(registry: Registry, answer: HttpAnswer): URL {
  const location = answer.headers.get('location') ?? ''
  if (location === '' || !URL.canParse(location, registry.origin.href)) {
    throw new PkgError(
      'REGISTRY_FAILED',
      `the registry ${registry.host} names no place to upload to`,
    )
  }
  return new URL(location, registry.origin)
}

function isFailure(error: unknown): boolean {
  return error instanceof PkgError && error.code === 'REGISTRY_FAILED'
}
