import { PkgError } from '../base/errors.ts'
import { chartsBelow, openChartFolder, type ChartFolder } from '../chart/chart-folder.ts'
import { parseKubeVersion } from '../render/capabilities.ts'
import type { Finding } from '../lint/finding.ts'
import { lintChart, type LintRequest as ChartRequest } from '../lint/lint-chart.ts'
import { lintManifests, type ObjectScore } from '../lint/lint-manifests.ts'
import type { ChartRules } from '../lint/lint-rendered.ts'
import type { RuleFamily } from '../lint/rule-table.ts'
import { readKubeFields, type KubeFields } from '../migrate/kube-fields.ts'
import type { SourceFile } from '../migrate/read-source.ts'

export interface LintRequest extends Omit<ChartRequest, 'rules' | 'isBelow'> {
  /** Folders and archives, as the person typed them. */
  paths: readonly string[]
  /** Lint the charts below `charts` too, after the ones that were named. */
  withSubcharts: boolean
  /** Folders of the program itself, which are no part of a chart that they lie in. */
  ownFolders?: readonly string[]
  /** Warnings fail a chart too. */
  strict: boolean
  /** Files of manifests among the paths, which are held against our rules together. */
  manifests?: readonly SourceFile[]
  /** Rules that Helm does not have; undefined for Helm's alone. */
  objectRules?: ObjectRules | undefined
}

/** Which rules for objects are asked for. */
export interface ObjectRules {
  security: boolean
  apis: boolean
  /** The table of the fields of Kubernetes' own kinds. */
  readFieldTable: () => string
}

/** What was found in one chart. */
export interface LintedChart {
  path: string
  findings: Finding[]
  /** How safe each object is, with rules for security. */
  scores?: ObjectScore[]
  /** Why nothing could be looked at; undefined when a chart was there. */
  problem: string | undefined
  hasFailed: boolean
}

export interface LintResult {
  charts: LintedChart[]
  /** How many of them. */
  failed: number
}

/**
 * Checks charts for what would fail and for what goes against conventions. Charts with
 * findings are part of the result, not an error.
 *
 * Source: Helm 4.1.4 pkg/cmd/lint.go, pkg/action/lint.go.
 *
 * @throws PkgError USAGE for a Kubernetes version, and what `valuesFor` throws
 */
export function lint(request: LintRequest): LintResult {
  const { paths, kubeVersion, withSubcharts } = request
  if (kubeVersion !== undefined) parseKubeVersion(kubeVersion)
  // Values that cannot be read are an error of the run, whatever the charts are like.
  request.valuesFor(undefined)
  const below = withSubcharts ? paths.flatMap(chartsBelow) : []
  const { manifests = [] } = request
  const charts = [
    ...paths.map((path) => lintOne(path, request)),
    ...below.map((path) => lintOne(path, { ...request, isBelow: true })),
    ...lintFiles(manifests, request),
  ]
  return { charts, failed: charts.filter(({ hasFailed }) => hasFailed).length }
}

function lintOne(path: string, request: LintRequest & Pick<ChartRequest, 'isBelow'>): LintedChart {
  const opened = open(path, request)
  if (opened instanceof PkgError) {
    // Helm's lint prints no advice.
    if (opened.hint !== undefined) request.onWarning(`hint: ${opened.hint}`)
    return { path, findings: [], problem: opened.message, hasFailed: true }
  }
  const rules = chartRules(request)
  const { findings, scores } = lintChart(opened, { ...request, rules })
  const hasScores = request.objectRules?.security === true && scores !== undefined
  const result = { path, findings, problem: undefined, hasFailed: fails(findings, request) }
  return hasScores ? { ...result, scores } : result
}

function fails(findings: readonly Finding[], { strict }: LintRequest): boolean {
  return findings.some(({ severity }) => severity === 'error' || (strict && severity === 'warning'))
}

function chartRules(request: LintRequest): ChartRules | undefined {
  const { objectRules: rules } = request
  if (rules === undefined || (!rules.security && !rules.apis)) return undefined
  const families: RuleFamily[] = [
    ...(rules.apis ? (['apis'] as const) : []),
    ...(rules.security ? (['security', 'practice'] as const) : []),
  ]
  return { families: new Set(families), minor: minorOf(request), readFields: fieldReader(rules) }
}

/** Version that objects are for when nobody says: the newest whose fields we know. */
const NEWEST = '1.35'

/** Files have no chart around them: all rules hold, and those for security when asked for. */
function lintFiles(files: readonly SourceFile[], request: LintRequest): LintedChart[] {
  const { objectRules } = request
  if (files.length === 0 || objectRules === undefined) return []
  const { findings, scores } = lintManifests(files, {
    families: new Set<RuleFamily>([
      'form',
      'apis',
      'practice',
      ...(objectRules.security ? (['security'] as const) : []),
    ]),
    minor: minorOf(request),
    readFields: fieldReader(objectRules),
  })
  return files.map(({ path }) => {
    const own = findings.filter(({ span }) => span.file === path)
    const result = { path, findings: own, problem: undefined, hasFailed: fails(own, request) }
    const rated = scores.filter(({ file }) => file === path)
    return objectRules.security ? { ...result, scores: rated } : result
  })
}

function minorOf({ kubeVersion = NEWEST }: LintRequest): number {
  return Number(parseKubeVersion(kubeVersion).minor)
}

function fieldReader({ readFieldTable }: ObjectRules): () => KubeFields {
  return () => readKubeFields(readFieldTable())
}

/** The chart's files, or why there are none. */
function open(path: string, { ownFolders }: LintRequest): ChartFolder | PkgError {
  try {
    return openChartFolder(path, ownFolders)
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
}
