import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { newToken } from '../base/folders.ts'
import { steadyNow } from '../base/steady-clock.ts'
import type { Holder, LeaseStore, SeenLease } from '../cluster/lease.ts'
import type { ReleaseName } from '../storage/storage.ts'

/*
 * One run at a time may change a release. The right to do so is a lease at the target,
 * kept alive by a heartbeat. Whoever waits measures on its own clock how long the lease
 * did not change; after the expiry, or at once when the holder's process is known to be
 * gone, it sets the lease aside and takes its place.
 */

/** This process, as others see it in the lease. */
export interface Identity {
  token: string
  host: string
  pid: number
  machine: string
}

/** Times in milliseconds. */
export interface LockTimes {
  heartbeat: number
  expiry: number
  /** Between two looks at a lease that somebody else holds. */
  poll: number
}

export const LOCK_TIMES: LockTimes = { heartbeat: 10_000, expiry: 30_000, poll: 100 }

export interface LockRequest {
  release: ReleaseName
  verb: string
  /** What was asked for; equal for the same command run again. */
  request: string
  /** Goes on with whatever was cut off, as the command that began it would. */
  takesUp?: boolean | undefined
  identity: Identity
  times: LockTimes
  /** How long to wait for another run, in milliseconds; 0 gives up at once. */
  timeout: number
  now: () => Date
  signal: AbortSignal
  /** Told once when the run has to wait. */
  onWait?: ((holder: Holder | undefined) => void) | undefined
}

/** The right to change a release, while a callback runs. */
export interface HeldLock {
  holder: Holder
  /** The holder before, when it was cut off and nobody has settled its work. */
  left: Holder | undefined
  /** @throws PkgError LOCK_LOST, INTERRUPTED; to be called before every write of an object */
  assertHeld(): Promise<void>
  /** @throws PkgError LOCK_LOST; for what is left once all objects are written: a signal waits */
  assertStillOurs(): Promise<void>
  /**
   * Goes on as a run that a signal ended: what it had done counts as done by this one.
   *
   * @throws PkgError LOCK_LOST
   */
  takeUp(run: string): Promise<void>
  /**
   * Goes on as a run of its own, though it seemed to be the one that was cut off.
   *
   * @throws PkgError LOCK_LOST
   */
  startAnew(): Promise<void>
}

/**
 * Runs the callback while no other run may change the release.
 *
 * @throws PkgError RELEASE_LOCKED when another run holds it for longer than the timeout
 */
export async function withLock<T>(
  leases: LeaseStore,
  request: LockRequest,
  run: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const name = `${request.release.namespace}/${request.release.name}`
  const holder = await acquire(leases, name, request)
  const pulse = startHeartbeat(leases, name, { holder, request })
  const assertStillOurs = async (): Promise<void> => {
    if (pulse.isLost() || !(await leases.isHeldBy(name, holder))) throw lost(request)
  }
  const goOnAs = async (work: string): Promise<void> => {
    holder.run = work
    // Should this run be cut off too, the next one knows by the lease whose work it was.
    if (!(await leases.heartbeat(name, holder, request.now()))) throw lost(request)
  }
  const lock: HeldLock = {
    holder,
    left: await leases.leftBehind(name),
    assertStillOurs,
    async assertHeld() {
      assertNotInterrupted(request.signal)
      await assertStillOurs()
    },
    takeUp: goOnAs,
    startAnew: () => goOnAs(newToken()),
  }
  let result: T
  try {
    result = await run(lock)
  } catch (error) {
    await pulse.stop()
    await releaseQuietly(leases, name, holder)
    throw error
  }
  await pulse.stop()
  await leases.release(name, holder)
  return result
}

/** @throws PkgError INTERRUPTED when the signal has been aborted */
function assertNotInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return
  const reason: unknown = signal.reason
  throw reason instanceof PkgError ? reason : new PkgError('INTERRUPTED', 'interrupted')
}

