import { describeObject, type KubeObject } from '../manifest/object.ts'
import type { Change } from './plan.ts'

/*
 * An object that is being deleted still takes what is applied to it, and takes it along. Pods stay
 * so for as long as they may take to end; others for as long as a finalizer wants.
 */

/** Finalizers that Kubernetes' own garbage collector takes off. */
const COLLECTED: ReadonlySet<unknown> = new Set(['foregroundDeletion', 'orphan'])

/** What becomes of a change of an object that is being deleted. */
export interface Leaving {
  change: Change
  notices: string[]
}

/**
 * Makes an object anew that will be gone in a moment. For one that a finalizer holds nobody can tell
 * how long it takes; there it is told. Undefined of an object that stays.
 */
export function leaving(change: Change): Leaving | undefined {
  const { op, object, live } = change
  if (live === undefined || (op !== 'update' && op !== 'unchanged')) return undefined
  if (typeof live.metadata['deletionTimestamp'] !== 'string') return undefined
  const held = holdersOf(live)
  if (held.length === 0) {
    const reason = 'it is being deleted, and is made anew when it is gone'
    return { change: { ...change, op: 'recreate', reason, isLeaving: true }, notices: [] }
  }
  const text = `${describeObject(object)} is being deleted, and waits for ${held.join(', ')}; what is applied to it goes with it: run the same command again when it is gone`
  return { change, notices: [text] }
}

function holdersOf({ apiVersion, kind, metadata: { finalizers } }: KubeObject): string[] {
  const named = Array.isArray(finalizers) ? finalizers : []
  const held = named.filter((each) => typeof each === 'string' && !COLLECTED.has(each))
  return [
    ...(kind === 'Namespace' && apiVersion === 'v1' ? ['what it holds'] : []),
    ...held.map(String),
  ]
}
