import { PkgError, type ErrorCode } from '../base/errors.ts'
import { loadChartArchive } from '../chart/archive.ts'
import { isFolder, readArchive } from '../chart/archive-file.ts'
import type { Chart } from '../chart/chart.ts'
import { loadChart } from '../chart/load-chart.ts'
import { assertDependenciesPresent } from '../chart/lock.ts'
import { withoutFolders } from '../chart/own-folders.ts'
import { packageChart } from '../chart/package-chart.ts'
import { itemsOf, pushBundle, type AppliedItem } from '../bundle/apply.ts'
import { openCollector, parseImageName, type BundleCollector } from '../bundle/collect.ts'
import { chartsIn } from '../bundle/charts.ts'
import { openBundle, type Bundle } from '../bundle/layout.ts'
import { verifyBundle, type BundleReport } from '../bundle/verify.ts'
import { writeBundle } from '../bundle/write.ts'
import { parseChartRef } from '../repo/chart-ref.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import { fetchArchive } from '../repo/chart-source.ts'
import type { ChartQuery } from '../repo/fetch-archive.ts'
import { parseOciReference } from '../registry/oci-reference.ts'
import type { RegistryOptions } from '../registry/oci-registry.ts'
import { publishToFolder } from '../repo/publish-folder.ts'
import { publishItem, type PublishItem } from '../repo/publish-item.ts'
import { readPublicKeys } from '../repo/trust.ts'
import type { VerifySettings } from './verify-fetched.ts'

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
  await addImages(wanted, (image) => collector.addImage(image, request.platform))
  await writeBundle(request.file, collector)
  return { file: request.file, charts, images: wanted, blobs: collector.blobs.size }
}

/**
 * Adds every image that can be had, so that all that cannot are told at once. A registry that
 * failed is not waited for again.
 */
async function addImages(
  images: readonly string[],
  add: (image: string) => Promise<void>,
): Promise<void> {
  const failures: { image: string; error: PkgError }[] = []
  const broken = new Set<string>()
  for (const image of images) {
    try {
      const { registry } = parseImageName(image)
      if (broken.has(registry)) throw notAsked(registry)
      await add(image)
    } catch (error) {
      if (!(error instanceof PkgError) || !OF_ONE_IMAGE.has(error.code)) throw error
      if (error.code === 'REGISTRY_FAILED') broken.add(parseImageName(image).registry)
      failures.push({ image, error })
    }
  }
  const [first, second] = failures
  if (first === undefined) return
  if (second === undefined) throw first.error
  const message = `${failures.length} of ${images.length} images cannot be had`
  throw new PkgError(first.error.code, message, {
    hint: first.error.hint,
    details: failures.map(({ image, error }) => `${image}: ${error.message}`),
    cause: first.error,
  })
}

/** What may be wrong with an image while others are well. */
const OF_ONE_IMAGE: ReadonlySet<string> = new Set<ErrorCode>([
  'CHART_NOT_FOUND',
  'OCI_INVALID',
  'OCI_REFERENCE_INVALID',
  'REGISTRY_DENIED',
  'REGISTRY_FAILED',
])

function notAsked(registry: string): PkgError {
  return new PkgError('REGISTRY_FAILED', `not asked for, as ${registry} failed before`)
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
    const { archive, provenance } = await readLocal(text, created, site)
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

async function readLocal(path: string, mtime: number, { ownFolders }: ChartSite) {
  if (!isFolder(path)) {
    const { bytes: archive, provenance } = readArchive(path)
    return { archive, provenance }
  }
  const chart = await loadChart(path, {
    readStdin: () => Promise.resolve(Buffer.alloc(0)),
    outsideLinks: 'refuse',
  })
  withoutFolders(chart, ownFolders)
  assertDependenciesPresent(chart)
  return { archive: packageChart(chart, { mtime }).bytes, provenance: undefined }
}

/** Who must vouch for what a bundle holds. */
export interface BundleTrust {
  /** Paths of public keys; with them every chart must be signed by one, as cosign signs. */
  keys: readonly string[]
  /** With it every chart must have a provenance file of a trusted key. */
  verify?: VerifySettings | undefined
}

/**
 * Checks a bundle whole.
 *
 * @throws PkgError as `verifyBundle` does, PROVENANCE_FAILED
 */
export async function checkBundle(path: string, trust: BundleTrust): Promise<BundleReport> {
  const bundle = await openBundle(path)
  try {
    return await check(bundle, trust)
  } finally {
    await bundle.close()
  }
}

async function check(bundle: Bundle, { keys, verify }: BundleTrust): Promise<BundleReport> {
  const report = await verifyBundle(bundle, [...readPublicKeys(keys).keys()])
  if (verify === undefined) return report
  const { verifyProvenance } = await import('../signing/verify-provenance.ts')
  for await (const { name, archive, provenance } of chartsIn(bundle)) {
    const { fileName } = publishItem(archive, provenance, name)
    await verifyProvenance({ archive, fileName, provenance, ...verify })
  }
  return report
}

export interface ApplyRequest extends BundleTrust {
  /** Path of the bundle. */
  path: string
  /** `oci://HOST/PATH`, or a folder that becomes a static repository of the charts. */
  target: string
  /** Tells where everything would go, and changes nothing. */
  dryRun: boolean
  /** In a folder: replaces versions that are there with other bytes. */
  overwrite: boolean
  now: () => Date
  /** Told of what has no place at the target. */
  onNotice: (notice: string) => void
}

/**
 * Puts what a bundle holds into a registry, or its charts into a folder, once all of it has been
 * checked.
 *
 * @throws PkgError as `checkBundle`, `pushBundle` and `publishToFolder` do
 */
export async function applyBundle(
  request: ApplyRequest,
  registry: RegistryOptions,
): Promise<AppliedItem[]> {
  const { path, target, dryRun, overwrite } = request
  const bundle = await openBundle(path)
  try {
    await check(bundle, request)
    if (target.startsWith('oci://')) {
      return await pushBundle(bundle, { target, dryRun, overwrite }, registry)
    }
    return await publishCharts(bundle, request)
  } finally {
    await bundle.close()
  }
}

/** Only charts and their provenance files have a place in a static repository. */
async function publishCharts(
  bundle: Bundle,
  { target, dryRun, overwrite, now, onNotice }: ApplyRequest,
): Promise<AppliedItem[]> {
  const others = itemsOf(bundle).filter(({ kind }) => kind !== 'chart').length
  if (others > 0) {
    onNotice(`notice: ${others} images and signatures stay in the bundle; a registry takes them`)
  }
  const items: PublishItem[] = []
  for await (const { name, archive, provenance } of chartsIn(bundle)) {
    items.push(publishItem(archive, provenance, name))
  }
  const stamp = now().toISOString()
  const folder = { folder: target, baseUrl: '', overwrite, dryRun, now: stamp }
  const published = await publishToFolder(items, folder)
  return published.map(({ name, version, location }) => ({
    kind: 'chart',
    name: `${name}:${version}`,
    reference: location,
  }))
}

/** Which image of a registry stands for which image of a bundle, for `--image-map`. */
export function imageMapOf(applied: readonly AppliedItem[]): Record<string, string> {
  const images = applied.filter(({ kind }) => kind === 'image')
  return Object.fromEntries(images.map(({ name, reference }) => [name, reference]))
}
