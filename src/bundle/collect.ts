import { PkgError } from '../base/errors.ts'
import type { BundleBlob, BundleContent } from './write.ts'
import { packArtefact, type ArtefactParts } from '../registry/oci-artefact.ts'
import {
  fetchBlob,
  fetchManifest,
  streamBlob,
  type FetchedManifest,
} from '../registry/oci-content.ts'
import type { OciDescriptor } from '../registry/oci-manifest.ts'
import { MEDIA_TYPES } from '../registry/oci-manifest.ts'
import {
  digestOf,
  formatOciReference,
  parseOciReference,
  type OciReference,
} from '../registry/oci-reference.ts'
import { openRegistry, type Registry, type RegistryOptions } from '../registry/oci-registry.ts'
import { signatureTag } from '../registry/oci-signatures.ts'

export const REF_NAME = 'org.opencontainers.image.ref.name'
/** `chart`, `signature` or `image`. */
export const KIND = 'kubectl-pkg/kind'
/** Images that a chart was found to run, as a list in JSON. */
export const IMAGES = 'kubectl-pkg/images'

/** Gathers what goes into a bundle; each blob is in it once. */
export interface BundleCollector extends BundleContent {
  /** Adds a chart that is known by its archive. */
  addArchive(parts: ArtefactParts, images: readonly string[]): void
  /** Adds a chart as its registry has it, with its signatures. */
  addArtefact(
    reference: OciReference & { digest: string },
    images: readonly string[],
  ): Promise<void>
  /** Adds an image for all platforms, or for one: `linux/amd64`. */
  addImage(name: string, platform: string | undefined): Promise<void>
}

/** Starts an empty bundle. */
export function openCollector(options: RegistryOptions): BundleCollector {
  const entries: OciDescriptor[] = []
  const blobs = new Map<string, BundleBlob>()
  const registries = new Map<string, Registry>()
  const registryOf = (host: string): Registry => {
    const known = registries.get(host) ?? openRegistry(host, options)
    registries.set(host, known)
    return known
  }
  const keep = (bytes: Uint8Array): OciDescriptor => {
    const digest = digestOf(bytes)
    blobs.set(digest, { digest, size: bytes.length, write: (take) => take(bytes) })
    return { mediaType: MEDIA_TYPES.manifest, digest, size: bytes.length }
  }
  const site: Site = { entries, blobs, registryOf, keep }
  return {
    entries,
    blobs,
    addArchive(parts, images) {
      const { metadata, manifest, blobs: own } = packArtefact(parts)
      for (const blob of own) {
        const write: BundleBlob['write'] = async (take) => take(await blob.read(0, blob.size))
        blobs.set(blob.digest, { digest: blob.digest, size: blob.size, write })
      }
      const name = `${metadata.name}:${metadata.version}`
      addEntry(site, keep(manifest), chartAnnotations(name, images))
    },
    addArtefact: (reference, images) => addArtefact(site, reference, images),
    addImage: (name, platform) => addImage(site, name, platform),
  }
}

interface Site {
  entries: OciDescriptor[]
  blobs: Map<string, BundleBlob>
  registryOf: (host: string) => Registry
  keep: (bytes: Uint8Array) => OciDescriptor
}

function chartAnnotations(name: string, images: readonly string[]): Record<string, string> {
  return { [IMAGES]: JSON.stringify(images), [KIND]: 'chart', [REF_NAME]: name.replace('+', '_') }
}

function addEntry(
  { entries }: Site,
  descriptor: OciDescriptor,
  annotations: Record<string, string>,
): void {
  const isKnown = entries.some(
    (entry) =>
      entry.digest === descriptor.digest && entry.annotations?.[REF_NAME] === annotations[REF_NAME],
  )
  if (!isKnown) entries.push({ ...descriptor, annotations })
}

async function addArtefact(
  site: Site,
  reference: OciReference & { digest: string },
  images: readonly string[],
): Promise<void> {
  const registry = site.registryOf(reference.registry)
  const fetched = await fetchManifest(registry, reference)
  if (fetched?.content.kind !== 'manifest') throw notThere(reference)
  await keepWhole(site, registry, { reference, fetched })
  const name = reference.repository.split('/').at(-1) ?? ''
  const { descriptor } = fetched
  addEntry(site, descriptor, chartAnnotations(`${name}:${reference.tag ?? ''}`, images))

  const tag = signatureTag(descriptor.digest)
  const signatures = await fetchManifest(registry, { ...reference, tag, digest: undefined })
  if (signatures?.content.kind !== 'manifest') return
  await keepWhole(site, registry, { reference, fetched: signatures })
  addEntry(site, signatures.descriptor, { [KIND]: 'signature', [REF_NAME]: `${name}:${tag}` })
}

