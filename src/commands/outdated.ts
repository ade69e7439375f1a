import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { list as listReleases, status } from '../actions/inspect.ts'
import { outdatedDependencies, outdatedReleases, type InstalledChart } from '../actions/outdated.ts'
import { list } from '../cli/flag-kinds.ts'
import { outputFlag } from '../cli/flags.ts'
import { namesRelease } from '../cli/names-release.ts'
import type { ConnectionFlags } from '../cli/open-connections.ts'
import { openSite } from '../cli/open-site.ts'
import { accessOf, readChart } from '../cli/read-chart.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { serverFlags } from '../cli/source-flags.ts'
import { repairHints } from '../output/release-view.ts'
import { viewOutdated, viewOutdatedReleases } from '../output/repositories-view.ts'

export default class Outdated extends ReleaseCommand {
  static override summary = 'List dependencies of a chart, or releases, that have newer versions.'

  static override description = `
Of a chart, its dependencies are listed: WANTED is the newest version that the range in Chart.yaml
takes, LATEST the newest stable one there is. Of a release, or of all with --releases, the chart
is looked for in every configured repository and among the add-ons, or where --from says; a
release does not know where its chart came from.

Repositories and registries are asked, not what was fetched earlier. A plain word is the name of
a release, unless there is a file or folder of that name.`

  static override examples = [
    '<%= config.bin %> outdated ./charts/web',
    '<%= config.bin %> outdated web --namespace shop',
    '<%= config.bin %> outdated --releases --all-namespaces -o json',
    '<%= config.bin %> outdated --releases --from corp --from oci://ghcr.io/acme/charts',
  ]

  static override args = {
    chart: Args.string({ description: 'Chart, or name of a release; "." by default.' }),
  }

  static override flags = {
    releases: Flags.boolean({ summary: 'Look at all releases of the namespace.' }),
    'all-namespaces': Flags.boolean({
      char: 'A',
      summary: 'Look at all releases of all namespaces.',
    }),
    from: list({
      summary: 'Repository, its address, or oci://HOST/PATH to look in; may be repeated.',
    }),
    devel: Flags.boolean({ summary: 'Take pre-releases for newer versions of releases too.' }),
    ...serverFlags(),
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Outdated)
    const isRelease = args.chart !== undefined && namesRelease(args.chart, this.io.cwd)
    if (isRelease || flags.releases || flags['all-namespaces']) {
      const releases = await this.releasesOf(args.chart, flags)
      const { from = [], devel } = flags
      const request = { releases, from, devel, access: accessOf(flags) }
      const items = await outdatedReleases(request, openSite(flags, this.io))
      return this.print(flags.output, items, viewOutdatedReleases)
    }
    const path = args.chart ?? '.'
    const chart = await readChart(path, flags, this.io)
    const request = { chart, path, access: accessOf(flags) }
    const { items, failures } = await outdatedDependencies(request, openSite(flags, this.io))
    const isUnknown = items.length === 0 && failures.length > 0
    this.print(flags.output, items, (rows) => (isUnknown ? '' : viewOutdated(rows)))
    const [first, ...others] = failures
    for (const { message } of others) this.note(`warning: ${message}`)
    if (first !== undefined) throw first
  }

  private async releasesOf(
    name: string | undefined,
    flags: ConnectionFlags & { 'all-namespaces': boolean },
  ): Promise<InstalledChart[]> {
    const connections = await this.openConnections(flags)
    if (name !== undefined) return [await status(connections, this.releaseOf(name, flags))]
    const namespace = flags['all-namespaces'] ? undefined : this.namespaceOf(flags)
    const { releases, hidden } = await listReleases(connections, { namespace })
    for (const { namespace: place, name: unreadable } of hidden) {
      this.note(`warning: the newest record of release "${place}/${unreadable}" cannot be read`)
    }
    for (const hint of repairHints(hidden)) this.note(hint)
    return releases.filter((release) => release.status !== 'uninstalled')
  }
}
