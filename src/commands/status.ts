import * as Flags from '@oclif/core/flags'
import { releaseArg } from '../cli/args.ts'
import { outputFlag, revisionFlag } from '../cli/flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { status } from '../actions/inspect.ts'
import { liveResources } from '../actions/live-resources.ts'
import { resourcesOf } from '../actions/resources.ts'
import { releaseDocument } from '../output/deployed-view.ts'
import { viewRelease } from '../output/release-view.ts'
import { viewResources } from '../output/resources-view.ts'

export default class Status extends ReleaseCommand {
  static override summary = 'Show the state of a release.'

  static override examples = [
    '<%= config.bin %> status web',
    '<%= config.bin %> status web -o json',
    '<%= config.bin %> status web --show-resources',
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = {
    ...outputFlag,
    ...revisionFlag,
    'show-resources': Flags.boolean({ summary: 'Show how the objects of the release fare.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Status)
    const connections = await this.openConnections(flags)
    const release = await status(connections, this.releaseOf(args.name, flags), flags.revision)
    const live = flags.output === 'table' ? undefined : await liveResources(connections, release)
    const document = releaseDocument(release, { withChart: false, resources: live })
    if (!flags['show-resources']) {
      return this.print(flags.output, document, () => viewRelease(release))
    }
    const resources = await resourcesOf(connections, release)
    this.print(
      flags.output,
      { ...document, resources },
      () => viewRelease(release) + viewResources(resources),
    )
  }
}
