import { releaseArg } from '../../cli/args.ts'
import { revisionFlag } from '../../cli/flags.ts'
import { ReleaseCommand } from '../../cli/release-command.ts'
import { status } from '../../actions/inspect.ts'
import { viewNotes } from '../../output/release-view.ts'

export default class GetNotes extends ReleaseCommand {
  static override summary = 'Print the notes of a release.'

  static override examples = [
    '<%= config.bin %> get notes web',
    '<%= config.bin %> get notes web --revision 2',
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = revisionFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GetNotes)
    const connections = await this.openConnections(flags)
    const release = await status(connections, this.releaseOf(args.name, flags), flags.revision)
    this.printRaw(viewNotes(release))
  }
}
