import { releaseArg } from '../../cli/args.ts'
import { revisionFlag } from '../../cli/flags.ts'
import { ReleaseCommand } from '../../cli/release-command.ts'
import { status } from '../../actions/inspect.ts'
import { viewHooks } from '../../output/release-view.ts'

export default class GetHooks extends ReleaseCommand {
  static override summary = 'Print the hooks of a release.'

  static override examples = [
    '<%= config.bin %> get hooks web',
    '<%= config.bin %> get hooks web --revision 2',
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = revisionFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GetHooks)
    const connections = await this.openConnections(flags)
    const release = await status(connections, this.releaseOf(args.name, flags), flags.revision)
    this.printRaw(viewHooks(release))
  }
}
