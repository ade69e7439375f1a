import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'

/** Bounds on a chart and all its subcharts together; sizes are in bytes. */
export interface ChartLimits {
  archiveBytes: number
  treeBytes: number
  fileBytes: number
  treeFiles: number
  treeCharts: number
  subchartDepth: number
  pathBytes: number
  pathParts: number
}

/** What one load may still use; the same object goes through the whole tree of charts. */
export interface ChartBudget {
  limits: ChartLimits
  bytes: number
  files: number
  charts: number
}

/** Opens the budget of one load, with the usual limits where none are given. */
export function openBudget(limits: Partial<ChartLimits> = {}): ChartBudget {
  return { limits: { ...LIMITS, ...limits }, bytes: 0, files: 0, charts: 0 }
}

/**
 * Counts one file before it is read or kept.
 *
 * @param name what the message calls the file
 * @throws PkgError CHART_TOO_LARGE
 */
export function spendFile(budget: ChartBudget, name: string, size: number): void {
  const { limits } = budget
  assertPathFits(budget, name)
  if (size > limits.fileBytes) {
    throw tooLarge(
      `chart file "${name}" is larger than the maximum file size ${limits.fileBytes}`,
      `It has ${size} bytes.`,
    )
  }
  budget.files++
  budget.bytes += size
  if (budget.files > limits.treeFiles) {
    throw tooLarge(`chart has more than the maximum of ${limits.treeFiles} files`, inTree(name))
  }
  if (budget.bytes > limits.treeBytes) {
    throw tooLarge(
      `chart is larger than the maximum size ${limits.treeBytes}`,
      `${inTree(name)} It brings the chart to ${budget.bytes} bytes.`,
    )
  }
}

/**
 * Counts one chart of the tree.
 *
 * @param depth how many charts it is inside of
 * @throws PkgError CHART_TOO_LARGE
 */
export function spendChart(budget: ChartBudget, name: string, depth: number): void {
  const { subchartDepth, treeCharts } = budget.limits
  budget.charts++
  if (depth > subchartDepth) {
    throw tooLarge(
      `subchart "${name}" is nested ${depth} deep, more than the maximum of ${subchartDepth}`,
    )
  }
  if (budget.charts > treeCharts) {
    throw tooLarge(`chart has more than the maximum of ${treeCharts} subcharts`, inTree(name))
  }
}

/** @throws PkgError CHART_TOO_LARGE when the path is too long or too deep */
export function assertPathFits(budget: ChartBudget, path: string): void {
  const { pathBytes, pathParts } = budget.limits
  // Paths are counted in characters first, because nearly all are far from the bound.
  if (path.length * 3 <= pathBytes && path.length <= pathParts) return
  const size = Buffer.byteLength(path)
  if (size > pathBytes) {
    const start = `${path.slice(0, 60)}…`
    throw tooLarge(`path "${start}" has ${size} bytes, more than the maximum of ${pathBytes}`)
  }
  const parts = path.split('/').length
  if (parts > pathParts) {
    const start = `${path.slice(0, 60)}…`
    throw tooLarge(`path "${start}" has ${parts} parts, more than the maximum of ${pathParts}`)
  }
}

/** The error for whatever is over a limit; the message names the limit and the measure. */
export function tooLarge(message: string, measured?: string): PkgError {
  return new PkgError('CHART_TOO_LARGE', message, {
    details: measured === undefined ? [] : [measured],
    hint: 'If the chart is to be trusted, raise the limit; else do not use it.',
  })
}

function inTree(name: string): string {
  return `The count includes all subcharts; "${name}" is one too many.`
}
