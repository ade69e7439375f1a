import { PkgError } from '../base/errors.ts'
import { redactText } from '../base/redact-text.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { refOf } from '../cluster/cluster.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { ContainerLog, FailureEvent } from '../types/event.ts'
import { conditionsOf, describeCondition, numberAt, objectsAt, textAt } from './readiness-fields.ts'
import { describePod, objectName } from './wait-progress.ts'
import type { Standing } from './wait-tracker.ts'

/** What a wait that failed knows. */
export interface FailedWait {
  standings: readonly Standing[]
  purpose: 'ready' | 'hook'
  /** How long it was to last, in milliseconds, when that time is up; else a failure is certain. */
  timedOutAfter?: number
}

export interface FailureSite {
  cluster: Cluster
  signal: AbortSignal
  now: () => Date
}

/** Objects that are told of in full; of the others one line each. */
const TOLD_IN_FULL = 3
const WARNINGS = 5
const PODS = 3
const LOG_LINES = 20
/** For all logs of one object together, in milliseconds. */
const LOG_TIME = 5000

/** All that is known of the objects that a wait failed for, the certain failures first. */
export async function explainFailure(
  site: FailureSite,
  { standings, timedOutAfter }: FailedWait,
): Promise<FailureEvent[]> {
  const failed = standings.filter(({ readiness }) => readiness.state === 'failed')
  const open = standings.filter(({ readiness }) => readiness.state === 'progressing')
  const culprits = timedOutAfter === undefined ? failed : [...failed, ...open]
  return Promise.all(
    culprits.map(async (standing, index): Promise<FailureEvent> => {
      const isTold = index < TOLD_IN_FULL
      return {
        type: 'failure',
        time: site.now().toISOString(),
        object: objectName(standing.wanted),
        cause: causeOf(standing),
        isCertain: standing.readiness.state === 'failed',
        pods: pods(standing).map((pod) => ({ name: pod.metadata.name, text: describePod(pod) })),
        conditions: isTold ? openConditions(standing) : [],
        warnings: isTold ? warningsOf(standing) : [],
        logs: isTold ? await logsOf(site, standing) : [],
      }
    }),
  )
}

/**
 * The failure of a wait: the first line names the object and the cause.
 *
 * @param failures at least one
 */
export function failureError(
  failures: readonly FailureEvent[],
  { standings, purpose, timedOutAfter }: FailedWait,
): PkgError {
  const [first] = failures
  if (first === undefined) throw new Error('a wait failed for no object')
  const label = `${first.object.kind}/${first.object.name}`
  const others = failures.length > 1 ? ` and ${failures.length - 1} more` : ''
  const isTimedOut = timedOutAfter !== undefined
  const message = isTimedOut
    ? `timed out after ${timedOutAfter / 1000} s waiting for ${label}${others}: ${first.cause}`
    : `${label}${others} failed: ${first.cause}`
  const readyCount = standings.filter(({ readiness }) => readiness.state === 'ready').length
  return new PkgError(isTimedOut ? 'WAIT_TIMED_OUT' : 'NOT_READY', message, {
    details: [
      // The message has told the first cause.
      ...viewFailure(first, nameOf(first)),
      ...failures
        .slice(1, TOLD_IN_FULL)
        .flatMap((each) => viewFailure(each, `${nameOf(each)}: ${each.cause}`)),
      ...failures.slice(TOLD_IN_FULL).map((each) => `${nameOf(each)}: ${each.cause}`),
      ...(standings.length > 1 ? [`${readyCount} of ${standings.length} objects are ready`] : []),
    ],
    hint:
      purpose === 'hook'
        ? 'Solve the cause and run the same command again; hooks that have succeeded do not run again.'
        : hintFor(isTimedOut),
  })
}

function hintFor(isTimedOut: boolean): string {
  const again = 'The objects are applied; solve the cause and run the same command again'
  return isTimedOut ? `${again}, or wait longer with --timeout.` : `${again}.`
}

/** One line that names the cause. */
function causeOf({ readiness, signs, proof }: Standing): string {
  if (proof !== undefined) return oneLine(proof.cause)
  // That a pod has failed is what a failed one says itself.
  const telling = signs.filter(({ name }) => name !== 'PodFailed' || readiness.state !== 'failed')
  const best = telling.find(({ name }) => name !== 'Warned') ?? telling[0]
  if (best === undefined) return oneLine(readiness.text)
  if (readiness.state === 'failed') return oneLine(`${readiness.text}; ${best.cause}`)
  return oneLine(best.cause)
}

