import * as Args from '@oclif/core/args'
import { listDependencies } from '../../actions/dependency-list.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { integer } from '../../cli/flag-kinds.ts'
import { outputFlag } from '../../cli/flags.ts'
import { readChart } from '../../cli/read-chart.ts'
import { viewDependencies, viewLoose } from '../../output/dependencies-view.ts'

export default class DependencyList extends BaseCommand {
  static override summary = 'List the dependencies that a chart declares, and which it holds.'

  static override aliases = [
    'dependency:ls',
    'dep:list',
    'dep:ls',
    'dependencies:list',
    'dependencies:ls',
  ]

  static override examples = ['<%= config.bin %> dependency list ./charts/web']

  static override args = {
    chart: Args.string({ description: 'Folder or archive of the chart; "." by default.' }),
  }

  static override flags = {
    ...outputFlag,
    'max-col-width': integer({ summary: 'Widest column of the table.', default: 80, min: 0 }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DependencyList)
    const folder = args.chart ?? '.'
    const chart = await readChart(folder, {}, this.io, { anyApiVersion: true })
    const listing = listDependencies(chart, folder)
    if (flags.output !== 'table') {
      return this.print(flags.output, listing.dependencies ?? [], () => '')
    }
    if (listing.dependencies === undefined) {
      return this.io.out(`WARNING: no dependencies at ${listing.place}\n`)
    }
    this.io.out(`${viewDependencies(listing, flags['max-col-width'] || Infinity)}\n\n`)
    for (const line of viewLoose(listing)) this.io.out(`${line}\n`)
  }
}
