import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson, type JsonObject } from '../base/json.ts'
import { isDigest } from './oci-reference.ts'

/** What an artefact names: bytes by type, digest and size. */
export interface OciDescriptor {
  mediaType: string
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string
  /** Bytes. */
  size: number
  annotations?: Readonly<Record<string, string>> | undefined
  artifactType?: string | undefined
  platform?: Readonly<Record<string, string>> | undefined
}

/** One artefact: its configuration and its layers. */
export interface OciManifest {
  kind: 'manifest'
  mediaType: string
  artifactType: string | undefined
  config: OciDescriptor
  layers: OciDescriptor[]
  annotations: Readonly<Record<string, string>>
}

/** A list of manifests. */
export interface OciIndex {
  kind: 'index'
  mediaType: string
  manifests: OciDescriptor[]
}

export const MEDIA_TYPES = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  config: 'application/vnd.cncf.helm.config.v1+json',
  chart: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  legacyChart: 'application/tar+gzip',
  provenance: 'application/vnd.cncf.helm.chart.provenance.v1.prov',
} as const

/** No more layers than any chart or image has. */
const LAYERS = 1000
/** The most that a descriptor may say: 1 TiB is a lie, 64 GiB may be an image's layer. */
const LARGEST = 64 * 1024 ** 3

/**
 * Reads a manifest or an index; all that this program goes by is checked.
 *
 * @param name what messages call it
 * @throws PkgError OCI_INVALID
 */
export function readManifest(bytes: Buffer, name: string): OciManifest | OciIndex {
  const document = parseJson(bytes)
  if (!isJsonObject(document) || document['schemaVersion'] !== 2) {
    throw invalid(name, 'it is no manifest of version 2')
  }
  const hasLayers = document['layers'] !== undefined
  const hasManifests = document['manifests'] !== undefined
  if (hasLayers && hasManifests) throw invalid(name, 'it is both a manifest and an index')
  const mediaType = textOf(document['mediaType'])
  if (hasManifests) {
    const manifests = readDescriptors(document['manifests'], name)
    return { kind: 'index', mediaType: mediaType ?? MEDIA_TYPES.index, manifests }
  }
  if (!hasLayers) throw invalid(name, 'it has no layers')
  return {
    kind: 'manifest',
    mediaType: mediaType ?? MEDIA_TYPES.manifest,
    artifactType: textOf(document['artifactType']),
    config: readDescriptor(document['config'], name),
    layers: readDescriptors(document['layers'], name),
    annotations: readAnnotations(document['annotations']) ?? {},
  }
}

/** Reads the descriptors of a list. @throws PkgError OCI_INVALID */
export function readDescriptors(value: unknown, name: string): OciDescriptor[] {
  if (!Array.isArray(value) || value.length > LAYERS) {
    throw invalid(name, `its layers are no list of at most ${LAYERS}`)
  }
  return value.map((each) => readDescriptor(each, name))
}

function readDescriptor(value: unknown, name: string): OciDescriptor {
  if (!isJsonObject(value)) throw invalid(name, 'a descriptor is no object')
  const { mediaType, digest, size } = value
  if (typeof mediaType !== 'string' || mediaType === '') {
    throw invalid(name, 'a descriptor has no media type')
  }
  if (!isDigest(digest)) {
    throw new PkgError('DIGEST_MISMATCH', `${name}: unsupported digest ${JSON.stringify(digest)}`, {
      hint: 'Digests are sha256: and 64 hexadecimal digits.',
    })
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > LARGEST) {
    throw invalid(name, `a size is ${JSON.stringify(size)}`)
  }
  return {
    mediaType,
    digest,
    size,
    annotations: readAnnotations(value['annotations']),
    artifactType: textOf(value['artifactType']),
    platform: readAnnotations(value['platform']),
  }
}

function readAnnotations(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isJsonObject(value)) return undefined
  const texts = Object.entries(value).filter(([, text]) => typeof text === 'string')
  // Keys come from outside: `__proto__` must stay a key like any other.
  return Object.fromEntries(texts) as Record<string, string>
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A descriptor as JSON, without what is not there. */
export function descriptorJson({
  mediaType,
  digest,
  size,
  annotations,
}: OciDescriptor): JsonObject {
  return { mediaType, digest, size, ...(annotations === undefined ? {} : { annotations }) }
}

function invalid(name: string, reason: string): PkgError {
  return new PkgError('OCI_INVALID', `${name} is not well-formed: ${reason}`)
}
