import { PkgError } from '../base/errors.ts'
import type { Chart, ChartFile } from '../chart/chart.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { decodeObjects } from '../manifest/decode-objects.ts'
import { describeObject } from '../manifest/object.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import { coalesceValues } from '../values/coalesce.ts'
import { resolveSubcharts } from '../values/dependencies.ts'

/** The annotation of Chart.yaml that says where upstream's definitions are: a line `URL sha256:HEX` each. */
const UPSTREAM = 'kubectl-pkg/upstream-crds'

/**
 * Puts upstream's definitions in the place of a chart's own, where Chart.yaml says where they
 * are and the values ask for them by `crds.source: upstream`. Other charts are given back as
 * they are, and nothing is opened for them.
 *
 * @param values what the person passed
 * @throws PkgError CHART_INVALID for lines and files that are none, and all that `fetchPinned` throws
 */
export async function withUpstreamCrds(
  chart: Chart,
  values: GoMap,
  openSite: () => Promise<ChartSite>,
): Promise<Chart> {
  if (offering(chart).length === 0) return chart
  const resolved = resolveSubcharts(chart, values)
  const chosen = chosenIn(resolved.chart, coalesceValues(resolved.chart, resolved.values))
  return withDefinitionsOf(chosen, chart, openSite)
}

/**
 * Puts upstream's definitions in the place of a chart's own, and of those of its subcharts, wherever
 * Chart.yaml says where they are, so that whoever gets the chart needs no network for them.
 *
 * @throws PkgError as `withUpstreamCrds`
 */
export async function withAllUpstreamCrds(
  chart: Chart,
  openSite: () => Promise<ChartSite>,
): Promise<Chart> {
  return withDefinitionsOf(offering(chart), chart, openSite)
}

async function withDefinitionsOf(
  chosen: readonly Chart[],
  chart: Chart,
  openSite: () => Promise<ChartSite>,
): Promise<Chart> {
  if (chosen.length === 0) return chart
  const site = await openSite()
  const files = new Map<string, ChartFile[]>()
  for (const each of chosen) files.set(addressesOf(each), await fetchAll(each, site))
  return replaced(chart, files, undefined)
}

function offering(chart: Chart): Chart[] {
  const below = chart.subcharts.flatMap(offering)
  return addressesOf(chart) === '' ? below : [chart, ...below]
}

function addressesOf({ metadata }: Chart): string {
  return metadata.annotations?.get(UPSTREAM) ?? ''
}

/** Charts of a tree whose values ask for upstream's definitions. */
function chosenIn(chart: Chart, values: Value): Chart[] {
  const isChosen = addressesOf(chart) !== '' && at(at(values, 'crds'), 'source') === 'upstream'
  const below = chart.subcharts.flatMap((each) => chosenIn(each, at(values, each.metadata.name)))
  return isChosen ? [chart, ...below] : below
}

function at(value: Value, name: string): Value {
  return value instanceof Map ? (value.get(name) ?? null) : null
}

async function fetchAll(chart: Chart, site: ChartSite): Promise<ChartFile[]> {
  const { fetchPinned } = await import('../repo/fetch-pinned.ts')
  const lines = addressesOf(chart)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return Promise.all(
    lines.map(async (line, index) => {
      const { url, digest } = readLine(line, chart)
      const data = await fetchPinned(url, digest, site)
      assertDefinitions(data, url)
      // The number keeps files of one name apart, and in their order.
      return { name: `crds/${String(index + 1).padStart(2, '0')}-${fileName(url)}`, data }
    }),
  )
}

function readLine(line: string, { metadata }: Chart): { url: string; digest: string } {
  const [, url = '', digest = ''] =
    /^\s*(https?:\/\/\S+) sha256:([0-9a-f]{64})\s*$/.exec(line) ?? []
  if (url !== '' && URL.canParse(url)) return { url, digest }
  throw new PkgError(
    'CHART_INVALID',
    `chart "${metadata.name}" does not say where upstream's definitions are: "${line.trim()}"`,
    { hint: `Each line of the annotation ${UPSTREAM} is an address and a digest: URL sha256:HEX.` },
  )
}

/** The end of an address, as the name of a file of YAML or JSON. */
function fileName(url: string): string {
  const [, end = ''] = /([^/]*)\/*$/.exec(new URL(url).pathname) ?? []
  const name = end.replaceAll(/[^\w.-]/g, '-')
  return /\.(?:ya?ml|json)$/i.test(name) ? name : `${name}.yaml`
}

/** A file that is named as definitions brings nothing else into a cluster. */
function assertDefinitions(data: Buffer, url: string): void {
  const objects = decodeObjects(data.toString('utf8'), url)
  const other = objects.find(({ kind }) => kind !== 'CustomResourceDefinition')
  if (other === undefined && objects.length > 0) return
  const what = other === undefined ? 'nothing' : describeObject(other)
  throw new PkgError('CHART_INVALID', `${url} holds ${what}, and not definitions alone`, {
    hint: 'Take crds.source: own, and tell whoever made the chart.',
  })
}

/** The tree with other files in crds/ of the charts that were chosen. */
function replaced(
  chart: Chart,
  files: ReadonlyMap<string, ChartFile[]>,
  parent: Chart | undefined,
): Chart {
  const theirs = files.get(addressesOf(chart))
  const exchange = (own: readonly ChartFile[]): ChartFile[] =>
    theirs === undefined
      ? [...own]
      : [...own.filter(({ name }) => !name.startsWith('crds/')), ...theirs]
  const copy: Chart = { ...chart, parent, files: exchange(chart.files), raw: exchange(chart.raw) }
  copy.subcharts = chart.subcharts.map((each) => replaced(each, files, copy))
  return copy
}
