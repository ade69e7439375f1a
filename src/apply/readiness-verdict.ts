import type { KubeObject } from '../manifest/object.ts'

/** Whether an object does what it is there for. */
export interface Readiness {
  state: 'ready' | 'progressing' | 'failed'
  /** Why, for people; of a failure its cause. */
  text: string
  /** What the state becomes when it lasts for so many milliseconds. */
  settles?: { into: 'ready' | 'failed'; after: number } | undefined
}

/** One kind's rule: what its status says. */
export type Rule = (object: KubeObject) => Readiness

export function ready(text: string): Readiness {
  return { state: 'ready', text }
}

export function progressing(text: string): Readiness {
  return { state: 'progressing', text }
}

export function failed(text: string): Readiness {
  return { state: 'failed', text }
}
