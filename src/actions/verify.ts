import { PkgError } from '../base/errors.ts'
import { loadChartArchive } from '../chart/archive.ts'
import type { Chart } from '../chart/chart.ts'
import { isFolder, readArchive } from '../chart/archive-file.ts'
import { isOci, parseOciReference } from '../registry/oci-reference.ts'
import type { RegistryOptions } from '../registry/oci-registry.ts'
import { resolveTag } from '../registry/oci-tags.ts'
import { pullChart } from '../registry/oci.ts'
import { verifyProvenance, type Verification } from '../signing/verify-provenance.ts'

import type { VerifySettings } from './verify-fetched.ts'

/**
 * Checks an archive against the provenance file beside it, or a chart in a registry against
 * the one it was pushed with.
 *
 * @throws PkgError PROVENANCE_FAILED, CHART_NOT_FOUND, CHART_INVALID, and what `pullChart` throws
 */
export async function verifyChart(
  place: string,
  { keyring, now }: VerifySettings,
  registry: RegistryOptions,
): Promise<Verification> {
  if (!isOci(place)) {
    if (place.endsWith('.tgz.prov')) throw isProvenance(place)
    const { bytes: archive, name: fileName, provenance } = readArchive(place)
    return verifyProvenance({ archive, provenance, fileName, keyring, now })
  }
  const reference = await resolveTag(parseOciReference(place), '', registry)
  return verifyProvenance({ ...(await pullChart(reference, registry)), keyring, now })
}

/**
 * Loads a chart from an archive that a provenance file vouches for: the bytes that are checked
 * are those that are read.
 *
 * @throws PkgError PROVENANCE_FAILED, also for folders and standard input, and all that an
 *   archive can be refused for
 */
export async function loadVerified(
  path: string,
  { keyring, now, onVerified }: VerifySettings,
  options: { anyApiVersion?: boolean | undefined } = {},
): Promise<Chart> {
  if (path === '-') throw unverifiable('standard input has no provenance file')
  if (isFolder(path)) throw unverifiable('unpacked charts cannot be verified')
  const { bytes: archive, name, provenance } = readArchive(path)
  const verification = await verifyProvenance({ archive, provenance, fileName: name, keyring, now })
  onVerified?.(verification)
  return loadChartArchive(archive, { origin: path, path, ...options })
}

function isProvenance(path: string): PkgError {
  return new PkgError('USAGE', `${path} is the provenance file itself`, {
    hint: `Name the archive: ${path.slice(0, -'.prov'.length)}.`,
  })
}

function unverifiable(message: string): PkgError {
  return new PkgError('PROVENANCE_FAILED', message, {
    hint: 'Name an archive that "package --sign" made, or leave out --verify.',
  })
}
