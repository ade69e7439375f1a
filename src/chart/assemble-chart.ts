import { PkgError } from '../base/errors.ts'
import type { FileStore } from '../base/kept-file.ts'
import { announceLongRun } from '../base/long-run.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { spendChart, type ChartBudget } from './budget.ts'
import type { Chart, ChartFile, ChartLock, ChartWarning } from './chart.ts'
import { readApiVersion, readLock, readMetadata, type ChartMetadata } from './metadata.ts'
import { adviseOnChartYaml, misnamedFiles } from './misnamed.ts'
import { readArchive, type ArchiveContent } from './read-archive.ts'
import { ValuesReader } from './kept-values.ts'
import { decodeDocument, inFile, spanOfField } from './read-yaml.ts'
import { validateMetadata } from './validate-metadata.ts'

/** Files of one chart of the tree, and where they stand. */
export interface ChartSource {
  files: readonly ChartFile[]
  /** What the files were read from, as the person typed it. */
  origin: string
  /** The one budget of the whole tree. */
  budget: ChartBudget
  warnings?: readonly ChartWarning[]
  /** Takes any apiVersion in Chart.yaml, as a lint does, which has rules of its own for it. */
  anyApiVersion?: boolean
  /** Keeps what is read of large values for later runs. */
  fileStore?: FileStore | undefined
}

/** Of a chart that may be inside of others. */
interface InnerSource extends ChartSource {
  /** The one reader of the whole tree. */
  reader?: ValuesReader
}

/**
 * Sorts the files of a chart into a Chart and loads its subcharts, in Helm's way.
 *
 * Source: helm.sh/helm/v4 pkg/chart/v2/loader/load.go `LoadFiles`.
 *
 * @throws PkgError CHART_INVALID, YAML_INVALID, and for a subchart that is an archive
 *   ARCHIVE_UNSAFE and CHART_TOO_LARGE
 */
export function assembleChart(source: ChartSource): Chart {
  const size = source.files.reduce((sum, { data }) => sum + data.length, 0)
  if (size > LARGE) announceLongRun(size > VERY_LARGE)
  const chart = assemble(source, 0)
  if (chart.metadata.deprecated === true) {
    chart.warnings.push({ file: 'Chart.yaml', message: 'this chart is deprecated' })
  }
  return chart
}

/** In bytes. Of such a chart much is read and run a few times, and little of it is the same. */
const LARGE = 65_536
/** In bytes. Of what one like that makes on the way most stays to the end. */
const VERY_LARGE = 393_216

/** Only the outermost chart's apiVersion is looked at; Helm takes any in a subchart. */
function assertSupported(document: Value, file: ChartFile): void {
  const version = inFile('Chart.yaml', () => readApiVersion(document), file.data)
  if (['', 'v1', 'v2'].includes(version)) return
  const message = version === 'v3' ? 'invalid chart apiVersion' : 'unsupported chart version'
  throw new PkgError('CHART_INVALID', message, {
    hint: 'Set apiVersion to v2 in Chart.yaml.',
    span: spanOfField(file, ['apiVersion']),
  })
}

/** @param depth how many charts this one is inside of */
function assemble(source: InnerSource, depth: number): Chart {
  const { files, origin, budget } = source
  const parts = sortFiles(files)
  const warnings = [...(source.warnings ?? []), ...misnamedFiles(files)]
  const isChecked = depth === 0 && source.anyApiVersion !== true
  if (parts.chartYaml === undefined) throw withoutChartYaml(files)
  const metadata = assembleMetadata(parts, parts.chartYaml, { warnings, isChecked })
  const lock = parts.lock && assembleLock(parts.lock)
  const name = `${metadata.name}-${metadata.version}-values`
  const { reader = new ValuesReader(source.fileStore, name) } = source
  const values = assembleValues(parts, reader, warnings)
  validateMetadata(metadata, (path) => {
    return parts.chartYaml === undefined ? undefined : spanOfField(parts.chartYaml, path)
  })
  const chart: Chart = {
    metadata,
    lock,
    templates: parts.templates,
    values,
    ...(parts.values === undefined && { lacksValues: true }),
    schema: parts.schema?.data,
    files: otherFiles(parts, metadata),
    subcharts: [],
    parent: undefined,
    raw: [...files],
    origin,
    warnings,
  }
  for (const [name, subfiles] of parts.subcharts) {
    if (/^[_.]/.test(name)) continue
    addSubchart({ name, files: subfiles }, { chart, budget, reader, depth })
  }
  if (depth === 0) reader.save()
  return chart
}

