import * as Args from '@oclif/core/args'
import { dependencyTree } from '../../actions/dependency-list.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { chartFlags, outputFlag } from '../../cli/flags.ts'
import { readChart } from '../../cli/read-chart.ts'
import { viewTree } from '../../output/dependencies-view.ts'

export default class DependencyTree extends BaseCommand {
  static override summary = 'Show what a chart depends on, and what that depends on.'

  static override aliases = ['dep:tree', 'dependencies:tree']

  static override examples = [
    '<%= config.bin %> dependency tree ./charts/web',
    '<%= config.bin %> dependency tree bitnami/wordpress',
  ]

  static override args = {
    chart: Args.string({ description: 'Chart, of any kind of reference; "." by default.' }),
  }

  static override flags = { ...chartFlags, ...outputFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DependencyTree)
    const chart = await readChart(args.chart ?? '.', flags, this.io)
    this.print(flags.output, dependencyTree(chart), viewTree)
  }
}
