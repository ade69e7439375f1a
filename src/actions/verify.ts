import { readArchive } from '../chart/archive-file.ts'
import { verifyProvenance, type Verification } from '../signing/verify-provenance.ts'

/**
 * Checks an archive against the provenance file beside it.
 *
 * @param keyring path of the public keys that are trusted
 * @param now milliseconds since 1970
 * @throws PkgError PROVENANCE_FAILED, CHART_NOT_FOUND, CHART_INVALID
 */
export async function verifyArchive(
  path: string,
  { keyring, now }: { keyring: string; now: number },
): Promise<Verification> {
  const { bytes: archive, name, provenance } = readArchive(path)
  return verifyProvenance({ archive, provenance, fileName: name, keyring, now })
}
