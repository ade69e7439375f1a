import { setMaxListeners } from 'node:events'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { nearest } from '../base/nearest.ts'
import type { Connections } from '../actions/connections.ts'
import { viewLeftOut, type DeployedView } from '../output/deployed-view.ts'
import type { ReleaseName } from '../storage/storage.ts'
import { BaseCommand } from './base-command.ts'
import { clusterFlags } from './cluster-flags.ts'
import { globalFlags } from './flags.ts'
import { openConnections, type CommandRun, type ConnectionFlags } from './open-connections.ts'
import { repeatTarget } from './repeat-target.ts'
import { onStoppingSignal } from './signals.ts'
import { userAgentOf } from './user-agent.ts'

/** A command that works with releases at a target. */
export abstract class ReleaseCommand extends BaseCommand {
  static override baseFlags: typeof globalFlags = { ...globalFlags, ...clusterFlags() }

  private removeHandlers: () => void = () => undefined
  private connections: Connections | undefined
  /** The namespace that was meant last, and the release in it, if one was. */
  private asked: { namespace: string; name?: string } | undefined

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
    const opened = await openConnections(flags, this.io, {
      signal: interruption.signal,
      userAgent: userAgentOf(this.config.version),
      asksNothing,
    })
    const onNotice = (notice: string): void => opened.onNotice(repeatTarget(notice, this.given))
    this.connections = { ...opened, onNotice }
    return this.connections
  }

  /** What is drawn of a wait ends before the failure is told. */
  protected override async catch(failure: Error): Promise<void> {
    const told = failure instanceof PkgError ? await this.withAdvice(failure) : failure
    this.connections?.close()
    await super.catch(told)
  }

  /** What a person is told to run goes to the target that this run had. */
  private async withAdvice(failure: PkgError): Promise<PkgError> {
    const reason = failure.code === 'RELEASE_NOT_FOUND' ? await this.whyMissing() : undefined
    const { code, message, hint, span, details, cause } = failure
    const texts = [reason, hint].filter((text) => text !== undefined)
    if (texts.length === 0) return failure
    const advice = repeatTarget(texts.join(' '), this.given)
    return new PkgError(code, message, { hint: advice, span, details, cause })
  }

  /** Where the target is not there at all, the release is not what was misspelt. */
  private async whyMissing(): Promise<string | undefined> {
    const reason = await this.whyEmpty(this.asked?.namespace)
    if (reason !== undefined) return `${reason[0]?.toUpperCase() ?? ''}${reason.slice(1)}.`
    const name = await this.nameMeant()
    return name && `Did you mean "${name}"?`
  }

  /** The release of the same namespace that has nearly the name that was asked for. */
  private async nameMeant(): Promise<string | undefined> {
    const { namespace, name } = this.asked ?? {}
    if (name === undefined || this.connections === undefined) return undefined
    const known = new Set<string>()
    try {
      await this.connections.storage.list(namespace, (heads) => {
        for (const head of heads) known.add(head.name)
        return []
      })
    } catch (error) {
      // Only advice is lost: that the release is missing is what counts.
      if (error instanceof PkgError || isSystemError(error)) return undefined
      throw error
    }
    return known.has(name) ? undefined : nearest(name, [...known])
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

  protected override note(text: string): void {
    super.note(repeatTarget(text, this.given))
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
    this.asked = { name, namespace: this.namespaceOf(flags) }
    return { name, namespace: this.asked.namespace }
  }

  /** The namespace that is meant: that of the flag, else that of the target. */
  protected namespaceOf(flags: { namespace?: string | undefined }): string {
    const namespace = flags.namespace || (this.connections?.namespace ?? 'default')
    this.asked = { namespace }
    return namespace
  }
}

const AGAIN = 'Run the same command again: it finishes or undoes what was begun.'
