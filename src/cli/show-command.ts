import * as Args from '@oclif/core/args'
import { showChart, type ChartPart } from '../actions/show.ts'
import { BaseCommand } from './base-command.ts'
import { chartFlags } from './flags.ts'
import { readChart } from './read-chart.ts'

/** A command that prints one part of a chart. */
export abstract class ShowCommand extends BaseCommand {
  static override args = {
    chart: Args.string({
      required: true,
      description: 'Folder, archive, -, REPOSITORY/CHART, or an http(s) or oci URL.',
    }),
  }

  static override flags: typeof chartFlags = chartFlags

  protected async show(part: ChartPart): Promise<void> {
    const { args, flags } = await this.parse(ShowCommand)
    const chart = await readChart(args.chart, flags, this.io)
    this.printRaw(showChart(chart, part))
  }
}
