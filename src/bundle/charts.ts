import { KIND, REF_NAME } from './collect.ts'
import type { Bundle } from './layout.ts'
import { treeOf } from './apply.ts'
import { MEDIA_TYPES } from '../registry/oci-manifest.ts'
import { chartLayerOf } from '../registry/oci.ts'

/** A chart of a bundle, as its publisher packed it. */
export interface BundledChart {
  /** `NAME:VERSION`. */
  name: string
  archive: Buffer
  provenance: Buffer | undefined
}

/** Gives the charts of a bundle one after the other. @throws PkgError BUNDLE_INVALID, DIGEST_MISMATCH */
export async function* chartsIn(bundle: Bundle): AsyncGenerator<BundledChart> {
  for (const entry of bundle.entries) {
    if (entry.annotations?.[KIND] !== 'chart') continue
    const root = (await treeOf(bundle, entry)).at(-1)?.content
    const chart = root && chartLayerOf(root)
    if (root?.kind !== 'manifest' || chart === undefined) continue
    const provenance = root.layers.find(({ mediaType }) => mediaType === MEDIA_TYPES.provenance)
    yield {
      name: entry.annotations[REF_NAME] ?? '',
      archive: await bundle.read(chart.digest),
      provenance: provenance && (await bundle.read(provenance.digest)),
    }
  }
}
