import { PkgError } from '../base/errors.ts'
import { loadChartArchive } from '../chart/archive.ts'
import { LIMITS } from '../base/limits.ts'
import { packArtefact, type ArtefactParts } from './oci-artefact.ts'
import {
  fetchBlob,
  fetchManifest,
  findDigest,
  mismatch,
  type FetchedManifest,
} from './oci-content.ts'
import { MEDIA_TYPES, type OciDescriptor, type OciIndex, type OciManifest } from './oci-manifest.ts'
import {
  formatOciReference,
  parseOciReference,
  tagOfVersion,
  type OciReference,
} from './oci-reference.ts'
import { openRegistry, type Registry, type RegistryOptions } from './oci-registry.ts'
import { pushBlob, pushManifest, type UploadOptions } from './oci-upload.ts'
import { isJsonObject, parseJson } from '../base/json.ts'

/** A chart out of a registry; every digest and size has been checked. */
export interface PulledChart {
  /** The reference with the digest of the chart's manifest. */
  reference: OciReference
  manifest: OciDescriptor
  archive: Buffer
  /** Digest of the archive: `sha256:…`. */
  archiveDigest: string
  /** `NAME-VERSION.tgz`, the name that a provenance file speaks of. */
  fileName: string
  /** The provenance file that was pushed with the chart. */
  provenance: Buffer | undefined
}

/**
 * Fetches a chart by tag or digest; with both, the tag must stand for that digest.
 *
 * @throws PkgError CHART_NOT_FOUND, DIGEST_MISMATCH, OCI_INVALID, REGISTRY_FAILED,
 *   REGISTRY_DENIED, and all that a chart's archive can be refused for
 */
export async function pullChart(
  reference: OciReference,
  options: RegistryOptions = {},
): Promise<PulledChart> {
  const registry = openRegistry(reference.registry, options)
  await assertTagIsDigest(registry, reference)
  const { descriptor, content } = await fetchChartManifest(registry, reference)
  const { chart, provenance } = layersOf(content, formatOciReference(reference))
  const [config, archive, prov] = await Promise.all([
    fetchBlob(registry, reference.repository, content.config),
    fetchBlob(registry, reference.repository, chart),
    provenance && fetchBlob(registry, reference.repository, provenance),
  ])
  const fileName = checkChart({ archive, config, reference }, options)
  return {
    reference: { ...reference, digest: descriptor.digest },
    manifest: descriptor,
    archive,
    archiveDigest: chart.digest,
    fileName,
    provenance: prov,
  }
}

/** A tag beside a digest is only there to be read; it must not tell another story. */
async function assertTagIsDigest(registry: Registry, reference: OciReference): Promise<void> {
  const { tag, digest } = reference
  if (tag === undefined || digest === undefined) return
  const named = await findDigest(registry, { ...reference, digest: undefined })
  if (named !== undefined && named !== digest) {
    throw new PkgError(
      'DIGEST_MISMATCH',
      `chart reference digest mismatch: ${named} is not ${digest}`,
      { hint: `The tag "${tag}" has moved. Leave it out to go by the digest alone.` },
    )
  }
}

const INDEX_DEPTH = 3

/** The manifest of a chart; an index is followed when it holds exactly one. */
async function fetchChartManifest(
  registry: Registry,
  reference: OciReference,
): Promise<FetchedManifest & { content: OciManifest }> {
  let at = reference
  for (let depth = 0; depth < INDEX_DEPTH; depth++) {
    const fetched = await fetchManifest(registry, at)
    if (fetched === undefined) throw notFound(reference)
    const { content } = fetched
    if (content.kind === 'manifest') return { ...fetched, content }
    const [first, ...others] = content.manifests
    if (first === undefined || others.length > 0) {
      throw new PkgError(
        'OCI_INVALID',
        `${formatOciReference(at)} is an index of ${content.manifests.length} manifests, not a chart`,
        { hint: 'Name one of them by its digest.' },
      )
    }
    at = { ...reference, tag: undefined, digest: first.digest }
  }
  throw new PkgError('OCI_INVALID', `${formatOciReference(reference)} nests indexes too deeply`)
}

function notFound(reference: OciReference): PkgError {
  return new PkgError('CHART_NOT_FOUND', `${formatOciReference(reference)}: not found`, {
    hint: `Run "kubectl pkg tags oci://${reference.registry}/${reference.repository}" to see its versions.`,
  })
}

/** The layer that is a chart's archive; undefined in an artefact that is no chart. */
export function chartLayerOf(content: OciManifest | OciIndex): OciDescriptor | undefined {
  if (content.kind !== 'manifest') return undefined
  return content.layers.find(({ mediaType }) => CHART_TYPES.includes(mediaType))
}

