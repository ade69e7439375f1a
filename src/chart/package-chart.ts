import { PkgError } from '../base/errors.ts'
import { requirePackage } from '../base/lazy.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import { toBytes } from '../golang/bytes.ts'
import { rawFile, type Chart } from './chart.ts'
import { lockDocument, metadataDocument } from './metadata-document.ts'
import { writeTar, type TarFile } from './tar-write.ts'
import { validateMetadata } from './validate-metadata.ts'

export interface PackageOptions {
  /** Takes the place of the chart's own version. */
  version?: string | undefined
  /** Takes the place of the chart's own appVersion. */
  appVersion?: string | undefined
  /** Time of all entries, in seconds since 1970; 0 by default. */
  mtime?: number | undefined
}

export interface ChartPackage {
  /** File name, `NAME-VERSION.tgz`. */
  name: string
  bytes: Buffer
}

/**
 * Packs a chart with its subcharts into a .tgz that Helm reads.
 *
 * The same files give the same bytes, whenever and wherever they were written: entries have
 * Helm's order, and one time. Files stay as they are; Chart.yaml is only written anew when an
 * option changes it, or when requirements.yaml is merged into it.
 *
 * Source: helm.sh/helm/v4 pkg/chart/v2/util/save.go `Save`.
 *
 * @throws PkgError CHART_INVALID
 */
export function packageChart(chart: Chart, options: PackageOptions = {}): ChartPackage {
  const { version, appVersion, mtime = 0 } = options
  const metadata = { ...chart.metadata }
  if (version !== undefined && version !== '') metadata.version = version
  if (appVersion !== undefined && appVersion !== '') metadata.appVersion = appVersion
  validateMetadata(metadata)
  const files = chartEntries({ ...chart, metadata }, metadata.name, {
    isChanged: hasChanged(chart, metadata),
  })
  return { name: `${metadata.name}-${metadata.version}.tgz`, bytes: gzip(writeTar(files, mtime)) }
}

function hasChanged(chart: Chart, metadata: Chart['metadata']): boolean {
  const before = chart.metadata
  return before.version !== metadata.version || before.appVersion !== metadata.appVersion
}

/** Entries of a chart in Helm's order; `base` is the folder it lies in. */
function chartEntries(chart: Chart, base: string, { isChanged = false } = {}): TarFile[] {
  const entries: TarFile[] = []
  const add = (name: string, data: Uint8Array | undefined) => {
    if (data !== undefined) entries.push({ name: `${base}/${name}`, data })
  }
  add('Chart.yaml', chartYaml(chart, isChanged))
  add('Chart.lock', chartLock(chart))
  add('values.yaml', rawFile(chart, 'values.yaml')?.data)
  if (chart.schema !== undefined) assertJson(chart.schema)
  add('values.schema.json', chart.schema)
  for (const file of chart.templates) add(file.name, file.data)
  for (const file of chart.files) add(file.name, file.data)

  const taken = new Set<string>()
  for (const subchart of chart.subcharts) {
    const folder = freeName(subchart, taken)
    taken.add(folder)
    entries.push(...chartEntries(subchart, `${base}/charts/${folder}`))
  }
  return entries
}

/** The folder of a subchart is named for it; a second one of the same name adds its version. */
function freeName({ metadata }: Chart, taken: ReadonlySet<string>): string {
  let name = metadata.name
  if (taken.has(name)) name = `${name}-${metadata.version}`
  for (let count = 2; taken.has(name); count++) name = `${metadata.name}-${count}`
  return name
}

function chartYaml(chart: Chart, isChanged: boolean): Uint8Array | undefined {
  const raw = rawFile(chart, 'Chart.yaml')?.data
  const isMerged =
    chart.metadata.apiVersion !== 'v1' && rawFile(chart, 'requirements.yaml') !== undefined
  if (raw !== undefined && !isChanged && !isMerged) return raw
  return toBytes(encodeYaml(metadataDocument(chart.metadata)))
}

/** A chart of apiVersion v1 has its lock among its other files. */
function chartLock({ metadata, lock, raw }: Chart): Uint8Array | undefined {
  if (metadata.apiVersion === 'v1' || lock === undefined) return undefined
  const file = raw.find(({ name }) => name === 'Chart.lock')
  return file?.data ?? toBytes(encodeYaml(lockDocument(lock)))
}

function assertJson(schema: Uint8Array): void {
  try {
    JSON.parse(Buffer.from(schema).toString('utf8'))
  } catch (error) {
    throw new PkgError('CHART_INVALID', 'invalid JSON in values.schema.json', {
      span: { file: 'values.schema.json' },
      cause: error,
    })
  }
}

/** By this field and comment, Helm's archives are known to those who look at gzip headers. */
const EXTRA = '+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo='
const COMMENT = 'Helm\0'

/** Puts Helm's header before what zlib compressed: no time, no system (RFC 1952). */
function gzip(data: Buffer): Buffer {
  const zlib = requirePackage('node:zlib') as typeof import('node:zlib')
  const compressed = zlib.gzipSync(data, { level: 6, chunkSize: 1024 * 1024 })
  const header = Buffer.from([0x1f, 0x8b, 8, 4 | 16, 0, 0, 0, 0, 0, 255, EXTRA.length, 0])
  return Buffer.concat([header, Buffer.from(EXTRA + COMMENT), compressed.subarray(10)])
}
