import { loadChart as load, type ChartInput } from '../chart/load-chart.ts'
import type { Chart } from '../chart/chart.ts'

/**
 * Loads a chart by what the person typed: a folder, an archive or `-`.
 *
 * @throws PkgError CHART_NOT_FOUND, CHART_INVALID, CHART_TOO_LARGE, ARCHIVE_UNSAFE
 */
export function loadChart(
  reference: string,
  stdin: () => Uint8Array,
  options: Pick<ChartInput, 'outsideLinks'> = {},
): Promise<Chart> {
  return load(reference, { ...options, readStdin: () => Promise.resolve(stdin()) })
}
