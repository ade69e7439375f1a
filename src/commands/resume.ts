import * as Args from '@oclif/core/args'
import { allowanceFlags, historyFlag, lockFlags, waitFlags } from '../cli/flags.ts'
import { allowanceOf, crdModeOf } from '../cli/read-flags.ts'
import { ReleaseCommand } from '../cli/release-command.ts'
import { resume } from '../actions/resume.ts'
import { viewResumed } from '../output/resumed-view.ts'

export default class Resume extends ReleaseCommand {
  static override summary = 'Finish what a run that was cut off has begun.'

  static override description = `
The record says what was wanted: no chart and no values are needed. A run that is still alive
keeps its release; --lock-timeout says how long to wait for it. The command that was cut off
does the same when it is run again.`

  static override examples = ['<%= config.bin %> resume web --namespace shop']

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
    const { args, flags } = await this.parse(Resume)
    const connections = await this.openConnections(flags)
    const done = await resume(connections, {
      release: this.releaseOf(args.name, flags),
      crds: crdModeOf({}, connections.cluster),
      allowance: allowanceOf(flags),
      historyMax: flags['history-max'],
    })
    this.io.out(viewResumed(done, 'finished'))
  }
}
