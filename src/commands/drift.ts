import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { PkgError } from '../base/errors.ts'
import { newMask } from '../base/redact.ts'
import { outputFlag } from '../cli/flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { driftOfAll, driftOfRelease } from '../actions/drift.ts'
import { viewDrift } from '../output/drift-view.ts'

export default class Drift extends ReleaseCommand {
  static override summary = 'Show what was changed at the target since a release was deployed.'

  static override description = `
Drift compares the live objects with what the release recorded, field by field, and names the
field manager that changed each and when. Fields that are left to autoscalers and to those who
inject certificates are no drift. An upgrade puts back what the release sets.`

  static override examples = [
    '<%= config.bin %> drift web --detailed-exitcode',
    '<%= config.bin %> drift --all --all-namespaces --output json',
  ]

  static override args = {
    name: Args.string({ description: 'Name of the release.' }),
  }

  static override flags = {
    all: Flags.boolean({ summary: 'Every deployed release of the namespace.' }),
    'all-namespaces': Flags.boolean({ char: 'A', summary: 'With --all, of all namespaces.' }),
    'detailed-exitcode': Flags.boolean({ summary: 'Exit with 2 when something has drifted.' }),
    'show-secrets': Flags.boolean({ summary: 'Show Secret data.' }),
    ...outputFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Drift)
    const isAll = flags.all || flags['all-namespaces']
    if (args.name === undefined ? !isAll : isAll) {
      throw new PkgError('USAGE', 'name one release, or pass --all')
    }
    const connections = await this.openConnections(flags)
    const mask = flags['show-secrets'] ? undefined : newMask()
    const namespace = this.namespaceOf(flags)
    const searched = flags['all-namespaces'] ? undefined : namespace
    const drifts =
      args.name === undefined
        ? await driftOfAll(connections, searched, mask)
        : [await driftOfRelease(connections, { name: args.name, namespace }, mask)]
    await this.noteEmpty(drifts, searched)

    const color = this.isColored(flags.color)
    this.print(flags.output, drifts, (data) => viewDrift(data, { color }))
    if (flags['detailed-exitcode'] && drifts.some(({ objects }) => objects.length > 0)) this.exit(2)
  }
}
