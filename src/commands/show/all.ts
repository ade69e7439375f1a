import * as Args from '@oclif/core/args'
import { BaseCommand } from '../../cli/base-command.ts'
import { chartFlags } from '../../cli/flags.ts'
import { loadChart } from '../../actions/load-chart.ts'
import { showChart } from '../../actions/show.ts'

export default class ShowAll extends BaseCommand {
  static override summary = 'Print everything about a chart: metadata, values, README and CRDs.'

  static override aliases = ['inspect:all']

  static override examples = ['<%= config.bin %> show all ./charts/web']

  static override args = {
    chart: Args.string({
      required: true,
      description: 'Folder, archive, or - for standard input.',
    }),
  }

  static override flags = chartFlags

  async run(): Promise<void> {
    const { args } = await this.parse(ShowAll)
    const chart = await loadChart(args.chart, () => this.io.stdin())
    this.printRaw(showChart(chart, 'all'))
  }
}
