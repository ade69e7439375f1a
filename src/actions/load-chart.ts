import { loadChart as loadFile, type ChartInput } from '../chart/load-chart.ts'
import type { Chart } from '../chart/chart.ts'
import { parseChartRef } from '../repo/chart-ref.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import type { ChartQuery } from '../repo/fetch-archive.ts'
import type { VerifySettings } from './verify-fetched.ts'

export interface ChartLoading extends Pick<
  ChartInput,
  'outsideLinks' | 'anyApiVersion' | 'fileStore'
> {
  /** Address of the repository that the reference is the name of a chart of. */
  repo?: string | undefined
  query?: ChartQuery | undefined
  /** Has a provenance file vouch for the chart before anything of it is read. */
  verify?: VerifySettings | undefined
  /** Opens what charts are fetched through, when one has to be. */
  openSite?: (() => Promise<ChartSite>) | undefined
}

/**
 * Loads a chart by what the person typed: a folder, an archive, `-`, an http(s) or oci URL, or
 * `REPOSITORY/CHART`. For a file of this machine nothing of the network is loaded.
 *
 * @throws PkgError CHART_NOT_FOUND, CHART_INVALID, CHART_TOO_LARGE, ARCHIVE_UNSAFE, and for
 *   charts that are fetched what `loadRemoteChart` throws
 */
export async function loadChart(
  reference: string,
  stdin: () => Uint8Array,
  options: ChartLoading = {},
): Promise<Chart> {
  const { outsideLinks, anyApiVersion, fileStore, repo, query = {}, openSite, verify } = options
  const ref = parseChartRef(reference, repo)
  if (verify !== undefined && (ref.kind === 'stdin' || ref.kind === 'path')) {
    return (await import('./verify.ts')).loadVerified(reference, verify, { anyApiVersion })
  }
  if (ref.kind === 'stdin' || ref.kind === 'path' || openSite === undefined) {
    return loadFile(reference, {
      outsideLinks,
      anyApiVersion,
      fileStore,
      readStdin: () => Promise.resolve(stdin()),
    })
  }
  const { loadRemoteChart } = await import('../repo/chart-source.ts')
  const { verifyFetched } = await import('./verify-fetched.ts')
  const asked = { ...query, ...(verify && verifyFetched(verify)) }
  return loadRemoteChart(ref, asked, await openSite(), { anyApiVersion, fileStore })
}
