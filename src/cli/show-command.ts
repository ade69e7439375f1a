import { showChart, type ChartPart } from '../actions/show.ts'
import { chartArg } from './args.ts'
import { BaseCommand } from './base-command.ts'
import { chartFlags } from './flags.ts'
import { readChart } from './read-chart.ts'

/** A command that prints one part of a chart. */
export abstract class ShowCommand extends BaseCommand {
  static override args = {
    chart: chartArg,
  }

  static override flags: typeof chartFlags = chartFlags

  protected async show(part: ChartPart): Promise<void> {
    const { args, flags } = await this.parse(ShowCommand)
    const chart = await readChart(args.chart, flags, this.io, { anyApiVersion: true })
    this.printRaw(showChart(chart, part))
  }
}
