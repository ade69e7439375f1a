import { releaseArg } from '../../cli/args.ts'
import { revisionFlag, outputFlag } from '../../cli/flags.ts'
import { ReleaseCommand } from '../../cli/release-command.ts'
import { metadataOf, status } from '../../actions/inspect.ts'
import { metadataDocument, viewMetadata } from '../../output/release-view.ts'

export default class GetMetadata extends ReleaseCommand {
  static override summary = 'Print what a release is made of: chart, version, labels, dependencies.'

  static override examples = [
    '<%= config.bin %> get metadata web',
    '<%= config.bin %> get metadata web --revision 2',
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = { ...outputFlag, ...revisionFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GetMetadata)
    const connections = await this.openConnections(flags)
    const release = await status(connections, this.releaseOf(args.name, flags), flags.revision)
    const metadata = metadataOf(release)
    this.print(flags.output, metadataDocument(metadata), () => viewMetadata(metadata))
  }
}
