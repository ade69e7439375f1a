import * as Args from '@oclif/core/args'
import { BaseCommand } from '../../cli/base-command.ts'
import { chartFlags } from '../../cli/flags.ts'
import { loadChart } from '../../actions/load-chart.ts'
import { showChart } from '../../actions/show.ts'

export default class ShowChart extends BaseCommand {
  static override summary = 'Print Chart.yaml as it is read.'

  static override aliases = ['inspect:chart']

  static override examples = ['<%= config.bin %> show chart ./charts/web']

  static override args = {
    chart: Args.string({
      required: true,
      description: 'Folder, archive, or - for standard input.',
    }),
  }

  static override flags = chartFlags

  async run(): Promise<void> {
    const { args } = await this.parse(ShowChart)
    const chart = await loadChart(args.chart, () => this.io.stdin())
    this.printRaw(showChart(chart, 'chart'))
  }
}
