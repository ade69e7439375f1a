import { PkgError, type ErrorCode } from '../base/errors.ts'
import { steadyNow } from '../base/steady-clock.ts'
import { isGone } from './holder.ts'
import {
  leaseCalls,
  leaseParts,
  type AskedLease,
  type LeaseCalls,
  type Moment,
  type Patience,
} from './lease-calls.ts'
import type { LeaseObject } from './lease-object.ts'
import type { Holder, LeaseStore, SeenLease } from './lease.ts'
import type { ApiRequest, SendGuard, Transport } from './transport.ts'

export interface KubeLeasesOptions {
  transport: Transport
  /** Milliseconds after which others may take a silent lease over. */
  expiry: number
  /** For reading and taking a Lease; without it, each call is made once. */
  patience?: Patience | undefined
  /** Of one call, in milliseconds; ten seconds by default. */
  timeout?: number | undefined
  /** Told once when this person may not use Leases. */
  onNotice: (notice: string) => void
}

/** What this run knows of a lease it holds. */
interface Hold {
  lease: LeaseObject
  /** When the server was asked that last renewed it. */
  confirmed: Moment
}

const NO_RIGHT =
  'no right to use Leases (coordination.k8s.io) in this namespace: other runs of kubectl-pkg are kept out only by the status of the release, as with Helm'

/** What an API server says of an object for a namespace that is being deleted. */
const TERMINATING = /because it is being terminated/

/**
 * Keeps the right to change a release as one Lease in its namespace.
 *
 * Every write names the version it replaces. A holder that was cut off is moved to an
 * annotation, where it stays until the next holder has settled its work.
 *
 * A person without the right to Leases holds none: then runs are parted by the status of the
 * record alone.
 */
export function kubeLeases(options: KubeLeasesOptions): KubeLeaseStore {
  return new KubeLeases(options)
}

export interface KubeLeaseStore extends LeaseStore {
  /**
   * Looks whether this run still holds what it took, where that may have changed unnoticed.
   *
   * @throws PkgError LOCK_LOST
   */
  assertHolds(): Promise<void>
  /** Whether nobody can have taken over what this run holds since it looked last. */
  holdsSurely(): boolean
}

/**
 * The same calls, but whoever has lost its lease writes nothing any more: a process that was
 * stopped, or waited long to try again, looks before each try of a write that still may go out.
 */
export function guardWrites(transport: Transport, leases: KubeLeaseStore): Transport {
  const guard: SendGuard = {
    check: () => leases.assertHolds(),
    isFresh: () => leases.holdsSurely(),
  }
  return {
    server: transport.server,
    request: (request) => transport.request(isWriting(request) ? { ...request, guard } : request),
    stream: (request) => transport.stream(request),
    close: () => transport.close(),
  }
}

function isWriting({ method, query }: ApiRequest): boolean {
  return method !== 'GET' && query?.['dryRun'] === undefined
}

class KubeLeases implements KubeLeaseStore {
  readonly isGone = isGone
  private readonly calls: LeaseCalls
  private readonly expiry: number
  private readonly patience: Patience | undefined
  private readonly onNotice: (notice: string) => void
  /** What was seen last, for the write that follows. */
  private readonly seen = new Map<string, LeaseObject | undefined>()
  private readonly holds = new Map<string, Hold>()
  private isRefused = false

  constructor({ transport, expiry, patience, timeout, onNotice }: KubeLeasesOptions) {
    this.calls = leaseCalls(transport, timeout ?? TIMEOUT)
    this.expiry = expiry
    this.patience = patience
    this.onNotice = onNotice
  }

  isExclusive(): boolean {
    return !this.isRefused
  }

  read(name: string): Promise<SeenLease | undefined> {
    return this.unlessRefused(undefined, async () => {
      const { lease } = (await this.look(name, this.patience)) ?? {}
      if (lease === undefined || lease.isFree) return undefined
      return { holder: lease.holder, version: lease.resourceVersion }
    })
  }

  leftBehind(name: string): Promise<Holder | undefined> {
    return this.unlessRefused(undefined, async () =>
      this.seen.has(name)
        ? this.seen.get(name)?.left
        : (await this.look(name, this.patience))?.lease.left,
    )
  }

  create(name: string, holder: Holder): Promise<boolean> {
    return this.unlessRefused(true, async () => {
      const free = this.seen.get(name)
      const now = new Date(holder.since)
      const content = { name, holder, left: free?.left, now, expiry: this.expiry }
      const taken = await this.putUnlessGoing(content, free)
      if (taken === 'going') return true
      if (taken === undefined) return this.renew(name, holder, { patience: this.patience })
      this.confirm(name, taken)
      return true
    })
  }

  /**
   * A namespace that is being deleted takes nothing new. What else a release has can still be
   * removed: nobody else gets a Lease there either.
   */
  private async putUnlessGoing(
    ...[content, free]: Parameters<LeaseCalls['put']>
  ): Promise<AskedLease | 'going' | undefined> {
    try {
      return await this.calls.put(content, free, this.patience)
    } catch (error) {
      const isGoing = error instanceof PkgError && error.code === 'NAMESPACE_MISSING'
      if (!isGoing || !TERMINATING.test(error.message)) throw error
      if (content.holder?.verb !== 'uninstall') throw error
      this.isRefused = true
      return 'going'
    }
  }