interface ChartParts {
  chartYaml: ChartFile | undefined
  lock: ChartFile | undefined
  values: ChartFile | undefined
  schema: ChartFile | undefined
  requirements: ChartFile | undefined
  requirementsLock: ChartFile | undefined
  templates: ChartFile[]
  files: ChartFile[]
  /** First part below charts/ to the files there, with paths below charts/. */
  subcharts: Map<string, ChartFile[]>
}

const SINGLE_FILES: Record<string, 'chartYaml' | 'lock' | 'values' | 'schema'> = {
  'Chart.yaml': 'chartYaml',
  'Chart.lock': 'lock',
  'values.yaml': 'values',
  'values.schema.json': 'schema',
}

function sortFiles(files: readonly ChartFile[]): ChartParts {
  const parts: ChartParts = {
    chartYaml: undefined,
    lock: undefined,
    values: undefined,
    schema: undefined,
    requirements: undefined,
    requirementsLock: undefined,
    templates: [],
    files: [],
    subcharts: new Map(),
  }
  for (const file of files) {
    const { name } = file
    const single = Object.hasOwn(SINGLE_FILES, name) ? SINGLE_FILES[name] : undefined
    if (single !== undefined) parts[single] = file
    else if (name.startsWith('templates/')) parts.templates.push(file)
    else if (name.startsWith('charts/') && !name.endsWith('.prov')) addSubchartFile(parts, file)
    else {
      if (name === 'requirements.yaml') parts.requirements = file
      if (name === 'requirements.lock') {
        parts.requirementsLock = file
        parts.lock = file
      }
      parts.files.push(file)
    }
  }
  return parts
}

function addSubchartFile({ subcharts }: ChartParts, { name, data }: ChartFile): void {
  const below = name.slice('charts/'.length)
  const [subchart = ''] = below.split('/', 1)
  const file = { name: below, data }
  const files = subcharts.get(subchart)
  if (files === undefined) subcharts.set(subchart, [file])
  else files.push(file)
}

function withoutChartYaml(files: readonly ChartFile[]): PkgError {
  const names = files.map(({ name }) => name)
  const hint = 'Name a folder that has a Chart.yaml, or look at what .helmignore leaves out.'
  return new PkgError('CHART_INVALID', 'Chart.yaml file is missing', {
    hint: adviseOnChartYaml(names, hint),
  })
}

/** @param isChecked whether only an apiVersion is taken that Helm supports */
function assembleMetadata(
  parts: ChartParts,
  chartYaml: ChartFile,
  { warnings, isChecked }: { warnings: ChartWarning[]; isChecked: boolean },
): ChartMetadata {
  const { data } = chartYaml
  const document = decodeDocument(data, 'Chart.yaml')
  if (isChecked) assertSupported(document, chartYaml)
  let metadata = inFile('Chart.yaml', () => readMetadata(document), data)
  // Charts of Helm 2 may have none.
  if (metadata.apiVersion === '') metadata.apiVersion = 'v1'
  const { requirements } = parts
  if (requirements !== undefined) {
    const more = decodeDocument(requirements.data, 'requirements.yaml')
    const earlier = metadata
    metadata = inFile('requirements.yaml', () => readMetadata(more, earlier), requirements.data)
  }
  if (metadata.apiVersion !== 'v1') warnings.push(...oldFileWarnings(parts))
  return metadata
}

