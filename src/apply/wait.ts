import { eitherSignal } from '../base/either-signal.ts'
import { PkgError } from '../base/errors.ts'
import { steadyNow } from '../base/steady-clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { textAt } from './readiness-fields.ts'
import { isWaitedFor, type ReadinessRules } from './readiness.ts'
import { newBell, type Bell } from './wait-bell.ts'
import { explainFailure, failureError, type FailedWait } from './wait-failure.ts'
import { objectName, reportProgress, type OnProgress } from './wait-progress.ts'
import { Tracker, type Standing } from './wait-tracker.ts'
import { planWatches, type WatchPlan } from './wait-watches.ts'

/** What a wait works through. */
export interface WaitSite {
  cluster: Cluster
  now: () => Date
  signal: AbortSignal
  /** Told what a person should know but that stops nothing. */
  onNotice: (notice: string) => void
  onProgress?: OnProgress | undefined
}

export interface WaitRequest {
  /** As they were applied; those that are ready once they are applied are left out. */
  objects: readonly KubeObject[]
  rules: ReadinessRules
  purpose: 'ready' | 'hook'
  /** In milliseconds. */
  timeout: number
}

/** Changes that come together are looked at together, in milliseconds. */
const BURST = 30
/** How long nothing may happen until a wait says that it is still there, in milliseconds. */
const HEARTBEAT = 15_000
/** How long a failure waits for what pods and events say of it, in milliseconds. */
const LAST_WORDS = 2000

/**
 * Waits until every object is ready, by watches; ends at the first certain sign that one of
 * them will not be.
 *
 * @throws PkgError NOT_READY, WAIT_TIMED_OUT with all that is known of the failure, FORBIDDEN;
 *   the signal's reason when it aborts
 */
export async function waitUntilReady(site: WaitSite, request: WaitRequest): Promise<void> {
  const objects = request.objects.filter((object) => isWaitedFor(object, request.rules))
  if (objects.length === 0) return
  const began = steadyNow()
  const onProgress = site.onProgress ?? (() => undefined)
  onProgress({
    type: 'wait',
    time: site.now().toISOString(),
    purpose: request.purpose,
    objects: objects.map(objectName),
    timeoutSeconds: request.timeout / 1000,
  })
  const outcome = (outcome: 'ready' | 'failed' | 'timed-out' | 'interrupted'): void => {
    const waitedSeconds = Math.round((steadyNow() - began) / 100) / 10
    onProgress({ type: 'waited', time: site.now().toISOString(), outcome, waitedSeconds })
  }

  const watches = startWatches(site, objects, request.rules)
  try {
    const failure = await follow({ site, request, began, watches, onProgress })
    if (failure === undefined) return outcome('ready')
    const explained = await explainFailure(site, failure)
    explained.forEach(onProgress)
    outcome(failure.timedOutAfter === undefined ? 'failed' : 'timed-out')
    throw failureError(explained, failure)
  } catch (error) {
    if (!site.signal.aborted) throw error
    outcome('interrupted')
    throw stoppedWaiting(site.signal.reason, objects)
  } finally {
    await watches.stop()
  }
}

/** Says how far a run came that a signal stopped. */
function stoppedWaiting(reason: unknown, objects: readonly KubeObject[]): unknown {
  const [first] = objects
  if (!(reason instanceof PkgError) || first === undefined) return reason
  const others = objects.length > 1 ? ` and ${objects.length - 1} more` : ''
  const message = `${reason.message} while waiting for ${describeObject(first)}${others}`
  return new PkgError(reason.code, message, { hint: reason.hint, cause: reason })
}

interface Followed {
  site: WaitSite
  request: WaitRequest
  began: number
  watches: Watches
  onProgress: OnProgress
}

/** @returns what the wait failed for; undefined when all objects are ready */
async function follow(followed: Followed): Promise<FailedWait | undefined> {
  const { site, request, began, watches, onProgress } = followed
  const { tracker, bell } = watches
  const reporter = reportProgress(onProgress, site.now)
  let lastNews = began
  for (;;) {
    throwIfEnded(site.signal, watches)
    const now = steadyNow()
    const standings = tracker.standings(now)
    const isNew = reporter.tell(standings)
    if (isNew) lastNews = now
    if (standings.every(({ readiness }) => readiness.state === 'ready')) return undefined
    if (standings.some(isFailed) && (await isConfirmed(followed, standings))) {
      return { standings: tracker.standings(now), purpose: request.purpose }
    }
    const left = began + request.timeout - now
    if (left <= 0) {
      return { standings, purpose: request.purpose, timedOutAfter: request.timeout }
    }
    if (now - lastNews >= HEARTBEAT) {
      onProgress(heartbeat(site, standings, now - began))
      lastNews = now
    }
    const pause = Math.min(left, tracker.nextDeadline, lastNews + HEARTBEAT - now)
    await bell.wait(Math.max(pause, 1), site.signal)
    if (!site.signal.aborted) await sleep(Math.min(BURST, left))
  }
}

