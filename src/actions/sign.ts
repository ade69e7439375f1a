import { loadChartArchive } from '../chart/archive.ts'
import { readArchive } from '../chart/archive-file.ts'
import { saveProvenance } from '../chart/save-package.ts'
import { signProvenance } from '../signing/sign-provenance.ts'

export interface SignFileRequest {
  /** Path of a .tgz. */
  archive: string
  /** A user id of OpenPGP, or a part of one. */
  key: string
  keyring: string
  passphrase: (userId: string) => Promise<string>
  hasPassphrase: boolean
}

/**
 * Writes the provenance file of an archive beside it.
 *
 * @returns path of the provenance file
 * @throws PkgError SIGNING_FAILED, PROVENANCE_FAILED, FILE_UNWRITABLE, and all that the archive
 *   can be refused for
 */
export async function signArchive({ archive: path, ...how }: SignFileRequest): Promise<string> {
  const { bytes, name } = readArchive(path)
  const { metadata } = loadChartArchive(bytes, { origin: path })
  const text = await signProvenance({
    ...how,
    archive: bytes,
    fileName: name,
    metadata,
  })
  return saveProvenance(path, text)
}
