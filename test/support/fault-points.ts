import type { ProxiedCall } from './fault-exchange.ts'
import { writesOf } from './fault-proxy.ts'
import type { FaultRule } from './fault-rules.ts'

/** A call of a run, found again in another run by what it asks and which of its like it is. */
export interface FaultPoint {
  verb: string
  /** Path and query with `RELEASE`, `UID` and `VERSION` in place of what differs. */
  path: string
  /** From 1, among the calls with that verb and path. */
  nth: number
  isWrite: boolean
}

/**
 * Points of a recorded run: calls inside a wave arrive in any order, so a number would not do.
 * Heartbeats are left out, since they come by the clock.
 */
export function pointsOf(calls: readonly ProxiedCall[], release: string): FaultPoint[] {
  const writes = new Set(writesOf(calls).filter(({ path }) => !isQuestion(path)))
  const seen = new Map<string, number>()
  return calls.filter(isNoHeartbeat).map((call) => {
    const path = plain(call.path, release)
    const key = `${call.verb} ${path}`
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    return { verb: call.verb, path, nth, isWrite: writes.has(call) }
  })
}

/** Points in an order that is the same in each run, though calls of a wave arrive in any. */
export function inFixedOrder(points: readonly FaultPoint[]): FaultPoint[] {
  const key = (point: FaultPoint): string => JSON.stringify([point.path, point.verb, point.nth])
  return points.toSorted((left, right) => (key(left) < key(right) ? -1 : 1))
}

/** The fault at a point of a run of that release. */
export function ruleAt<F extends object>(
  { verb, path, nth }: FaultPoint,
  release: string,
  fault: F,
): F & Pick<FaultRule, 'match' | 'nth'> {
  const pattern = path
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('RELEASE', release)
    .replaceAll('UID', '[0-9a-f-]{36}')
    .replaceAll('VERSION', String.raw`\d+`)
  return { ...fault, match: { verb, path: new RegExp(`^${pattern}$`) }, nth }
}

/** A point on one line. */
export function describePoint({ verb, path, nth }: FaultPoint): string {
  const short = path.replace(/^\/apis?\/(?:[^?]*\/)?namespaces\/[^/]+\//, '')
  return `${verb} ${short}${nth > 1 ? ` (${nth})` : ''}`
}

function plain(path: string, release: string): string {
  return path
    .replaceAll(release, 'RELEASE')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replaceAll(/resourceVersion=\d+/g, 'resourceVersion=VERSION')
}

/** A question of rights is asked by POST and changes nothing. */
function isQuestion(path: string): boolean {
  return path.includes('/selfsubjectaccessreviews')
}

function isNoHeartbeat({ verb, path }: ProxiedCall): boolean {
  return verb !== 'PUT' || !path.includes('/leases/')
}
