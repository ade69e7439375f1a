import { loadChartArchive } from '../chart/archive.ts'
import type { ChartPackage } from '../chart/package-chart.ts'
import { signProvenance } from '../signing/sign-provenance.ts'

export interface ArchiveSigner {
  /** A user id of OpenPGP, or a part of one. */
  key: string
  keyring: string
  passphrase: (userId: string) => Promise<string>
  hasPassphrase: boolean
}

/**
 * Signs an archive that may be on no disk yet.
 *
 * @returns the text of its provenance file
 * @throws PkgError SIGNING_FAILED, PROVENANCE_FAILED, and all that the archive can be refused for
 */
export function provenanceOf(
  { name, bytes }: ChartPackage,
  signer: ArchiveSigner,
): Promise<string> {
  const { metadata } = loadChartArchive(bytes, { origin: name })
  return signProvenance({ ...signer, archive: bytes, fileName: name, metadata })
}
