import { MANIFEST_BYTES, fetchManifest } from './oci-content.ts'
import { readManifest, type OciDescriptor } from './oci-manifest.ts'
import { formatOciReference, type OciReference } from './oci-reference.ts'
import type { Registry } from './oci-registry.ts'

/** More than are looked at. */
const MOST = 1000

/**
 * Manifests that name this one as their subject: by the registry's own list, or by the index
 * that clients keep where a registry has none.
 *
 * Source: OCI distribution specification 1.1, "Listing Referrers".
 *
 * @throws PkgError REGISTRY_FAILED, REGISTRY_DENIED, OCI_INVALID
 */
export async function listReferrers(
  registry: Registry,
  subject: OciReference & { digest: string },
): Promise<OciDescriptor[]> {
  const { repository, digest } = subject
  const answer = await registry.send({
    method: 'GET',
    url: `/v2/${repository}/referrers/${digest}`,
    scope: { repository, actions: 'pull' },
    limit: MANIFEST_BYTES,
    accept: [200, 400, 404, 405],
  })
  if (answer.status === 200) {
    return manifestsOf(readManifest(answer.body, `the referrers of ${formatOciReference(subject)}`))
  }
  const tag = digest.replace(':', '-')
  const fallback = await fetchManifest(registry, { ...subject, tag, digest: undefined })
  return fallback === undefined ? [] : manifestsOf(fallback.content)
}

function manifestsOf(content: ReturnType<typeof readManifest>): OciDescriptor[] {
  return content.kind === 'index' ? content.manifests.slice(0, MOST) : []
}
