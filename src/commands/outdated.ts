import * as Args from '@oclif/core/args'
import { outdatedDependencies } from '../actions/versions.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { outputFlag } from '../cli/flags.ts'
import { openSite } from '../cli/open-site.ts'
import { readChart } from '../cli/read-chart.ts'
import { viewOutdated } from '../output/repositories-view.ts'
import { serverFlags } from '../cli/source-flags.ts'

export default class Outdated extends BaseCommand {
  static override summary = 'List the dependencies of a chart that have newer versions.'

  static override description = `
WANTED is the newest version that the range in Chart.yaml takes, LATEST the newest stable one
there is. Repositories and registries are asked, not what was fetched earlier.`

  static override examples = ['<%= config.bin %> outdated ./charts/web']

  static override args = {
    chart: Args.string({ description: 'Folder or archive of the chart; "." by default.' }),
  }

  static override flags = { ...serverFlags(), ...outputFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Outdated)
    const chart = await readChart(args.chart ?? '.', flags, this.io)
    const items = await outdatedDependencies(chart, openSite(flags, this.io))
    this.print(flags.output, items, viewOutdated)
  }
}
