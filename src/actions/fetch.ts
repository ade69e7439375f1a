import { PkgError } from '../base/errors.ts'
import { assertGzip, loadChartArchive } from '../chart/archive.ts'
import { parseChartRef } from '../repo/chart-ref.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import { fetchArchive } from '../repo/chart-source.ts'
import type { ChartQuery, FetchedArchive } from '../repo/fetch-archive.ts'
import { saveArchive, saveUnpacked } from '../repo/save-archive.ts'

export interface PullRequest {
  reference: string
  repo?: string | undefined
  query: ChartQuery
  /** Folder for the archive, or in which `untar` begins. */
  destination: string
  /** Folder to unpack into, below the destination; undefined to keep the archive. */
  untar: string | undefined
}

export interface Pulled {
  fetched: FetchedArchive
  /** The file, or the chart's folder. */
  path: string
}

/**
 * Fetches a chart and writes its archive, or its files, into a folder.
 *
 * @throws PkgError USAGE for what is a file already, CHART_INVALID for what is no archive,
 *   FILE_UNWRITABLE, and what `fetchArchive`
 *   throws
 */
export async function pull(request: PullRequest, site: ChartSite): Promise<Pulled> {
  const { reference, repo, query, destination, untar } = request
  const ref = parseChartRef(reference, repo)
  if (ref.kind === 'stdin' || ref.kind === 'path') {
    throw new PkgError('USAGE', `"${reference}" is a file or folder of this machine already`, {
      hint: 'Name REPOSITORY/CHART, or an http(s) or oci URL.',
    })
  }
  const fetched = await fetchArchive(ref, query, site)
  if (untar === undefined) {
    assertGzip(fetched.archive, fetched.from)
    return { fetched, path: await saveArchive(fetched, destination) }
  }
  const chart = loadChartArchive(fetched.archive, { origin: fetched.from, anyApiVersion: true })
  return { fetched, path: await saveUnpacked(chart, { destination, untar }) }
}