  async setAside(name: string, { holder, version }: SeenLease): Promise<boolean> {
    const lease = this.seen.get(name)
    if (lease === undefined || lease.resourceVersion !== version) return false
    const { expiry } = this
    const content = { name, holder: undefined, left: holder, now: new Date(), expiry }
    const freed = await this.calls.put(content, lease, this.patience)
    if (freed !== undefined) this.seen.set(name, freed.lease)
    return freed !== undefined
  }

  async assertHolds(): Promise<void> {
    for (const [name, { lease, confirmed }] of this.holds) {
      if (isFresh({ confirmed }, this.expiry / 2) || lease.holder === undefined) continue
      if (await this.renew(name, lease.holder, { patience: this.patience })) continue
      const { release } = leaseParts(name)
      throw new PkgError('LOCK_LOST', `another run took release "${release}" over`, {
        hint: 'This run was silent for too long and has stopped; run the command again.',
      })
    }
  }

  holdsSurely(): boolean {
    return [...this.holds.values()].every((hold) => isFresh(hold, this.expiry * SURE))
  }

  /** Between two heartbeats nobody can have taken it over, unless this process was stopped. */
  async isHeldBy(name: string, holder: Holder): Promise<boolean> {
    if (this.isRefused) return true
    const hold = this.holds.get(name)
    if (hold !== undefined && isFresh(hold, this.expiry / 2)) return true
    return this.renew(name, holder, { patience: this.patience })
  }

  async heartbeat(name: string, holder: Holder, now: Date): Promise<boolean> {
    if (this.isRefused) return true
    try {
      return await this.renew(name, holder, { now })
    } catch (error) {
      // It is still ours, as far as is known; the next write asks the server.
      if (error instanceof PkgError && isPassing(error)) return true
      throw error
    }
  }

  async release(name: string, holder: Holder): Promise<void> {
    if (this.isRefused) return
    this.holds.delete(name)
    try {
      await this.remove(name, holder)
    } catch (error) {
      if (!(error instanceof PkgError)) throw error
      // What the run was for is done or told of by then; a silent Lease is taken over.
      const seconds = this.expiry / 1000
      this.onNotice(`${error.message}; other runs may have to wait ${seconds} s for it`)
    }
  }

  private async remove(name: string, holder: Holder): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      const known = tries === 0 ? this.seen.get(name) : undefined
      const lease = known ?? (await this.look(name))?.lease
      if (lease?.holder?.token !== holder.token) return
      if (await this.calls.remove(name, lease)) return
    }
  }

  /** Goes on without Leases when they are refused. */
  private async unlessRefused<T>(fallback: T, run: () => Promise<T>): Promise<T> {
    if (this.isRefused) return fallback
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof PkgError) || error.code !== 'FORBIDDEN') throw error
      this.isRefused = true
      this.onNotice(NO_RIGHT)
      return fallback
    }
  }

  private async look(name: string, patience?: Patience): Promise<AskedLease | undefined> {
    const found = await this.calls.get(name, patience)
    this.seen.set(name, found?.lease)
    return found
  }

  /** An answer that was long on its way confirms nothing of the time since. */
  private confirm(name: string, { lease, asked }: AskedLease): void {
    const known = this.holds.get(name)?.confirmed.steady ?? asked.steady
    if (asked.steady < known) return
    this.seen.set(name, lease)
    this.holds.set(name, { lease, confirmed: asked })
  }

  /**
   * Renews a Lease that is ours, also where the answer to an earlier write was lost. To read it
   * would not do: whoever waits counts from its last change, however often its holder looks.
   *
   * @returns false when it is not ours
   */
  private async renew(
    name: string,
    holder: Holder,
    { now = new Date(), patience }: { now?: Date; patience?: Patience | undefined },
  ): Promise<boolean> {
    let lease = this.holds.get(name)?.lease
    for (;;) {
      const content = { name, holder, left: lease?.left, now, expiry: this.expiry }
      const renewed = lease && (await this.calls.put(content, lease, patience))
      if (renewed !== undefined) {
        this.confirm(name, renewed)
        return true
      }
      const found = await this.look(name, patience)
      if (found?.lease.holder?.token !== holder.token) return false
      lease = found.lease
    }
  }
}

/** Of one call, in milliseconds: long enough for a busy server, and well below the expiry. */
const TIMEOUT = 10_000

/** Of the expiry: longer than a check counts, so that none is found late at once. */
const SURE = 2 / 3

function isFresh({ confirmed }: Pick<Hold, 'confirmed'>, window: number): boolean {
  // The steady clock stands still while a machine sleeps, the wall's does not.
  const steady = steadyNow() - confirmed.steady
  const wall = Date.now() - confirmed.wall
  return steady < window && wall >= 0 && wall < window
}

/** What may be over a moment later. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CLUSTER_FAILED',
  'CLUSTER_UNREACHABLE',
  'WEBHOOK_FAILED',
])

function isPassing({ code }: PkgError): boolean {
  return PASSING.has(code)
}
