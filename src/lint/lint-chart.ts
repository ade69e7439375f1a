import { PkgError } from '../base/errors.ts'
import type { ChartFolder } from '../chart/chart-folder.ts'
import { chartPath, isNative, type Chart } from '../chart/chart.ts'
import { misnamedFiles } from '../chart/misnamed.ts'
import type { GoMap } from '../golang/value.ts'
import { lintChartfile } from './chartfile-rules.ts'
import { lintCrds } from './crd-rules.ts'
import { lintDependencies } from './dependency-rules.ts'
import { lintFileReads } from './file-rules.ts'
import { Findings, type Finding } from './finding.ts'
import { lintRendered, type ChartRules } from './lint-rendered.ts'
import type { ObjectScore } from './lint-manifests.ts'
import { lintNative } from './native-rules.ts'
import { lintPresets } from './preset-rules.ts'
import { lintSchema } from './schema-rules.ts'
import { isNotes, lintTemplates, type RenderedTemplates } from './template-rules.ts'
import { lintValueNames } from './value-names.ts'
import { lintHygiene } from './values-hygiene.ts'
import { lintValues } from './values-rules.ts'

export interface LintRequest {
  /** Makes the person's values for a chart; in Helm's way where there is none. */
  valuesFor: (chart: Chart | undefined) => GoMap
  namespace: string
  kubeVersion: string | undefined
  skipSchemaValidation: boolean
  /** Values that no template reads are errors, not only told of. */
  strictValues: boolean
  /** The chart lies below the one that the person named and wrote the values for. */
  isBelow?: boolean
  /** Also tells of what Helm lets pass: keys that stand twice, texts that YAML reads otherwise. */
  hygiene: boolean
  /** Also holds the objects against rules that Helm does not have; undefined for Helm's alone. */
  rules?: ChartRules | undefined
  onWarning: (warning: string) => void
}

/**
 * Checks one chart: Chart.yaml, values, templates, dependencies, CRDs, in this order. The
 * chart is loaded once.
 *
 * Source: Helm 4.1.4 pkg/chart/v2/lint/lint.go.
 */
export function lintChart(folder: ChartFolder, request: LintRequest): LintedObjects {
  const findings = new Findings()
  const { chart, problem, place } = load(folder)
  const values = request.valuesFor(chart)
  const dialect = chart !== undefined && isNative(chart) ? 'core' : 'helm'
  let rendered: RenderedTemplates | undefined
  lintChartfile(folder, findings)
  lintValues(folder, { ...request, values, dialect }, findings)
  // Without a chart each of the next stages says so, as Helm's do, which load it each anew.
  if (hasTemplates(folder, findings)) {
    findings.check({ severity: 'error', path: TEMPLATES, ...place }, problem)
    if (chart !== undefined) rendered = lintTemplates(chart, { ...request, values }, findings)
  }
  const unable = problem === undefined ? undefined : `unable to load chart\n\t${problem}`
  findings.check({ severity: 'error', path: '', ...place }, unable)
  if (chart !== undefined) lintDependencies(chart, folder.path, findings)
  if (hasCrds(folder, findings)) {
    findings.check({ severity: 'error', path: CRDS, ...place }, problem)
    if (chart !== undefined) lintCrds(chart, findings)
  }
  if (chart === undefined) return { findings: findings.all }
  if (request.hygiene) lintHygiene(chart, findings)
  else lintNames(chart, request, findings)
  lintOwn(chart, rendered, findings)
  if (request.hygiene || isNative(chart)) lintFileReads(chart, folder, findings)
  if (request.rules === undefined) return { findings: findings.all }
  const linted = lintRendered(chart, rendered, request.rules)
  return { findings: [...findings.all, ...linted.findings], scores: linted.scores }
}

/** Tells of files that nobody reads because of their names, beside what Helm prints for its charts. */
function lintNames(chart: Chart, { onWarning }: LintRequest, findings: Findings): void {
  for (const { file, message } of misnamedFiles(chart.raw)) {
    const place = { path: file, span: { file } }
    if (isNative(chart)) findings.check({ severity: 'warning', ...place }, message)
    else onWarning(`warning: ${file}: ${message}`)
  }
}

/** What Helm's lint does not tell of a chart that Helm cannot read. */
function lintOwn(chart: Chart, rendered: RenderedTemplates | undefined, findings: Findings): void {
  if (rendered === undefined || !isNative(chart)) return
  const { files, locate } = rendered
  lintValueNames(chart, findings)
  const root = `${chartPath(chart)}/`
  const own = new Set(chart.templates.map(({ name }) => root + name))
  const given = files
    .filter(({ path }) => own.has(path) && !isNotes(path))
    .map(({ path, content }) => ({ name: path.slice(root.length), content }))
  lintNative(chart, { files: given, locate }, findings)
  lintPresets(chart, findings)
  lintSchema(chart, findings)
}

/** What was found, and with rules of our own how safe each object is. */
export interface LintedObjects {
  findings: Finding[]
  scores?: ObjectScore[]
}

const TEMPLATES = 'templates/'
const CRDS = 'crds/'

interface Loaded {
  chart: Chart | undefined
  /** Why there is no chart. */
  problem: string | undefined
  place: Pick<Finding, 'span'>
}

function load(folder: ChartFolder): Loaded {
  try {
    return { chart: folder.load(), problem: undefined, place: {} }
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const { message, span } = error
    return { chart: undefined, problem: message, place: span === undefined ? {} : { span } }
  }
}

function hasTemplates(folder: ChartFolder, findings: Findings): boolean {
  const kind = folder.kindOf('templates')
  const isThere = findings.check(
    { severity: 'warning', path: TEMPLATES },
    kind === undefined ? 'directory does not exist' : undefined,
  )
  return isThere && isFolder(kind, { path: TEMPLATES, findings })
}

function hasCrds(folder: ChartFolder, findings: Findings): boolean {
  const kind = folder.kindOf('crds')
  return kind !== undefined && isFolder(kind, { path: CRDS, findings })
}

function isFolder(
  kind: 'file' | 'folder' | undefined,
  { path, findings }: { path: string; findings: Findings },
): boolean {
  const problem = kind === 'folder' ? undefined : 'not a directory'
  return findings.check({ severity: 'error', path }, problem)
}