interface ChartLayers {
  chart: OciDescriptor
  provenance: OciDescriptor | undefined
}

function layersOf({ config, layers }: OciManifest, name: string): ChartLayers {
  if (config.mediaType !== MEDIA_TYPES.config) {
    throw new PkgError(
      'OCI_INVALID',
      `${name}: could not load config with mediatype ${MEDIA_TYPES.config}`,
      {
        hint: `It is no Helm chart: its configuration is "${config.mediaType}".`,
      },
    )
  }
  const charts = layers.filter(({ mediaType }) => CHART_TYPES.includes(mediaType))
  const [chart] = charts
  if (chart === undefined || charts.length > 1) {
    throw new PkgError(
      'OCI_INVALID',
      `${name}: the manifest holds ${charts.length} layers with mediatype ${MEDIA_TYPES.chart}`,
    )
  }
  const provenance = layers.find(({ mediaType }) => mediaType === MEDIA_TYPES.provenance)
  assertSize(name, config, CONFIG_BYTES)
  assertSize(name, chart, LIMITS.archiveBytes)
  if (provenance !== undefined) assertSize(name, provenance, CONFIG_BYTES)
  return { chart, provenance }
}

const CHART_TYPES: readonly string[] = [MEDIA_TYPES.chart, MEDIA_TYPES.legacyChart]
const CONFIG_BYTES = 4 * 1024 * 1024

function assertSize(name: string, { mediaType, size }: OciDescriptor, most: number): void {
  if (size <= most) return
  throw new PkgError('CHART_TOO_LARGE', `${name}: "${mediaType}" has ${size} bytes`, {
    hint: `The most is ${most}.`,
  })
}

/** The archive must be of the chart that the reference and the configuration name. */
function checkChart(
  { archive, config, reference }: { archive: Buffer; config: Buffer; reference: OciReference },
  { allowMismatch }: RegistryOptions,
): string {
  const { name, version } = loadChartArchive(archive, {
    origin: `oci://${formatOciReference(reference)}`,
  }).metadata
  const claimed = parseJson(config)
  const claims = isJsonObject(claimed) ? [claimed['name'], claimed['version']] : []
  const isSame = claims[0] === name && claims[1] === version
  const isTagged = reference.tag === undefined || reference.tag === tagOfVersion(version)
  if (allowMismatch !== true && !(isSame && isTagged)) {
    throw new PkgError(
      'DIGEST_MISMATCH',
      `${formatOciReference(reference)} holds ${name} ${version}`,
      {
        hint: 'Its registry or publisher mixed charts up. --allow-mismatch takes it as it is.',
        details: isSame ? [] : [`its configuration says ${claims.map(String).join(' ')}`],
      },
    )
  }
  return `${name}-${version}.tgz`
}

export interface PushRequest extends ArtefactParts {
  /** Where it goes: `oci://HOST/PATH`; the chart's name is put behind it. */
  target: string
}

export interface PushedChart {
  /** With tag; its digest is the manifest's. */
  reference: OciReference
  digest: string
  name: string
  version: string
}

/**
 * Pushes a chart as Helm does, so that either can pull it.
 *
 * Source: helm.sh/helm/v4 pkg/registry/client.go `Push`, pkg/pusher/ocipusher.go.
 *
 * @throws PkgError OCI_REFERENCE_INVALID, REGISTRY_FAILED, REGISTRY_DENIED, DIGEST_MISMATCH, and
 *   all that a chart's archive can be refused for
 */
export async function pushChart(
  request: PushRequest,
  options: RegistryOptions & UploadOptions = {},
): Promise<PushedChart> {
  const { target } = request
  const { metadata, manifest, blobs } = packArtefact(request)
  const base = target.replace(/\/+$/, '')
  const reference = parseOciReference(`${base}/${metadata.name}:${metadata.version}`)
  const registry = openRegistry(reference.registry, options)
  for (const blob of blobs) {
    await pushBlob(registry, reference.repository, { blob, chunkBytes: options.chunkBytes })
  }
  const { digest } = await pushManifest(registry, reference, {
    bytes: manifest,
    mediaType: MEDIA_TYPES.manifest,
  })
  return { reference, digest, name: metadata.name, version: metadata.version }
}

/** The digest of a reference's manifest, without fetching the chart. @throws as `pullChart` */
export async function resolveDigest(
  reference: OciReference,
  options: RegistryOptions = {},
): Promise<string> {
  const registry = openRegistry(reference.registry, options)
  const digest = await findDigest(registry, reference)
  if (digest === undefined) throw notFound(reference)
  if (reference.digest !== undefined && digest !== reference.digest) {
    throw mismatch(formatOciReference(reference), reference.digest, digest)
  }
  return digest
}
