import { sha256 } from '../base/digest.ts'
import { loadChartArchive } from '../chart/archive.ts'
import type { ChartMetadata } from '../chart/metadata.ts'

/** An archive that is to be published. */
export interface PublishItem {
  metadata: ChartMetadata
  archive: Buffer
  /** `NAME-VERSION.tgz`. */
  fileName: string
  /** sha256 of the archive in hexadecimal digits. */
  digest: string
  provenance: Buffer | undefined
}

/** What became of an archive, with the names of `-o json`. */
export interface PublishedChart {
  name: string
  version: string
  /** `sha256:…`: of the archive, or of the manifest in a registry. */
  digest: string
  /** Where it can be fetched. */
  location: string
  outcome: 'published' | 'replaced' | 'unchanged'
}

/** Reads what an archive is of. @throws PkgError as an archive is refused */
export function publishItem(
  archive: Buffer,
  provenance: Buffer | undefined,
  origin: string,
): PublishItem {
  const { metadata } = loadChartArchive(archive, { origin })
  const fileName = `${metadata.name}-${metadata.version}.tgz`
  return { metadata, archive, fileName, digest: sha256(archive), provenance }
}
