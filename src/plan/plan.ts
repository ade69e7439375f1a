import type { KubeObject } from '../manifest/object.ts'

/** What is done with one object; `keep` leaves an object that nobody wants any more. */
export type Op = 'create' | 'update' | 'unchanged' | 'delete' | 'keep'

export interface Change {
  op: Op
  /** As it shall be; for `delete` and `keep` as it is. */
  object: KubeObject
  /** As the target holds it; undefined for `create`. */
  live: KubeObject | undefined
}

/** All that is done to get from one release to the next, in the order it is done. */
export interface Plan {
  changes: Change[]
}

/** Whether the change writes to the target. */
export function isWrite({ op }: Change): boolean {
  return op === 'create' || op === 'update' || op === 'delete'
}
