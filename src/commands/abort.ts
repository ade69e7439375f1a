import * as Args from '@oclif/core/args'
import { allowanceFlags, historyFlag, lockFlags, waitFlags } from '../cli/flags.ts'
import { allowanceOf, crdModeOf } from '../cli/read-flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { abort } from '../actions/resume.ts'
import { viewResumed } from '../output/resumed-view.ts'

export default class Abort extends ReleaseCommand {
  static override summary = 'Undo what a run that was cut off has begun.'

  static override description = `
An installation goes, an upgrade or a rollback is rolled back to the revision before it, and
what an uninstallation has taken away comes back. A run that is still alive keeps its release;
--lock-timeout says how long to wait for it.`

  static override examples = ['<%= config.bin %> abort web --namespace shop']

  static override args = {
    name: Args.string({ required: true, description: 'Name of the release.' }),
  }

  static override flags = {
    ...historyFlag,
    ...waitFlags(),
    ...lockFlags(),
    ...allowanceFlags(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Abort)
    const connections = await this.openConnections(flags)
    const done = await abort(connections, {
      release: this.releaseOf(args.name, flags),
      crds: crdModeOf({}, connections.cluster),
      allowance: allowanceOf(flags),
      historyMax: flags['history-max'],
    })
    this.io.out(viewResumed(done, 'undone'))
  }
}
