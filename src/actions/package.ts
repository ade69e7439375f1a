import type { Chart } from '../chart/chart.ts'
import { assertDependenciesPresent } from '../chart/lock.ts'
import { packageChart, type ChartPackage, type PackageOptions } from '../chart/package-chart.ts'
import { savePackage, saveProvenance } from '../chart/save-package.ts'

export interface PackageRequest extends PackageOptions {
  chart: Chart
  /** Folder for the archive. */
  destination: string
  /** Gives the text of the provenance file that goes beside the archive. */
  sign?: ((archive: ChartPackage) => Promise<string>) | undefined
}

/**
 * Packs a chart into an archive that has the same bytes whenever it is made. What cannot be
 * signed is not written.
 *
 * @returns path of the archive
 * @throws PkgError CHART_INVALID, DEPENDENCY_MISSING, FILE_UNWRITABLE, and what `sign` throws
 */
export async function packageToFolder(request: PackageRequest): Promise<string> {
  const { chart, destination, sign, ...options } = request
  assertDependenciesPresent(chart)
  const archive = packageChart(chart, options)
  const provenance = await sign?.(archive)
  const path = savePackage(archive, destination)
  if (provenance !== undefined) saveProvenance(path, provenance)
  return path
}
