import { setMaxListeners } from 'node:events'
import { PkgError } from '../base/errors.ts'
import type { Connections } from '../actions/connections.ts'
import { viewLeftOut, type DeployedView } from '../output/deployed-view.ts'
import type { ReleaseName } from '../storage/storage.ts'
import { BaseCommand } from './base-command.ts'
import { clusterFlags } from './cluster-flags.ts'
import { globalFlags } from './flags.ts'
import { openConnections, type CommandRun, type ConnectionFlags } from './open-connections.ts'
import { onStoppingSignal } from './signals.ts'
import { userAgentOf } from './user-agent.ts'

/** A command that works with releases at a target. */
export abstract class ReleaseCommand extends BaseCommand {
  static override baseFlags: typeof globalFlags = { ...globalFlags, ...clusterFlags() }

  private removeHandlers: () => void = () => undefined
  private connections: Connections | undefined
  /** The namespace that was meant last. */
  private asked: string | undefined

  /** Opens the target; after Ctrl-C or a termination the run ends in order, with nothing half-written. */
  protected async openConnections(
    flags: ConnectionFlags,
    { asksNothing }: Pick<CommandRun, 'asksNothing'> = {},
  ): Promise<Connections> {
    const interruption = new AbortController()
    // Each call under way listens, and there may be more than the ten that Node takes for a leak.
    setMaxListeners(0, interruption.signal)
    this.removeHandlers = onStoppingSignal((signal) => {
      const code = signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED'
      interruption.abort(new PkgError(code, `cancelled by ${signal}`, { hint: AGAIN }))
    })
    this.connections = await openConnections(flags, this.io, {
      signal: interruption.signal,
      userAgent: userAgentOf(this.config.version),
      asksNothing,
    })
    return this.connections
  }

  /** What is drawn of a wait ends before the failure is told. */
  protected override async catch(failure: Error): Promise<void> {
    const told = await this.withReason(failure)
    this.connections?.close()
    await super.catch(told)
  }

  /** Where the target is not there at all, the release is not what was misspelt. */
  private async withReason(failure: Error): Promise<Error> {
    if (!(failure instanceof PkgError) || failure.code !== 'RELEASE_NOT_FOUND') return failure
    const reason = await this.whyEmpty(this.asked)
    if (reason === undefined) return failure
    const { code, message, hint = '', span, details, cause } = failure
    const text = `${reason[0]?.toUpperCase() ?? ''}${reason.slice(1)}. ${hint}`.trim()
    return new PkgError(code, message, { hint: text, span, details, cause })
  }

  private async whyEmpty(namespace: string | undefined): Promise<string | undefined> {
    const { cluster, signal } = this.connections ?? {}
    return cluster?.whyEmpty?.(namespace, signal)
  }

  /** Says why a list that may be empty is: nobody would look for a misspelt target. */
  protected async noteEmpty(
    { length }: { length: number },
    namespace: string | undefined,
  ): Promise<void> {
    const reason = length === 0 ? await this.whyEmpty(namespace) : undefined
    if (reason !== undefined) this.note(`note: ${reason}`)
  }

  protected override async finally(failure: Error | undefined): Promise<void> {
    this.removeHandlers()
    this.connections?.close()
    await super.finally(failure)
  }

  /** Says which hooks a target that runs none has left out, unless that was asked for. */
  protected noteHooks(
    { release }: Pick<DeployedView, 'release'>,
    flags: { 'write-hooks': boolean; 'no-hooks': boolean },
  ): void {
    if (this.connections?.cluster.runsHooks === true) return
    if (flags['write-hooks'] || flags['no-hooks']) return
    const text = viewLeftOut(release.hooks)
    if (text !== '') this.note(text)
  }

  /** The release that is meant; the connections must be open already. */
  protected releaseOf(name: string, flags: { namespace?: string | undefined }): ReleaseName {
    return { name, namespace: this.namespaceOf(flags) }
  }

  /** The namespace that is meant: that of the flag, else that of the target. */
  protected namespaceOf(flags: { namespace?: string | undefined }): string {
    this.asked = flags.namespace || (this.connections?.namespace ?? 'default')
    return this.asked
  }
}

const AGAIN = 'Run the same command again: it finishes or undoes what was begun.'
