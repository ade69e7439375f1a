import * as Flags from '@oclif/core/flags'
import { releaseArg } from '../../cli/args.ts'
import { revisionFlag } from '../../cli/flags.ts'
import { ReleaseCommand } from '../../cli/release-command.ts'
import { getValues, passedValues, status } from '../../actions/inspect.ts'
import { formatRelease } from '../../actions/release-template.ts'
import { viewRelease } from '../../output/release-view.ts'

export default class GetAll extends ReleaseCommand {
  static override summary = 'Print all there is to know of a release.'

  static override examples = [
    '<%= config.bin %> get all web',
    '<%= config.bin %> get all web --revision 2',
    "<%= config.bin %> get all web --template '{{.Release.Info.Status}}'",
  ]

  static override args = {
    name: releaseArg,
  }

  static override flags = {
    ...revisionFlag,
    template: Flags.string({ summary: 'Print by a Go template, which sees .Release.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GetAll)
    const connections = await this.openConnections(flags)
    const name = this.releaseOf(args.name, flags)
    const release = await status(connections, name, flags.revision)
    if (flags.template) return this.io.out(formatRelease(release, flags.template))
    const computed = await getValues(connections, name, { revision: release.revision, all: true })
    this.io.out(
      viewRelease(release, {
        withChart: true,
        withManifest: true,
        values: { passed: passedValues(release), computed },
      }),
    )
  }
}
