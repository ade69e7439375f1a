import * as Flags from '@oclif/core/flags'
import { releaseArg } from '../../cli/args.ts'
import { revisionFlag, outputFlag } from '../../cli/flags.ts'
import { ReleaseCommand } from '../../cli/release-command.ts'
import { getValues } from '../../actions/inspect.ts'

export default class GetValues extends ReleaseCommand {
  static override summary =
    'Print the values a release was given, or with --all those its templates saw.'

  static override examples = [
    '<%= config.bin %> get values web',
    '<%= config.bin %> get values web --revision 2',
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = {
    ...outputFlag,
    ...revisionFlag,
    all: Flags.boolean({ char: 'a', summary: 'Print the values that templates saw.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GetValues)
    const connections = await this.openConnections(flags)
    const values = await getValues(connections, this.releaseOf(args.name, flags), {
      revision: flags.revision ?? 0,
      all: flags.all,
    })
    const headline = flags.all ? 'COMPUTED VALUES:' : 'USER-SUPPLIED VALUES:'
    this.printValues(flags.output, values, headline)
  }
}