async function acquire(leases: LeaseStore, name: string, request: LockRequest): Promise<Holder> {
  const watch = watchFor(request)
  for (;;) {
    assertNotInterrupted(request.signal)
    const seen = await leases.read(name)
    if (seen === undefined) {
      const holder = composeHolder(request, await leases.leftBehind(name))
      if (await leases.create(name, holder)) return holder
      continue
    }
    if ((await isOver(leases, seen, watch)) && (await leases.setAside(name, seen))) continue
    if (watch.waited() >= request.timeout) throw locked(request, seen.holder)
    watch.announce(seen.holder)
    await sleep(request.times.poll, request.signal)
  }
}

interface Watch {
  waited(): number
  /** How long the version has been the same, in milliseconds. */
  unchangedFor(version: string): number
  expiry: number
  announce(holder: Holder | undefined): void
}

function watchFor({ times, onWait }: LockRequest): Watch {
  const start = steadyNow()
  let version = ''
  let since = start
  let isAnnounced = false
  return {
    waited: () => steadyNow() - start,
    unchangedFor(seen) {
      if (seen !== version) since = steadyNow()
      version = seen
      return steadyNow() - since
    },
    expiry: times.expiry,
    announce(holder) {
      if (!isAnnounced) onWait?.(holder)
      isAnnounced = true
    },
  }
}

/** A lease that cannot be read is never taken: a person has to look at it. */
async function isOver(leases: LeaseStore, seen: SeenLease, watch: Watch): Promise<boolean> {
  if (seen.holder === undefined) return false
  return watch.unchangedFor(seen.version) >= watch.expiry || leases.isGone(seen.holder)
}

function composeHolder(request: LockRequest, left: Holder | undefined): Holder {
  const { identity, verb } = request
  const isSameCommand = left?.verb === verb && left.request === request.request
  const isTakenUp = left !== undefined && (isSameCommand || request.takesUp === true)
  return {
    ...identity,
    after: left === undefined ? [] : [...left.after, left.token],
    since: request.now().toISOString(),
    verb,
    request: isTakenUp ? left.request : request.request,
    run: isTakenUp ? left.run : newToken(),
  }
}

interface Pulse {
  /** @throws whatever a heartbeat threw that is no refusal of the file system */
  isLost(): boolean
  stop(): Promise<void>
}

function startHeartbeat(
  leases: LeaseStore,
  name: string,
  { holder, request }: { holder: Holder; request: LockRequest },
): Pulse {
  let isLost = false
  let failure: unknown
  let running: Promise<void> = Promise.resolve()
  const beat = async (): Promise<void> => {
    try {
      if (!(await leases.heartbeat(name, holder, request.now()))) isLost = true
    } catch (error) {
      // A file system that refuses the heartbeat is met again at the next write.
      if (!isSystemError(error)) failure = error
    }
  }
  const timer = setInterval(() => {
    running = beat()
  }, request.times.heartbeat)
  timer.unref()
  return {
    isLost() {
      if (failure !== undefined) throw failure
      return isLost
    },
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

/** The failure that ended the run is what counts; a lease that stays expires. */
async function releaseQuietly(leases: LeaseStore, name: string, holder: Holder): Promise<void> {
  await leases.release(name, holder).catch(() => undefined)
}

function locked({ release, timeout }: LockRequest, holder: Holder | undefined): PkgError {
  const who =
    holder === undefined
      ? 'a lock that cannot be read'
      : `${holder.verb} by process ${holder.pid} on ${holder.host}, since ${holder.since}`
  return new PkgError('RELEASE_LOCKED', `release "${release.name}" is held by ${who}`, {
    hint:
      holder === undefined
        ? 'Make sure that no other run is at work, remove the lock file and run again.'
        : `Wait for the other run, or longer than ${timeout} ms with --lock-timeout.`,
  })
}

function lost({ release }: LockRequest): PkgError {
  return new PkgError('LOCK_LOST', `another run took release "${release.name}" over`, {
    hint: 'This run was silent for too long and has stopped; run the command again.',
  })
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
  })
}
