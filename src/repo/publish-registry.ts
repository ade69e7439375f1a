import { published } from './publish-folder.ts'
import type { PublishedChart, PublishItem } from './publish-item.ts'
import { findDigest } from './oci-content.ts'
import { parseOciReference, tagOfVersion } from './oci-reference.ts'
import { openRegistry, type RegistryOptions } from './oci-registry.ts'
import { pushChart } from './oci.ts'

export interface RegistryTarget {
  /** `oci://HOST/PATH`; the chart's name is put behind it. */
  target: string
  overwrite: boolean
  dryRun: boolean
  now: Date
}

/**
 * Pushes an archive to a registry, unless its tag is there.
 *
 * @throws PkgError VERSION_PUBLISHED, REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function publishToRegistry(
  { archive, provenance, metadata, digest }: PublishItem,
  { target, overwrite, dryRun, now }: RegistryTarget,
  options: RegistryOptions,
): Promise<PublishedChart> {
  const { name, version } = metadata
  const location = `${target.replace(/\/+$/, '')}/${name}:${tagOfVersion(version)}`
  const reference = parseOciReference(location)
  const known = await findDigest(openRegistry(reference.registry, options), reference)
  if (known !== undefined && !overwrite) throw published([`${name} ${version}`])
  const outcome = known === undefined ? 'published' : 'replaced'
  if (dryRun) return { name, version, digest: `sha256:${digest}`, location, outcome }
  const pushed = await pushChart({ archive, provenance, target, created: now }, options)
  return { name, version, digest: pushed.digest, location, outcome }
}
