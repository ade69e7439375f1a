import type { LintedChart, LintResult } from '../actions/lint.ts'
import type { Finding } from '../lint/finding.ts'
import { term } from './term.ts'

/** What was found, as `helm lint` prints it; with `quiet` warnings and errors alone. */
export function viewLint(result: LintResult, quiet: boolean): string {
  const shown = result.charts.filter((chart) => !quiet || isOdd(chart))
  const charts = shown.map((chart) => viewChart(chart, quiet)).join('')
  const hasSummary = result.failed === 0 && (!quiet || shown.length > 0)
  return hasSummary ? `${charts}${lintSummary(result)}\n` : charts
}

/** How many charts there were and how many failed. */
export function lintSummary({ charts, failed }: LintResult): string {
  return `${charts.length} chart(s) linted, ${failed} chart(s) failed`
}

/** The result as a document for `-o json` and `-o yaml`. */
export function lintDocument({ charts, failed }: LintResult) {
  return {
    charts: charts.map(({ path, findings, problem, hasFailed, scores }) => ({
      path,
      failed: hasFailed,
      ...(problem !== undefined && { problem }),
      findings: findings.map(({ severity, rule, path: subject, message, span }) => ({
        severity,
        ...(rule !== undefined && { rule }),
        path: subject,
        message,
        ...(span?.file !== undefined && { file: span.file }),
        ...(span?.line !== undefined && { line: span.line }),
        ...(span?.column !== undefined && { column: span.column }),
      })),
      ...(scores !== undefined && { scores }),
    })),
    linted: charts.length,
    failed,
  }
}

function isOdd({ findings, problem }: LintedChart): boolean {
  return problem !== undefined || findings.some(({ severity }) => severity !== 'info')
}

function viewChart({ path, findings, problem, scores }: LintedChart, quiet: boolean): string {
  const lines = findings.filter(({ severity }) => !quiet || severity !== 'info').map(viewFinding)
  const reason = problem === undefined ? [] : [`Error ${problem}`]
  const rated = scores === undefined ? [] : scores.filter(({ score }) => score < 100)
  const scored = rated.map(
    ({ object, score, level }) => `${object} scores ${score} of 100 and needs "${level}"`,
  )
  return [`==> Linting ${path}`, ...reason, ...lines, ...scored.map(term), '', ''].join('\n')
}

function viewFinding({ severity, path, message }: Finding): string {
  return `[${severity.toUpperCase()}] ${path}: ${message}`
}