function isFailed({ readiness }: Standing): boolean {
  return readiness.state === 'failed'
}

/** Lets pods and events come in, which name the cause; and asks whether a node is being added. */
async function isConfirmed(
  { site, watches, request, began }: Followed,
  standings: readonly Standing[],
): Promise<boolean> {
  const left = began + request.timeout - steadyNow()
  await Promise.race([watches.relativesTold, sleep(Math.min(LAST_WORDS, Math.max(left, 0)))])
  await sleep(BURST)
  for (const { readiness, proof, scene } of standings) {
    if (readiness.state !== 'failed' || proof?.name !== 'Unschedulable') continue
    const pod = scene?.pods.find((each) => proof.about === `Pod/${each.metadata.name}`)
    if (pod !== undefined && (await isNodeComing(site, pod))) watches.tracker.excuse(proof)
  }
  return watches.tracker.standings(steadyNow()).some(isFailed)
}

/** What autoscalers say of a pod for which they add a node. */
const NODE_COMING: ReadonlySet<string> = new Set(['TriggeredScaleUp', 'Nominated'])

async function isNodeComing({ cluster, signal }: WaitSite, pod: KubeObject): Promise<boolean> {
  const kind = {
    apiVersion: 'v1',
    kind: 'Event',
    namespace: textAt(pod, 'metadata', 'namespace'),
  }
  const fieldSelector = `involvedObject.name=${pod.metadata.name},type=Normal`
  try {
    const events = await cluster.list(kind, { fieldSelector, signal })
    return events.some((event) => NODE_COMING.has(textAt(event, 'reason')))
  } catch (error) {
    if (error instanceof PkgError && error.code === 'FORBIDDEN') return false
    throw error
  }
}

function heartbeat({ now }: WaitSite, standings: readonly Standing[], waited: number) {
  return {
    type: 'heartbeat',
    time: now().toISOString(),
    waitedSeconds: Math.round(waited / 1000),
    open: standings.filter(({ readiness }) => readiness.state !== 'ready').length,
    total: standings.length,
  } as const
}

function throwIfEnded(signal: AbortSignal, watches: Watches): void {
  signal.throwIfAborted()
  const failure = watches.failure()
  if (failure !== undefined) throw failure
}

interface Watches {
  tracker: Tracker
  bell: Bell
  /** Settles once pods and events of all objects have been told of. */
  relativesTold: Promise<unknown>
  /** What a watch that the wait cannot do without failed for. */
  failure(): unknown
  stop(): Promise<void>
}

function startWatches(
  site: WaitSite,
  objects: readonly KubeObject[],
  rules: ReadinessRules,
): Watches {
  const tracker = new Tracker({ objects, rules, began: site.now().getTime() })
  const bell = newBell()
  const stopping = new AbortController()
  const signal = eitherSignal(site.signal, stopping.signal)
  const plans = planWatches(objects)
  let failure: unknown
  let unsynced = plans.filter(({ role }) => role === 'objects').length
  const told: Promise<void>[] = []

  const run = async (plan: WatchPlan, onTold: () => void): Promise<void> => {
    let isSynced = false
    for await (const event of site.cluster.watch(plan.kind, plan.selection, signal)) {
      const isFirstSync = event.type === 'synced' && !isSynced
      if (isFirstSync) {
        isSynced = true
        onTold()
      }
      if (isFirstSync && plan.role === 'objects') unsynced -= 1
      if (event.type !== 'synced' || unsynced === 0) tracker.observe(plan.role, event)
      bell.ring()
    }
  }

  const running = plans.map(async (plan) => {
    const { promise, resolve } = newPromise()
    if (plan.role !== 'objects') told.push(promise)
    try {
      await run(plan, resolve)
    } catch (error) {
      if (signal.aborted) return
      if (plan.role === 'objects') failure ??= error
      else site.onNotice(`${plan.kind.kind}s are not watched: ${messageOf(error)}`)
      bell.ring()
    } finally {
      resolve()
    }
  })

  return {
    tracker,
    bell,
    relativesTold: Promise.all(told),
    failure: () => failure,
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

function newPromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
