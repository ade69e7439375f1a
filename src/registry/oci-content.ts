import { openSha256 } from '../base/digest.ts'
import { PkgError } from '../base/errors.ts'
import {
  readManifest,
  MEDIA_TYPES,
  type OciDescriptor,
  type OciIndex,
  type OciManifest,
} from './oci-manifest.ts'
import { digestOf, formatOciReference, isDigest, type OciReference } from './oci-reference.ts'
import type { Registry } from './oci-registry.ts'

/** More than any manifest needs. */
export const MANIFEST_BYTES = 4 * 1024 * 1024

const ACCEPT = [
  MEDIA_TYPES.manifest,
  MEDIA_TYPES.index,
  MEDIA_TYPES.dockerManifest,
  MEDIA_TYPES.dockerList,
].join(', ')

/** A manifest with the bytes that its digest is of. */
export interface FetchedManifest {
  descriptor: OciDescriptor
  bytes: Buffer
  content: OciManifest | OciIndex
}

/**
 * Asks which manifest a tag stands for, without fetching it.
 *
 * @returns undefined when there is no such tag
 * @throws PkgError REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function findDigest(
  registry: Registry,
  reference: OciReference,
): Promise<string | undefined> {
  const answer = await registry.send({
    method: 'HEAD',
    url: manifestPath(reference),
    headers: { Accept: ACCEPT },
    scope: { repository: reference.repository, actions: 'pull' },
    limit: MANIFEST_BYTES,
    accept: [200, 404],
  })
  if (answer.status === 404) return undefined
  const named = answer.headers.get('docker-content-digest')
  if (isDigest(named)) return named
  return (await fetchManifest(registry, reference))?.descriptor.digest
}

/**
 * Fetches a manifest by its digest, else by its tag, and checks it against every digest that
 * is named for it.
 *
 * @returns undefined when there is none
 * @throws PkgError DIGEST_MISMATCH, OCI_INVALID, REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function fetchManifest(
  registry: Registry,
  reference: OciReference,
): Promise<FetchedManifest | undefined> {
  const name = formatOciReference(reference)
  const answer = await registry.send({
    method: 'GET',
    url: manifestPath(reference),
    headers: { Accept: ACCEPT },
    scope: { repository: reference.repository, actions: 'pull' },
    limit: MANIFEST_BYTES,
    accept: [200, 404],
  })
  if (answer.status === 404) return undefined
  const { body: bytes } = answer
  const digest = digestOf(bytes)
  const claims = [reference.digest, answer.headers.get('docker-content-digest')]
  for (const claim of claims) {
    if (claim !== undefined && claim !== digest) throw mismatch(name, claim, digest)
  }
  const content = readManifest(bytes, name)
  return {
    bytes,
    content,
    descriptor: { mediaType: content.mediaType, digest, size: bytes.length },
  }
}

/**
 * Fetches the bytes that a descriptor names.
 *
 * @throws PkgError DIGEST_MISMATCH, OCI_INVALID, REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function fetchBlob(
  registry: Registry,
  repository: string,
  descriptor: OciDescriptor,
): Promise<Buffer> {
  const { digest, size } = descriptor
  const { status, body } = await registry.send({
    method: 'GET',
    url: blobPath(repository, digest),
    scope: { repository, actions: 'pull' },
    // One byte more tells a body that is too long from one that has its size.
    limit: size + 1,
    accept: [200, 404],
  })
  const name = `${registry.host}/${repository}@${digest}`
  if (status === 404) throw new PkgError('OCI_INVALID', `${name}: the registry has no such blob`)
  if (body.length !== size) {
    throw new PkgError('DIGEST_MISMATCH', `${name}: expected ${size} bytes, got ${body.length}`)
  }
  const computed = digestOf(body)
  if (computed !== digest) throw mismatch(name, digest, computed)
  return body
}

/**
 * Fetches the bytes that a descriptor names piece by piece; whoever takes them must not use
 * them before this ends well.
 *
 * @throws PkgError as `fetchBlob`
 */
export async function streamBlob(
  registry: Registry,
  { repository, descriptor }: { repository: string; descriptor: OciDescriptor },
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  const { digest, size } = descriptor
  const hash = openSha256()
  let length = 0
  const { status } = await registry.send({
    method: 'GET',
    url: blobPath(repository, digest),
    scope: { repository, actions: 'pull' },
    limit: size,
    accept: [200, 404],
    async sink(chunk) {
      hash.update(chunk)
      length += chunk.length
      await take(chunk)
    },
  })
  const name = `${registry.host}/${repository}@${digest}`
  if (status === 404) throw new PkgError('OCI_INVALID', `${name}: the registry has no such blob`)
  if (length !== size) {
    throw new PkgError('DIGEST_MISMATCH', `${name}: expected ${size} bytes, got ${length}`)
  }
  const computed = `sha256:${hash.digest()}`
  if (computed !== digest) throw mismatch(name, digest, computed)
}

/** The path of a manifest by its digest, else by its tag. */
export function manifestPath({ repository, tag, digest }: OciReference): string {
  return `/v2/${repository}/manifests/${digest ?? tag ?? 'latest'}`
}

export function blobPath(repository: string, digest: string): string {
  return `/v2/${repository}/blobs/${digest}`
}

/** The error for bytes that are not those of their digest. */
export function mismatch(name: string, expected: string, got: string): PkgError {
  return new PkgError('DIGEST_MISMATCH', `${name}: expected ${expected}, got ${got}`, {
    hint: 'Nothing of it was used. Ask who runs the registry, or try again.',
  })
}
