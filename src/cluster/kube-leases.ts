import { PkgError, type ErrorCode } from '../base/errors.ts'
import { apiError } from './api-errors.ts'
import { parseJsonObject } from './api-json.ts'
import { isGone } from './holder.ts'
import { composeLease, leaseName, readLease, type LeaseObject } from './lease-object.ts'
import type { Holder, LeaseStore, SeenLease } from './lease.ts'
import type { ApiRequest, SendGuard, Transport } from './transport.ts'

export interface KubeLeasesOptions {
  transport: Transport
  /** Milliseconds after which others may take a silent lease over. */
  expiry: number
  /** Told once when this person may not use Leases. */
  onNotice: (notice: string) => void
}

/** What this run knows of a lease it holds. */
interface Hold {
  lease: LeaseObject
  /** When the server last confirmed it: on a clock that only goes on, and on the wall's. */
  confirmed: { steady: number; wall: number }
}

const NO_RIGHT =
  'no right to use Leases (coordination.k8s.io) in this namespace: other runs of kubectl-pkg are kept out only by the status of the release, as with Helm'

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
  private readonly onNotice: (notice: string) => void
  /** What was seen last, for the write that follows. */
  private readonly seen = new Map<string, LeaseObject | undefined>()
  private readonly holds = new Map<string, Hold>()
  private isRefused = false

  constructor({ transport, expiry, onNotice }: KubeLeasesOptions) {
    this.calls = leaseCalls(transport)
    this.expiry = expiry
    this.onNotice = onNotice
  }

  isExclusive(): boolean {
    return !this.isRefused
  }

  read(name: string): Promise<SeenLease | undefined> {
    return this.unlessRefused(undefined, async () => {
      const lease = await this.look(name)
      if (lease === undefined || lease.isFree) return undefined
      return { holder: lease.holder, version: lease.resourceVersion }
    })
  }

  leftBehind(name: string): Promise<Holder | undefined> {
    return this.unlessRefused(undefined, async () =>
      this.seen.has(name) ? this.seen.get(name)?.left : (await this.look(name))?.left,
    )
  }

  create(name: string, holder: Holder): Promise<boolean> {
    return this.unlessRefused(true, async () => {
      const free = this.seen.get(name)
      const now = new Date(holder.since)
      const content = { name, holder, left: free?.left, now, expiry: this.expiry }
      const lease = await this.calls.put(content, free)
      if (lease === undefined) return this.lookForOwn(name, holder)
      this.confirm(name, lease)
      return true
    })
  }

  async setAside(name: string, { holder, version }: SeenLease): Promise<boolean> {
    const lease = this.seen.get(name)
    if (lease === undefined || lease.resourceVersion !== version) return false
    const { expiry } = this
    const content = { name, holder: undefined, left: holder, now: new Date(), expiry }
    const freed = await this.calls.put(content, lease)
    if (freed !== undefined) this.seen.set(name, freed)
    return freed !== undefined
  }

  async assertHolds(): Promise<void> {
    for (const [name, { lease, confirmed }] of this.holds) {
      if (isFresh({ confirmed }, this.expiry / 2) || lease.holder === undefined) continue
      if (await this.lookForOwn(name, lease.holder)) continue
      throw new PkgError('LOCK_LOST', `another run took release "${parts(name).release}" over`, {
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
    return this.lookForOwn(name, holder)
  }

  async heartbeat(name: string, holder: Holder, now: Date): Promise<boolean> {
    if (this.isRefused) return true
    const lease = this.holds.get(name)?.lease
    const content = { name, holder, left: lease?.left, now, expiry: this.expiry }
    try {
      const renewed = lease && (await this.calls.put(content, lease))
      if (renewed === undefined) return await this.lookForOwn(name, holder)
      this.confirm(name, renewed)
      return true
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
      const lease = known ?? (await this.look(name))
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

  private async look(name: string): Promise<LeaseObject | undefined> {
    const lease = await this.calls.get(name)
    this.seen.set(name, lease)
    return lease
  }

  private confirm(name: string, lease: LeaseObject): void {
    this.seen.set(name, lease)
    this.holds.set(name, { lease, confirmed: { steady: performance.now(), wall: Date.now() } })
  }

  /** Asks the server, and takes note of a version that is ours. */
  private async lookForOwn(name: string, holder: Holder): Promise<boolean> {
    const lease = await this.look(name)
    if (lease?.holder?.token !== holder.token) return false
    this.confirm(name, lease)
    return true
  }
}

/** Of the expiry: longer than a check counts, so that none is found late at once. */
const SURE = 2 / 3

function isFresh({ confirmed }: Pick<Hold, 'confirmed'>, window: number): boolean {
  // The steady clock stands still while a machine sleeps, the wall's does not.
  const steady = performance.now() - confirmed.steady
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

interface LeaseCalls {
  get(name: string): Promise<LeaseObject | undefined>
  /** Creates the Lease, or replaces that version; undefined when somebody was quicker. */
  put(
    content: Parameters<typeof composeLease>[0],
    replaced: LeaseObject | undefined,
  ): Promise<LeaseObject | undefined>
  /** @returns false when it is another version by now */
  remove(name: string, lease: LeaseObject): Promise<boolean>
}

/** Names are `namespace/release`. */
function leaseCalls(transport: Transport): LeaseCalls {
  const call = async (request: ApiRequest, name: string, wanted: readonly number[]) => {
    const answer = await transport.request({ ...request, timeout: TIMEOUT })
    if (wanted.includes(answer.status)) return answer
    throw apiError(answer, { verb: VERBS[request.method], label: labelOf(name) })
  }
  return {
    async get(name) {
      const answer = await call({ method: 'GET', path: pathOf(name) }, name, [200, 404])
      return answer.status === 404
        ? undefined
        : readLease(parseJsonObject(answer.body, labelOf(name)))
    },

    async put(content, replaced) {
      const { name } = content
      const own = { ...content, name: leaseName(parts(name).release) }
      const body = composeLease(own, replaced)
      const request: ApiRequest =
        replaced === undefined
          ? { method: 'POST', path: pathOf(name, false), body, isRepeatable: true }
          : { method: 'PUT', path: pathOf(name), body }
      // Deleted under our hands, it is made anew by whoever looks again.
      const wanted = replaced === undefined ? [201, 409] : [200, 404, 409]
      const answer = await call(request, name, wanted)
      if (answer.status >= 400) return undefined
      return readLease(parseJsonObject(answer.body, labelOf(name)))
    },

    async remove(name, { uid, resourceVersion }) {
      const preconditions = { uid, resourceVersion }
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions }
      const request: ApiRequest = { method: 'DELETE', path: pathOf(name), body }
      return (await call(request, name, [200, 202, 404, 409])).status !== 409
    },
  }
}

/** A heartbeat that takes longer than this is one that failed; in milliseconds. */
const TIMEOUT = 10_000

const VERBS = { GET: 'read', POST: 'create', PUT: 'renew', PATCH: 'renew', DELETE: 'give back' }

function pathOf(name: string, isNamed = true): string {
  const { namespace, release } = parts(name)
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  return isNamed ? `${path}/${leaseName(release)}` : path
}

function parts(name: string): { namespace: string; release: string } {
  const slash = name.indexOf('/')
  return { namespace: name.slice(0, slash), release: name.slice(slash + 1) }
}

function labelOf(name: string): string {
  return `the Lease of ${name}`
}