/** Keeps a manifest and the small blobs that it names. */
async function keepWhole(
  { keep }: Site,
  registry: Registry,
  { reference, fetched }: { reference: OciReference; fetched: FetchedManifest },
): Promise<void> {
  keep(fetched.bytes)
  if (fetched.content.kind !== 'manifest') return
  for (const descriptor of [fetched.content.config, ...fetched.content.layers]) {
    keep(await fetchBlob(registry, reference.repository, descriptor))
  }
}

async function addImage(site: Site, name: string, platform: string | undefined): Promise<void> {
  const reference = parseImageName(name)
  const registry = site.registryOf(reference.registry)
  const fetched = await fetchManifest(registry, reference)
  if (fetched === undefined) throw notThere(reference)
  const chosen = await choosePlatform(registry, { reference, fetched }, platform)
  await addTree(site, registry, { reference, fetched: chosen }, 0)
  addEntry(site, chosen.descriptor, { [KIND]: 'image', [REF_NAME]: name })
}

interface Tree {
  reference: OciReference
  fetched: FetchedManifest
}

async function choosePlatform(
  registry: Registry,
  { reference, fetched }: Tree,
  platform: string | undefined,
): Promise<FetchedManifest> {
  if (platform === undefined || fetched.content.kind === 'manifest') return fetched
  const found = fetched.content.manifests.find((each) => platformOf(each).startsWith(platform))
  if (found === undefined) {
    const known = fetched.content.manifests.map(platformOf).join(', ')
    throw new PkgError('OCI_INVALID', `${formatOciReference(reference)} has no ${platform}`, {
      hint: `It has ${known}.`,
    })
  }
  const own = await fetchManifest(registry, { ...reference, tag: undefined, digest: found.digest })
  if (own === undefined) throw notThere({ ...reference, digest: found.digest })
  return own
}

function platformOf({ platform = {} }: OciDescriptor): string {
  const { os, architecture, variant } = platform
  return [os, architecture, variant].filter((part) => part !== undefined).join('/')
}

const DEPTH = 3

async function addTree(
  site: Site,
  registry: Registry,
  { reference, fetched }: Tree,
  depth: number,
): Promise<void> {
  site.keep(fetched.bytes)
  const { content } = fetched
  if (content.kind === 'manifest') {
    for (const descriptor of [content.config, ...content.layers]) {
      addLayer(site, registry, { repository: reference.repository, descriptor })
    }
    return
  }
  if (depth === DEPTH) {
    throw new PkgError('OCI_INVALID', `${formatOciReference(reference)} nests indexes too deeply`)
  }
  for (const { digest } of content.manifests) {
    const at = { ...reference, tag: undefined, digest }
    const child = await fetchManifest(registry, at)
    if (child === undefined) throw notThere(at)
    await addTree(site, registry, { reference, fetched: child }, depth + 1)
  }
}

/** Layers are large: they go from the registry into the file, never into memory. */
function addLayer(
  { blobs }: Site,
  registry: Registry,
  source: { repository: string; descriptor: OciDescriptor },
): void {
  const { digest, size } = source.descriptor
  if (blobs.has(digest)) return
  blobs.set(digest, { digest, size, write: (take) => streamBlob(registry, source, take) })
}

/**
 * Reads the name of an image as container runtimes do: `nginx` is
 * `docker.io/library/nginx:latest`.
 *
 * @throws PkgError OCI_REFERENCE_INVALID
 */
export function parseImageName(name: string): OciReference {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasHost = first === 'localhost' || /[.:]/.test(first)
  const full = hasHost ? name : `docker.io/${slash < 0 ? 'library/' : ''}${name}`
  const parsed = parseOciReference(full)
  const isBare = parsed.tag === undefined && parsed.digest === undefined
  // A digest says all; the tag beside it may have moved on since.
  return { ...parsed, tag: parsed.digest === undefined && isBare ? 'latest' : tagOf(parsed) }
}

function tagOf({ tag, digest }: OciReference): string | undefined {
  return digest === undefined ? tag : undefined
}

function notThere(reference: OciReference): PkgError {
  return new PkgError('CHART_NOT_FOUND', `${formatOciReference(reference)}: not found`, {
    hint: 'Check the name, and that a login is not needed to see it.',
  })
}