function oldFileWarnings(parts: ChartParts): ChartWarning[] {
  const warnings: ChartWarning[] = []
  if (parts.requirements !== undefined) {
    warnings.push({
      file: 'requirements.yaml',
      message:
        'Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.',
    })
  }
  if (parts.requirementsLock !== undefined) {
    warnings.push({
      file: 'requirements.lock',
      message:
        'Dependency locking is handled in Chart.lock since apiVersion "v2". We recommend migrating to Chart.lock.',
    })
  }
  return warnings
}

/** The two files of Helm 2 stay files of the chart only where they are in force. */
function otherFiles(parts: ChartParts, metadata: ChartMetadata): ChartFile[] {
  if (metadata.apiVersion === 'v1') return parts.files
  return parts.files.filter(
    (file) => file !== parts.requirements && file !== parts.requirementsLock,
  )
}

function assembleLock(file: ChartFile): ChartLock | undefined {
  const document = decodeDocument(file.data, file.name)
  return inFile(file.name, () => readLock(document), file.data)
}

/** A chart is native, and its values are YAML 1.2, when it has Handlebars templates. */
function assembleValues(
  { values, templates }: ChartParts,
  reader: ValuesReader,
  warnings: ChartWarning[],
): GoMap {
  if (values === undefined) return new Map()
  const isNative = templates.some((file) => file.name.endsWith('.hbs'))
  return reader.read(values.data, isNative ? 'core' : 'helm', warnings)
}

interface SubchartEntry {
  /** First part of the path below charts/. */
  name: string
  files: ChartFile[]
}

interface Parent {
  chart: Chart
  budget: ChartBudget
  reader: ValuesReader
  depth: number
}

function addSubchart(entry: SubchartEntry, { chart, budget, reader, depth }: Parent): void {
  const folder = `charts/${entry.name}`
  spendChart(budget, folder, depth + 1)
  assertOneArchive(entry, chart)
  try {
    const { files, warnings } = subchartFiles(entry, budget)
    const subchart = assemble({ files, origin: chart.origin, budget, warnings, reader }, depth + 1)
    subchart.parent = chart
    chart.subcharts.push(subchart)
    // The outermost chart tells of all of them.
    for (const warning of subchart.warnings.splice(0)) {
      chart.warnings.push({ ...warning, file: `${folder}/${warning.file}` })
    }
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    throw inSubchart(error, entry, chart)
  }
}

/** A folder may be named like an archive; Helm takes its first file for the archive and fails. */
function assertOneArchive({ name, files }: SubchartEntry, { metadata }: Chart): void {
  const [first] = files
  if (!name.endsWith('.tgz') || first === undefined || first.name === name) return
  throw new PkgError(
    'CHART_INVALID',
    `error unpacking subchart tar in ${metadata.name}: expected ${name}, got ${first.name}`,
    { hint: `Rename the folder charts/${name}; the ending .tgz is for archives.` },
  )
}

function subchartFiles({ name, files }: SubchartEntry, budget: ChartBudget): ArchiveContent {
  const [first] = files
  if (name.endsWith('.tgz') && first !== undefined) return readArchive(first.data, budget)
  const below = files
    .filter((file) => file.name !== name)
    .map((file) => ({ name: file.name.slice(name.length + 1), data: file.data }))
  return { files: below, warnings: [] }
}

function inSubchart(
  error: PkgError,
  { name, files }: SubchartEntry,
  { metadata }: Chart,
): PkgError {
  const { code, details, span, message } = error
  const isFile = !name.endsWith('.tgz') && files.some((file) => file.name === name)
  const hint = isFile ? `Take ${name} out of charts/, which holds charts alone.` : error.hint
  const place = span && { ...span, file: `charts/${name}/${span.file}` }
  const text = `error unpacking subchart ${name} in ${metadata.name}: ${message}`
  return new PkgError(code, text, { hint, details, span: place, cause: error })
}
