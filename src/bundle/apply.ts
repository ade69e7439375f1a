import { PkgError } from '../base/errors.ts'
import { parseJson } from '../base/json.ts'
import { chartLayerOf } from '../registry/oci.ts'
import { fetchManifest } from '../registry/oci-content.ts'
import { readManifest, type OciDescriptor, type OciManifest } from '../registry/oci-manifest.ts'
import {
  formatOciReference,
  parseOciReference,
  type OciReference,
} from '../registry/oci-reference.ts'
import { openRegistry, type Registry, type RegistryOptions } from '../registry/oci-registry.ts'
import { pushBlob, pushManifest } from '../registry/oci-upload.ts'
import { published } from '../repo/publish-folder.ts'
import { IMAGES, KIND, REF_NAME, parseImageName } from './collect.ts'
import type { Bundle } from './layout.ts'

/** One artefact of a bundle. */
export interface BundleItem {
  kind: string
  /** `NAME:VERSION` of a chart, the whole name of an image. */
  name: string
  digest: string
  /** Images that a chart was found to run when the bundle was made. */
  images: string[]
}

/** What a bundle says it holds. */
export function itemsOf({ entries }: Bundle): BundleItem[] {
  return entries.map(({ annotations = {}, digest }) => ({
    kind: annotations[KIND] ?? 'artefact',
    name: annotations[REF_NAME] ?? '',
    digest,
    images: readList(annotations[IMAGES]),
  }))
}

function readList(text: string | undefined): string[] {
  if (text === undefined) return []
  const list = parseJson(text)
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []
}

/**
 * Reads what an entry is made of, and checks that all of it is in the bundle.
 *
 * @returns the manifest and everything below it, each before what names it
 * @throws PkgError BUNDLE_INVALID, DIGEST_MISMATCH, OCI_INVALID
 */
export async function treeOf(
  bundle: Bundle,
  entry: OciDescriptor,
  depth = 0,
): Promise<BundleNode[]> {
  const bytes = await bundle.read(entry.digest)
  const content = readManifest(bytes, entry.digest)
  const node: BundleNode = { bytes, content, digest: entry.digest }
  if (content.kind === 'manifest') {
    for (const { digest, size } of [content.config, ...content.layers]) {
      const blob = bundle.blob(digest)
      if (blob?.size !== size) {
        throw new PkgError('BUNDLE_INVALID', `the bundle lacks ${digest}, or it has another size`)
      }
    }
    return [node]
  }
  if (depth === DEPTH) throw new PkgError('BUNDLE_INVALID', `${entry.digest} nests too deeply`)
  const below: BundleNode[] = []
  for (const child of content.manifests) below.push(...(await treeOf(bundle, child, depth + 1)))
  return [...below, node]
}

const DEPTH = 4

export interface BundleNode {
  bytes: Buffer
  digest: string
  content: ReturnType<typeof readManifest>
}

/** Where an artefact of a bundle is now. */
export interface AppliedItem {
  /** `chart`, `signature` or `image`. */
  kind: string
  name: string
  /** `HOST/REPOSITORY:TAG@DIGEST`, or the path of a chart in a static repository. */
  reference: string
}

export interface PushTarget {
  /** `oci://HOST/PATH` */
  target: string
  dryRun: boolean
  /** Lets charts take the place of others with the same version. */
  overwrite: boolean
}

/**
 * Pushes all of a bundle to a registry: charts and signatures to TARGET/NAME, images to
 * TARGET/PATH without the host they came from. A dry run tells where everything would go.
 *
 * @throws PkgError VERSION_PUBLISHED, before anything is pushed; BUNDLE_INVALID, DIGEST_MISMATCH,
 *   REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function pushBundle(
  bundle: Bundle,
  { target, dryRun, overwrite }: PushTarget,
  options: RegistryOptions,
): Promise<AppliedItem[]> {
  const base = parseOciReference(`${target.replace(/\/+$/, '')}/x`)
  const root = base.repository.replace(/\/?x$/, '')
  const registry = openRegistry(base.registry, options)
  const places = placesOf(bundle, { ...base, repository: root })
  if (!overwrite) await assertUnpublished(bundle, registry, places)
  const applied: AppliedItem[] = []
  for (const [at, entry] of bundle.entries.entries()) {
    const place = places[at]
    if (place === undefined) continue
    const nodes = dryRun ? [] : await treeOf(bundle, entry)
    for (const node of nodes) await pushNode(bundle, registry, { place, node, entry })
    const { [KIND]: kind = 'artefact', [REF_NAME]: name = '' } = entry.annotations ?? {}
    applied.push({ kind, name, reference: formatOciReference({ ...place, digest: entry.digest }) })
  }
  return applied
}

/** Archives are compared, because Helm writes the time into a manifest. */
async function assertUnpublished(
  bundle: Bundle,
  registry: Registry,
  places: readonly OciReference[],
): Promise<void> {
  const taken = await Promise.all(
    bundle.entries.map(async ({ annotations = {}, digest }, at) => {
      const place = places[at]
      if (annotations[KIND] !== 'chart' || place === undefined) return []
      const known = await fetchManifest(registry, place)
      if (known === undefined || known.descriptor.digest === digest) return []
      const own = readManifest(await bundle.read(digest), digest)
      const isSame = chartLayerOf(known.content)?.digest === chartLayerOf(own)?.digest
      return isSame ? [] : [formatOciReference(place)]
    }),
  )
  if (taken.flat().length > 0) throw published(taken.flat())
}

/** @throws PkgError BUNDLE_INVALID when two artefacts would go to one place */
function placesOf({ entries }: Bundle, root: OciReference): OciReference[] {
  const taken = new Map<string, string>()
  return entries.map((entry) => {
    const name = entry.annotations?.[REF_NAME] ?? ''
    const isImage = entry.annotations?.[KIND] === 'image'
    const own = isImage ? parseImageName(name) : parseOciReference(`bundle.invalid/${name}`)
    const repository = [root.repository, own.repository].filter((part) => part !== '').join('/')
    const place = { registry: root.registry, repository, tag: own.tag }
    const key = formatOciReference({
      ...place,
      digest: own.tag === undefined ? entry.digest : undefined,
    })
    const other = taken.get(key)
    if (other !== undefined && other !== entry.digest) {
      throw new PkgError('BUNDLE_INVALID', `two artefacts of the bundle would go to ${key}`)
    }
    taken.set(key, entry.digest)
    return place
  })
}

async function pushNode(
  bundle: Bundle,
  registry: Registry,
  { place, node, entry }: { place: OciReference; node: BundleNode; entry: OciDescriptor },
): Promise<void> {
  const { repository } = place
  if (node.content.kind === 'manifest') {
    for (const digest of digestsOf(node.content)) {
      const blob = bundle.blob(digest)
      if (blob !== undefined) await pushBlob(registry, repository, { blob })
    }
  }
  const isRoot = node.digest === entry.digest
  const tag = isRoot ? place.tag : undefined
  const { mediaType } = node.content
  await pushManifest(registry, { ...place, tag }, { bytes: node.bytes, mediaType })
}

function digestsOf({ config, layers }: OciManifest): Set<string> {
  return new Set([config, ...layers].map(({ digest }) => digest))
}
