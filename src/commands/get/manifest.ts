import { releaseArg } from '../../cli/args.ts'
import { revisionFlag } from '../../cli/flags.ts'
import { ReleaseCommand } from '../../cli/release-command.ts'
import { status } from '../../actions/inspect.ts'

export default class GetManifest extends ReleaseCommand {
  static override summary = 'Print the objects of a release, as they were rendered.'

  static override examples = [
    '<%= config.bin %> get manifest web',
    '<%= config.bin %> get manifest web --revision 2',
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = revisionFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GetManifest)
    const connections = await this.openConnections(flags)
    const release = await status(connections, this.releaseOf(args.name, flags), flags.revision)
    this.printRaw(`${release.manifest}\n`)
  }
}
