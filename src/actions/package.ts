import type { Chart } from '../chart/chart.ts'
import { assertDependenciesPresent } from '../chart/lock.ts'
import { packageChart, type PackageOptions } from '../chart/package-chart.ts'
import { savePackage } from '../chart/save-package.ts'

export interface PackageRequest extends PackageOptions {
  chart: Chart
  /** Folder for the archive. */
  destination: string
}

/**
 * Packs a chart into an archive that has the same bytes whenever it is made.
 *
 * @returns path of the archive
 * @throws PkgError CHART_INVALID, DEPENDENCY_MISSING, FILE_UNWRITABLE
 */
export function packageToFolder({ chart, destination, ...options }: PackageRequest): string {
  assertDependenciesPresent(chart)
  return savePackage(packageChart(chart, options), destination)
}
