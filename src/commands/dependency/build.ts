import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { buildDependencies } from '../../actions/dependencies.ts'
import { DependencyCommand } from '../../cli/dependency-command.ts'
import { dependencyFlags } from '../../cli/dependency-flags.ts'

export default class DependencyBuild extends DependencyCommand {
  static override summary = 'Put into charts/ what Chart.lock says.'

  static override description = `
Without a lock it does what "dependency update" does. Archives whose digests the lock has are
checked against them, and taken from the cache when it holds them: such a version may even be
gone from its repository.`

  static override aliases = ['dep:build', 'dependencies:build']

  static override examples = [
    '<%= config.bin %> dependency build ./charts/web',
    '<%= config.bin %> dependency build ./charts/web --offline',
  ]

  static override args = {
    chart: Args.string({ description: 'Folder of the chart; "." by default.' }),
  }

  static override flags = {
    ...dependencyFlags,
    locked: Flags.boolean({ summary: 'Fail rather than take a version that the lock lacks.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DependencyBuild)
    await this.fetch(args.chart ?? '.', flags, buildDependencies)
  }
}
