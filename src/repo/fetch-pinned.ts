import { sha256 } from '../base/digest.ts'
import { LIMITS } from '../base/limits.ts'
import { shownAddress } from '../base/shown-address.ts'
import type { ChartSite } from './chart-site.ts'
import { assertDigest, offline } from './fetch-archive.ts'

/**
 * Gives a file that a chart names by its address and digest: out of the cache, else from the
 * address, and then the cache keeps it. Nobody's credentials are sent.
 *
 * @param digest sha256, in hexadecimal digits
 * @throws PkgError DIGEST_MISMATCH, OFFLINE, REPOSITORY_UNREACHABLE, URL_REFUSED
 */
export async function fetchPinned(url: string, digest: string, site: ChartSite): Promise<Buffer> {
  const cached = await site.blobs.read(digest)
  if (cached !== undefined) return cached
  if (site.isOffline) throw offline(shownAddress(url))
  const { body } = await site.downloader.get(url, { bytes: LIMITS.archiveBytes })
  assertDigest(digest, sha256(body), shownAddress(url))
  await site.blobs.write(body)
  return body
}
