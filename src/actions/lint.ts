import { PkgError } from '../base/errors.ts'
import { chartsBelow, openChartFolder, type ChartFolder } from '../chart/chart-folder.ts'
import { parseKubeVersion } from '../render/capabilities.ts'
import type { Finding } from '../lint/finding.ts'
import { lintChart, type LintRequest as ChartRequest } from '../lint/lint-chart.ts'

export interface LintRequest extends ChartRequest {
  /** Folders and archives, as the person typed them. */
  paths: readonly string[]
  /** Lint the charts below `charts` too, after the ones that were named. */
  withSubcharts: boolean
  /** Warnings fail a chart too. */
  strict: boolean
}

/** What was found in one chart. */
export interface LintedChart {
  path: string
  findings: Finding[]
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
  const charts = [...paths, ...below].map((path) => lintOne(path, request))
  return { charts, failed: charts.filter(({ hasFailed }) => hasFailed).length }
}

function lintOne(path: string, request: LintRequest): LintedChart {
  const opened = open(path)
  if (typeof opened === 'string') {
    return { path, findings: [], problem: opened, hasFailed: true }
  }
  const findings = lintChart(opened, request)
  const hasFailed = findings.some(
    ({ severity }) => severity === 'error' || (request.strict && severity === 'warning'),
  )
  return { path, findings, problem: undefined, hasFailed }
}

/** The chart's files, or why there are none. */
function open(path: string): ChartFolder | string {
  try {
    return openChartFolder(path)
  } catch (error) {
    if (error instanceof PkgError) return error.message
    throw error
  }
}
