import { PkgError } from '../base/errors.ts'
import type { Connections } from '../actions/connections.ts'
import { viewLeftOut, type DeployedView } from '../output/deployed-view.ts'
import type { ReleaseName } from '../storage/storage.ts'
import { BaseCommand } from './base-command.ts'
import { openConnections, type ConnectionFlags } from './open-connections.ts'
import { onStoppingSignal } from './signals.ts'

/** A command that works with releases at a target. */
export abstract class ReleaseCommand extends BaseCommand {
  private removeHandlers: () => void = () => undefined

  /** Opens the target; after Ctrl-C or a termination the run ends in order, with nothing half-written. */
  protected openConnections(flags: ConnectionFlags): Promise<Connections> {
    const interruption = new AbortController()
    this.removeHandlers = onStoppingSignal((signal) => {
      const code = signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED'
      interruption.abort(new PkgError(code, `cancelled by ${signal}`, { hint: AGAIN }))
    })
    return openConnections(flags, this.io, interruption.signal)
  }

  protected override async finally(failure: Error | undefined): Promise<void> {
    this.removeHandlers()
    await super.finally(failure)
  }

  /** Says which hooks were left out, unless that was asked for. */
  protected noteHooks(
    { release }: Pick<DeployedView, 'release'>,
    flags: { 'write-hooks': boolean; 'no-hooks': boolean },
  ): void {
    if (flags['write-hooks'] || flags['no-hooks']) return
    const text = viewLeftOut(release.hooks)
    if (text !== '') this.note(text)
  }

  protected releaseOf(name: string, flags: { namespace?: string | undefined }): ReleaseName {
    return { name, namespace: flags.namespace ?? 'default' }
  }
}

const AGAIN = 'Run the same command again: it finishes or undoes what was begun.'
