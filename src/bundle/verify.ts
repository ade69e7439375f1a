import { PkgError } from '../base/errors.ts'
import { loadChartArchive } from '../chart/archive.ts'
import { SIGNATURE_ANNOTATION, verifyPayload, type SigningKey } from '../signing/cosign.ts'
import { KIND, REF_NAME } from './collect.ts'
import { itemsOf, treeOf, type BundleItem } from './apply.ts'
import type { Bundle } from './layout.ts'
import { MEDIA_TYPES, type OciDescriptor, type OciManifest } from '../registry/oci-manifest.ts'
import { tagOfVersion } from '../registry/oci-reference.ts'
import { signatureTag } from '../registry/oci-signatures.ts'

export interface BundleReport {
  items: BundleItem[]
  blobs: number
  /** Images that charts run and that the bundle does not hold. */
  missingImages: string[]
}

/**
 * Checks a bundle: every digest and size, that each artefact is there with all it names, that
 * charts load, and with keys that one of them signed every chart.
 *
 * @throws PkgError BUNDLE_INVALID, DIGEST_MISMATCH, OCI_INVALID, SIGNATURE_FAILED, and all that
 *   a chart's archive can be refused for
 */
export async function verifyBundle(
  bundle: Bundle,
  keys: readonly SigningKey[],
): Promise<BundleReport> {
  for (const digest of bundle.digests) await bundle.check(digest)
  for (const entry of bundle.entries) {
    const nodes = await treeOf(bundle, entry)
    const root = nodes.at(-1)?.content
    if (entry.annotations?.[KIND] !== 'chart' || root?.kind !== 'manifest') continue
    await assertChart(bundle, entry, root)
    if (keys.length > 0) await assertSigned(bundle, entry, keys)
  }
  const items = itemsOf(bundle)
  const held = new Set(items.filter(({ kind }) => kind === 'image').map(({ name }) => name))
  const needed = new Set(items.flatMap(({ images }) => images))
  return {
    items,
    blobs: bundle.digests.length,
    missingImages: [...needed].filter((image) => !held.has(image)).sort(),
  }
}

async function assertChart(
  bundle: Bundle,
  entry: OciDescriptor,
  { layers }: OciManifest,
): Promise<void> {
  const layer = layers.find(
    ({ mediaType }) => mediaType === MEDIA_TYPES.chart || mediaType === MEDIA_TYPES.legacyChart,
  )
  const name = nameOf(entry)
  if (layer === undefined) throw new PkgError('BUNDLE_INVALID', `${name} holds no chart`)
  const { metadata } = loadChartArchive(await bundle.read(layer.digest), { origin: name })
  if (name === `${metadata.name}:${tagOfVersion(metadata.version)}`) return
  throw new PkgError('BUNDLE_INVALID', `${name} holds ${metadata.name} ${metadata.version}`)
}

async function assertSigned(
  bundle: Bundle,
  entry: OciDescriptor,
  keys: readonly SigningKey[],
): Promise<void> {
  const [name] = nameOf(entry).split(':')
  const wanted = `${name}:${signatureTag(entry.digest)}`
  const signatures = bundle.entries.find((each) => nameOf(each) === wanted)
  const root = signatures && (await treeOf(bundle, signatures)).at(-1)?.content
  for (const layer of root?.kind === 'manifest' ? root.layers : []) {
    const payload = await bundle.read(layer.digest)
    const signature = Buffer.from(layer.annotations?.[SIGNATURE_ANNOTATION] ?? '', 'base64')
    if (verifyPayload({ payload, signature }, entry.digest, keys) !== undefined) return
  }
  throw new PkgError('SIGNATURE_FAILED', `${nameOf(entry)} has no signature by a trusted key`, {
    hint: 'Ask whoever made the bundle, and do not use it before you know why.',
  })
}

function nameOf({ annotations }: OciDescriptor): string {
  return annotations?.[REF_NAME] ?? ''
}
