import { published } from './publish-folder.ts'
import type { PublishedChart, PublishItem } from './publish-item.ts'
import { fetchManifest } from '../registry/oci-content.ts'
import { parseOciReference, tagOfVersion } from '../registry/oci-reference.ts'
import { openRegistry, type RegistryOptions } from '../registry/oci-registry.ts'
import { chartLayerOf, pushChart } from '../registry/oci.ts'

export interface RegistryTarget {
  /** `oci://HOST/PATH`; the chart's name is put behind it. */
  target: string
  overwrite: boolean
  dryRun: boolean
  now: Date
}

/**
 * Pushes archives to a registry, one after the other, once it is known that none of their tags
 * stands for other bytes.
 *
 * A registry has no lock: of two runs that publish other bytes under one tag at the same moment,
 * the later one wins.
 *
 * @throws PkgError VERSION_PUBLISHED, before anything is pushed; REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function publishToRegistry(
  items: readonly PublishItem[],
  target: RegistryTarget,
  options: RegistryOptions,
): Promise<PublishedChart[]> {
  const steps = await Promise.all(items.map((item) => plan(item, target.target, options)))
  const taken = steps.filter(({ result }) => result.outcome === 'replaced')
  if (taken.length > 0 && !target.overwrite) {
    throw published(taken.map(({ result }) => `${result.name} ${result.version}`))
  }
  const results: PublishedChart[] = []
  for (const { item, result } of steps) {
    if (target.dryRun || result.outcome === 'unchanged') results.push(result)
    else results.push({ ...result, digest: await push(item, target, options) })
  }
  return results
}

interface Step {
  item: PublishItem
  result: PublishedChart
}

/** Asks what the tag stands for: Helm writes the time into a manifest, so archives are compared. */
async function plan(item: PublishItem, target: string, options: RegistryOptions): Promise<Step> {
  const { name, version } = item.metadata
  const location = `${target.replace(/\/+$/, '')}/${name}:${tagOfVersion(version)}`
  const reference = parseOciReference(location)
  const known = await fetchManifest(openRegistry(reference.registry, options), reference)
  const digest = `sha256:${item.digest}`
  const result: PublishedChart = { name, version, digest, location, outcome: 'published' }
  if (known === undefined) return { item, result }
  if (chartLayerOf(known.content)?.digest !== digest) {
    return { item, result: { ...result, outcome: 'replaced' } }
  }
  return { item, result: { ...result, digest: known.descriptor.digest, outcome: 'unchanged' } }
}

async function push(
  { archive, provenance }: PublishItem,
  { target, now }: RegistryTarget,
  options: RegistryOptions,
): Promise<string> {
  return (await pushChart({ archive, provenance, target, created: now }, options)).digest
}