function oneLine(text: string): string {
  const line = redactText(text).replaceAll(/\s+/g, ' ').trim()
  return line.length > 600 ? `${line.slice(0, 600)}…` : line
}

function pods({ scene }: Standing): KubeObject[] {
  if (scene === undefined) return []
  return scene.pods.filter((pod) => textAt(pod, 'status', 'phase') !== 'Succeeded').slice(0, PODS)
}

function openConditions({ scene }: Standing): string[] {
  if (scene === undefined) return []
  // Of some conditions True is the bad news.
  const isBadNews = /Fail|Stalled|Pressure|Reconciling|Progressing/
  return conditionsOf(scene.object)
    .filter(({ type, status }) => status !== 'True' || isBadNews.test(type))
    .map((condition) =>
      oneLine(`${condition.type} is ${condition.status}: ${describeCondition(condition)}`),
    )
}

function warningsOf({ scene }: Standing): string[] {
  if (scene === undefined) return []
  const warnings = scene.events.filter((event) => event['type'] === 'Warning')
  return warnings.slice(-WARNINGS).map((event) => {
    const { involvedObject } = event
    const who = `${textAt(involvedObject, 'kind')}/${textAt(involvedObject, 'name')}`
    const count = numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1
    const times = count > 1 ? ` (${count} times)` : ''
    return oneLine(`${who}: ${textAt(event, 'reason')}${times}: ${textAt(event, 'message')}`)
  })
}

/** The logs of two containers at most; replicas that say the same are told of once. */
async function logsOf(
  { cluster, signal }: FailureSite,
  standing: Standing,
): Promise<ContainerLog[]> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LOG_TIME)])
  const wanted = pods(standing).flatMap((pod) => containersToRead(pod, standing))
  const logs: ContainerLog[] = []
  for (const { pod, container, previous } of wanted.slice(0, 2)) {
    try {
      const options = { container, previous, tailLines: LOG_LINES, signal: limited }
      const text = redactText(await cluster.logs(refOf(pod), options))
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      const isNew = logs.every((log) => log.lines.join('\n') !== lines.join('\n'))
      if (lines.length > 0 && isNew)
        logs.push({ pod: pod.metadata.name, container, previous, lines })
    } catch (error) {
      // A log that cannot be read must not hide what the wait failed for.
      if (!(error instanceof PkgError) && !limited.aborted) throw error
    }
  }
  return logs
}

interface ReadableContainer {
  pod: KubeObject
  container: string
  previous: boolean
}

/** Containers that have run and are not ready; those that a sign names first. */
function containersToRead(pod: KubeObject, { signs }: Standing): ReadableContainer[] {
  const named = new Set(signs.map(({ container }) => container))
  return ['initContainerStatuses', 'containerStatuses']
    .flatMap((list) => objectsAt(pod, 'status', list))
    .filter((status) => status['ready'] !== true && hasRun(status))
    .map((status) => ({
      pod,
      container: textAt(status, 'name'),
      previous: textAt(status, 'state', 'waiting', 'reason') !== '',
    }))
    .sort((left, right) => Number(named.has(right.container)) - Number(named.has(left.container)))
}

function hasRun(status: KubeObject | Record<string, unknown>): boolean {
  const { state, lastState } = status as Record<'state' | 'lastState', KubeObject | undefined>
  const { running, terminated } = (state ?? {}) as Record<string, unknown>
  const before = (lastState ?? {}) as Record<string, unknown>
  const wasCompleted = textAt(state, 'terminated', 'reason') === 'Completed'
  if (wasCompleted) return false
  return running !== undefined || terminated !== undefined || before['terminated'] !== undefined
}

function viewFailure(failure: FailureEvent, headline: string): string[] {
  return [
    headline,
    ...failure.pods.map(({ name, text }) => `  Pod/${name}: ${text}`),
    ...failure.conditions.map((condition) => `  condition ${condition}`),
    ...failure.warnings.map((warning) => `  warning ${warning}`),
    ...failure.logs.flatMap(({ pod, container, previous, lines }) => [
      `  log of ${container} in Pod/${pod}${previous ? ', the run before' : ''}:`,
      ...lines.map((line) => `    ${line}`),
    ]),
  ]
}

function nameOf({ object }: FailureEvent): string {
  const place = object.namespace === undefined ? '' : ` in ${object.namespace}`
  return `${object.kind}/${object.name}${place}`
}
