import * as Args from '@oclif/core/args'
import { outputFlag, revisionFlag } from '../cli/flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { status } from '../actions/inspect.ts'
import { releaseDocument } from '../output/deployed-view.ts'
import { viewRelease } from '../output/release-view.ts'

export default class Status extends ReleaseCommand {
  static override summary = 'Show the state of a release.'

  static override examples = [
    '<%= config.bin %> status web',
    '<%= config.bin %> status web -o json',
  ]

  static override args = {
    name: Args.string({ required: true, description: 'Name of the release.' }),
  }

  static override flags = { ...outputFlag, ...revisionFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Status)
    const connections = await this.openConnections(flags)
    const release = await status(connections, this.releaseOf(args.name, flags), flags.revision)
    this.print(flags.output, releaseDocument(release, { withChart: false }), () =>
      viewRelease(release),
    )
  }
}
