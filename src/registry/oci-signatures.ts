import { PkgError } from '../base/errors.ts'
import {
  SIGNATURE_ANNOTATION,
  SIMPLE_SIGNING,
  signPayload,
  signingPayload,
  verifyPayload,
  type SigningKey,
} from '../signing/cosign.ts'
import { fetchBlob, fetchManifest, type FetchedManifest } from './oci-content.ts'
import { MEDIA_TYPES, descriptorJson, type OciDescriptor } from './oci-manifest.ts'
import { listReferrers } from './oci-referrers.ts'
import { formatOciReference, type OciReference } from './oci-reference.ts'
import type { Registry } from './oci-registry.ts'
import { blobOf, pushBlob, pushManifest } from './oci-upload.ts'

/** A place that is known to be one manifest. */
export type PinnedReference = OciReference & { digest: string }

/** cosign's tag for the signatures of a manifest. */
export function signatureTag(digest: string): string {
  return `${digest.replace(':', '-')}.sig`
}

/**
 * Adds a signature to those of a manifest, in cosign's layout; others stay.
 *
 * @returns digest of the manifest that now holds the signatures
 * @throws PkgError REGISTRY_FAILED, REGISTRY_DENIED, DIGEST_MISMATCH
 */
export async function pushSignature(
  registry: Registry,
  subject: PinnedReference,
  privateKey: SigningKey,
): Promise<string> {
  const { repository, digest } = subject
  const place = formatOciReference({ ...subject, tag: undefined, digest: undefined })
  const payload = signingPayload(place, digest)
  const signature = signPayload(payload, privateKey).toString('base64')
  const target = { ...subject, tag: signatureTag(digest), digest: undefined }
  const before = layersOf(await fetchManifest(registry, target))

  const blob = blobOf(payload)
  await pushBlob(registry, repository, { blob })
  const layer = {
    mediaType: SIMPLE_SIGNING,
    digest: blob.digest,
    size: blob.size,
    annotations: { [SIGNATURE_ANNOTATION]: signature },
  }
  const layers = [...before, layer]
  const config = blobOf(configOf(layers))
  await pushBlob(registry, repository, { blob: config })
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: { mediaType: IMAGE_CONFIG, size: config.size, digest: config.digest },
    layers: layers.map(descriptorJson),
  }
  const stored = await pushManifest(registry, target, {
    bytes: Buffer.from(JSON.stringify(manifest)),
    mediaType: MEDIA_TYPES.manifest,
  })
  return stored.digest
}

const IMAGE_CONFIG = 'application/vnd.oci.image.config.v1+json'
const NO_TIME = '0001-01-01T00:00:00Z'

/** cosign stores signatures as an image whose layers are the payloads. */
function configOf(layers: readonly OciDescriptor[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      architecture: '',
      created: NO_TIME,
      history: layers.map(() => ({ created: NO_TIME })),
      os: '',
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      config: {},
    }),
  )
}

/**
 * Finds a signature of a manifest by one of the keys: under cosign's tag, or among what refers
 * to the manifest.
 *
 * @returns the key that signed
 * @throws PkgError SIGNATURE_FAILED when there is none; REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function findSignature(
  registry: Registry,
  subject: PinnedReference,
  publicKeys: readonly SigningKey[],
): Promise<SigningKey> {
  let seen = 0
  for await (const layer of signatureLayers(registry, subject)) {
    if (++seen > MOST) break
    const payload = await fetchBlob(registry, subject.repository, layer)
    const signature = Buffer.from(layer.annotations?.[SIGNATURE_ANNOTATION] ?? '', 'base64')
    const key = verifyPayload({ payload, signature }, subject.digest, publicKeys)
    if (key !== undefined) return key
  }
  const name = formatOciReference(subject)
  throw new PkgError(
    'SIGNATURE_FAILED',
    seen === 0 ? `${name} is not signed` : `${name} has no signature by a trusted key`,
    { hint: 'Ask its publisher, and do not use it before you know why.' },
  )
}

/** More signatures than anybody reads; whoever may push could add them without end. */
const MOST = 100
/** A claim is some hundred bytes. */
const PAYLOAD_BYTES = 1024 * 1024

async function* signatureLayers(
  registry: Registry,
  subject: PinnedReference,
): AsyncGenerator<OciDescriptor> {
  const tagged = { ...subject, tag: signatureTag(subject.digest), digest: undefined }
  yield* layersOf(await fetchManifest(registry, tagged))
  for (const { digest } of await listReferrers(registry, subject)) {
    yield* layersOf(await fetchManifest(registry, { ...subject, tag: undefined, digest }))
  }
}

function layersOf(fetched: FetchedManifest | undefined): OciDescriptor[] {
  if (fetched?.content.kind !== 'manifest') return []
  return fetched.content.layers.filter(
    ({ mediaType, size }) => mediaType === SIMPLE_SIGNING && size <= PAYLOAD_BYTES,
  )
}
