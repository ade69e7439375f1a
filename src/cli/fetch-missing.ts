import { updateDependencies } from '../actions/dependencies.ts'
import { isFolder } from '../chart/archive-file.ts'
import { missingDependencies } from '../chart/lock.ts'
import { loadChartDirectory } from '../chart/read-directory.ts'
import { viewDependencyNotice } from '../output/dependencies-view.ts'
import { term } from '../output/term.ts'
import type { Io } from './io.ts'
import { openSite, type SiteFlags } from './open-site.ts'
import { accessOf } from './read-chart.ts'

/**
 * Fetches the dependencies of a chart's folder when charts/ lacks some, telling of it on
 * standard error.
 *
 * Source: Helm 4.1.4 pkg/cmd/install.go, `--dependency-update`.
 *
 * @throws PkgError as `updateDependencies`
 */
export async function fetchMissing(
  reference: string,
  flags: SiteFlags,
  io: Io,
  { always = false } = {},
): Promise<void> {
  const folder = reference.trim()
  if (!isFolder(folder)) return
  if (!always && missingDependencies(loadChartDirectory(folder)).length === 0) return
  await updateDependencies(
    {
      folder,
      query: { access: accessOf(flags) },
      onNotice: (notice) => io.err(`${term(viewDependencyNotice(notice))}\n`),
      now: () => new Date(io.now()),
    },
    openSite(flags, io),
  )
}
