import * as Args from '@oclif/core/args'
import { updateDependencies } from '../../actions/dependencies.ts'
import { DependencyCommand } from '../../cli/dependency-command.ts'
import { dependencyFlags } from '../../cli/dependency-flags.ts'

export default class DependencyUpdate extends DependencyCommand {
  static override summary = 'Choose versions of a chart’s dependencies and put them into charts/.'

  static override description = `
Versions are chosen by the ranges in Chart.yaml, and written to Chart.lock. What a dependency
depends on and does not bring along is fetched too, and packed into it. Only the repositories
that are named are asked, side by side, and each archive is fetched once.`

  static override aliases = [
    'dependency:up',
    'dep:update',
    'dep:up',
    'dependencies:update',
    'dependencies:up',
  ]

  static override examples = [
    '<%= config.bin %> dependency update ./charts/web',
    '<%= config.bin %> dependency update ./charts/web --offline',
  ]

  static override args = {
    chart: Args.string({ description: 'Folder of the chart; "." by default.' }),
  }

  static override flags = dependencyFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DependencyUpdate)
    await this.fetch(args.chart ?? '.', flags, updateDependencies)
  }
}
