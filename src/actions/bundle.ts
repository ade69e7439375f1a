import { PkgError } from '../base/errors.ts'
import { loadChartArchive } from '../chart/archive.ts'
import { isFolder, readArchive } from '../chart/archive-file.ts'
import type { Chart } from '../chart/chart.ts'
import { loadChart } from '../chart/load-chart.ts'
import { assertDependenciesPresent } from '../chart/lock.ts'
import { packageChart } from '../chart/package-chart.ts'
import { pushBundle, type AppliedItem } from '../repo/bundle-apply.ts'
import { openCollector, type BundleCollector } from '../repo/bundle-collect.ts'
import { openBundle } from '../repo/bundle-layout.ts'
import { verifyBundle, type BundleReport } from '../repo/bundle-verify.ts'
import { writeBundle } from '../repo/bundle-write.ts'
import { parseChartRef } from '../repo/chart-ref.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import { fetchArchive } from '../repo/chart-source.ts'
import type { ChartQuery } from '../repo/fetch-archive.ts'
import { parseOciReference } from '../repo/oci-reference.ts'
import type { RegistryOptions } from '../repo/oci-registry.ts'
import { readPublicKeys } from '../repo/trust.ts'

export interface BundleRequest {
  /** Folders, archives and references of charts. */
  charts: readonly string[]
  query: ChartQuery
  /** Path of the bundle. */
  file: string
  /** Puts the images that the charts run into it too. */
  withImages: boolean
  /** `linux/amd64`; undefined for all platforms. */
  platform: string | undefined
  /** Time of what is made anew, in seconds since 1970. */
  created: number
  /** Lists the images that a chart runs. */
  imagesOf: (chart: Chart) => string[]
}

export interface MadeBundle {
  file: string
  charts: string[]
  images: string[]
  /** Blobs in it, manifests counted. */
  blobs: number
}

/**
 * Gathers charts with their dependencies and signatures, and images when wanted, in one file.
 * The same content gives the same bytes.
 *
 * @throws PkgError as loading charts and fetching from registries do, FILE_UNWRITABLE
 */
export async function createBundle(request: BundleRequest, site: ChartSite): Promise<MadeBundle> {
  const collector = openCollector(site.registry)
  const images = new Set<string>()
  const charts: string[] = []
  for (const reference of request.charts) {
    const { chart, add } = await openChart(reference, request, { site, collector })
    const own = request.imagesOf(chart)
    for (const image of own) images.add(image)
    charts.push(`${chart.metadata.name} ${chart.metadata.version}`)
    await add(own)
  }
  const wanted = request.withImages ? [...images].sort() : []
  for (const image of wanted) await collector.addImage(image, request.platform)
  await writeBundle(request.file, collector)
  return { file: request.file, charts, images: wanted, blobs: collector.blobs.size }
}

interface Gathering {
  site: ChartSite
  collector: BundleCollector
}

interface OpenedChart {
  chart: Chart
  add: (images: readonly string[]) => Promise<void> | void
}

async function openChart(
  text: string,
  { query, created }: BundleRequest,
  { site, collector }: Gathering,
): Promise<OpenedChart> {
  const ref = parseChartRef(text)
  const at = new Date(created * 1000)
  if (ref.kind === 'stdin') throw new PkgError('USAGE', 'a bundle is not made of standard input')
  if (ref.kind === 'path') {
    const { archive, provenance } = await readLocal(text, created)
    const add = (images: readonly string[]) =>
      collector.addArchive({ archive, provenance, created: at }, images)
    return { chart: checked(archive, text), add }
  }
  const fetched = await fetchArchive(ref, { ...query, provenance: 'may' }, site)
  const { archive, manifest, provenance, from } = fetched
  const chart = checked(archive, from)
  if (manifest === undefined) {
    return {
      chart,
      add: (images) => collector.addArchive({ archive, provenance, created: at }, images),
    }
  }
  const reference = { ...parseOciReference(manifest.reference), digest: manifest.digest }
  return { chart, add: (images) => collector.addArtefact(reference, images) }
}

/** A chart without its dependencies is of no use where there is no network. */
function checked(archive: Buffer, origin: string): Chart {
  const chart = loadChartArchive(archive, { origin })
  assertDependenciesPresent(chart)
  return chart
}

async function readLocal(path: string, mtime: number) {
  if (!isFolder(path)) {
    const { bytes: archive, provenance } = readArchive(path)
    return { archive, provenance }
  }
  const chart = await loadChart(path, {
    readStdin: () => Promise.resolve(Buffer.alloc(0)),
    outsideLinks: 'refuse',
  })
  assertDependenciesPresent(chart)
  return { archive: packageChart(chart, { mtime }).bytes, provenance: undefined }
}

/**
 * Checks a bundle whole.
 *
 * @param keys paths of public keys; with them every chart must be signed by one
 * @throws PkgError as `verifyBundle` does
 */
export async function checkBundle(path: string, keys: readonly string[]): Promise<BundleReport> {
  const bundle = await openBundle(path)
  try {
    return await verifyBundle(bundle, [...readPublicKeys(keys).keys()])
  } finally {
    await bundle.close()
  }
}

/**
 * Pushes what a bundle holds to a registry, once all of it has been checked.
 *
 * @param request `keys` are paths of public keys; with them every chart must be signed by one
 * @throws PkgError as `verifyBundle` and `pushBundle` do
 */
export async function applyBundle(
  request: { path: string; target: string; keys: readonly string[] },
  registry: RegistryOptions,
): Promise<AppliedItem[]> {
  const bundle = await openBundle(request.path)
  try {
    await verifyBundle(bundle, [...readPublicKeys(request.keys).keys()])
    return await pushBundle(bundle, request.target, registry)
  } finally {
    await bundle.close()
  }
}
