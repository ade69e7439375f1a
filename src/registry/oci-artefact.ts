import { loadChartArchive } from '../chart/archive.ts'
import { metadataJson } from '../chart/metadata-document.ts'
import type { ChartMetadata } from '../chart/metadata.ts'
import { chartAnnotations } from './oci-annotations.ts'
import { MEDIA_TYPES, descriptorJson, type OciDescriptor } from './oci-manifest.ts'
import { blobOf, type Blob } from './oci-upload.ts'

export interface ArtefactParts {
  archive: Buffer
  provenance?: Buffer | undefined
  /** When the archive was made, for the manifest's annotation. */
  created: Date
}

/** A chart as registries hold it. */
export interface Artefact {
  metadata: ChartMetadata
  manifest: Buffer
  /** What the manifest names: the configuration first. */
  blobs: Blob[]
}

/**
 * Makes what a registry holds of a chart, byte for byte as Helm does.
 *
 * Source: helm.sh/helm/v4 pkg/registry/client.go `Push`.
 *
 * @throws PkgError as `loadChartArchive` does
 */
export function packArtefact({ archive, provenance, created }: ArtefactParts): Artefact {
  const { metadata } = loadChartArchive(archive, { origin: 'archive' })
  const parts: { bytes: Buffer; mediaType: string }[] = [
    { bytes: Buffer.from(metadataJson(metadata)), mediaType: MEDIA_TYPES.config },
    { bytes: archive, mediaType: MEDIA_TYPES.chart },
  ]
  if (provenance !== undefined) {
    parts.push({ bytes: provenance, mediaType: MEDIA_TYPES.provenance })
  }
  const blobs = parts.map(({ bytes }) => blobOf(bytes))
  const descriptors = blobs.map(({ digest, size }, at): OciDescriptor => ({
    mediaType: parts[at]?.mediaType ?? '',
    digest,
    size,
  }))
  return {
    metadata,
    blobs,
    manifest: manifestBytes(descriptors, chartAnnotations(metadata, created)),
  }
}

/** The manifest as Go writes it: layers by digest, annotations by name. */
function manifestBytes(
  [config, ...layers]: OciDescriptor[],
  annotations: Readonly<Record<string, string>>,
): Buffer {
  layers.sort((left, right) => (left.digest < right.digest ? -1 : 1))
  const sorted = Object.entries(annotations).sort(([left], [right]) => (left < right ? -1 : 1))
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: config && descriptorJson(config),
      layers: layers.map(descriptorJson),
      annotations: Object.fromEntries(sorted),
    }),
  )
}
