import type { Connections } from '../actions/connections.ts'
import type { Resumed, ResumeRequest } from '../actions/resume.ts'
import { viewResumed } from '../output/resumed-view.ts'
import { releaseArg } from './args.ts'
import { allowanceFlags, historyFlag, lockFlags, waitFlags } from './flags.ts'
import { allowanceOf, crdModeOf } from './read-flags.ts'
import { ReleaseCommand } from './release-command.ts'

const settleFlags = { ...historyFlag, ...waitFlags(), ...lockFlags(), ...allowanceFlags() }

type Settle = (connections: Connections, request: ResumeRequest) => Promise<Resumed>

/** A command that settles what a run that was cut off has begun. */
export abstract class SettleCommand extends ReleaseCommand {
  static override args = { name: releaseArg }

  static override flags: typeof settleFlags = settleFlags

  protected async settle(settle: Settle, how: 'finished' | 'undone'): Promise<void> {
    const { args, flags } = await this.parse(SettleCommand)
    const connections = await this.openConnections(flags)
    const done = await settle(connections, {
      release: this.releaseOf(args.name, flags),
      crds: crdModeOf({}, connections.cluster),
      allowance: allowanceOf(flags),
      historyMax: flags['history-max'],
    })
    this.io.out(viewResumed(done, how))
  }
}
