import * as Args from '@oclif/core/args'
import { loadChart } from '../actions/load-chart.ts'
import { showChart, type ChartPart } from '../actions/show.ts'
import { BaseCommand } from './base-command.ts'
import { chartFlags } from './flags.ts'

/** A command that prints one part of a chart. */
export abstract class ShowCommand extends BaseCommand {
  static override args = {
    chart: Args.string({
      required: true,
      description: 'Folder, archive, or - for standard input.',
    }),
  }

  static override flags: typeof chartFlags = chartFlags

  protected async show(part: ChartPart): Promise<void> {
    const { args } = await this.parse(ShowCommand)
    const chart = await loadChart(args.chart, () => this.io.stdin())
    this.printRaw(showChart(chart, part))
  }
}
