import { PkgError } from '../base/errors.ts'
import type { Connections } from '../actions/connections.ts'
import type { ReleaseName } from '../storage/storage.ts'
import { BaseCommand } from './base-command.ts'
import { openConnections, type ConnectionFlags } from './open-connections.ts'

/** A command that works with releases at a target. */
export abstract class ReleaseCommand extends BaseCommand {
  /** Opens the target; after Ctrl-C or a termination the run ends in order, with nothing half-written. */
  protected openConnections(flags: ConnectionFlags): Promise<Connections> {
    const interruption = new AbortController()
    process.once('SIGINT', () => {
      interruption.abort(new PkgError('INTERRUPTED', 'interrupted', { hint: AGAIN }))
    })
    process.once('SIGTERM', () => {
      interruption.abort(new PkgError('TERMINATED', 'ended by a signal', { hint: AGAIN }))
    })
    return openConnections(flags, this.io, interruption.signal)
  }

  protected releaseOf(name: string, flags: { namespace?: string | undefined }): ReleaseName {
    return { name, namespace: flags.namespace ?? 'default' }
  }
}

const AGAIN = 'Run the same command again: it finishes or undoes what was begun.'
