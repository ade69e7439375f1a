import type { JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'

/**
 * What is done with one object; `recreate` deletes and makes it anew, `keep` leaves an object
 * that nobody wants any more.
 */
export type Op = 'create' | 'update' | 'recreate' | 'unchanged' | 'delete' | 'keep'

export interface Change {
  op: Op
  /** As it shall be; for `delete` and `keep` as it is. */
  object: KubeObject
  /** As the target holds it; undefined for `create`. */
  live: KubeObject | undefined
  /** As the target would hold it afterwards, where it was asked. */
  after?: KubeObject
  /** Takes fields over from whoever manages them. */
  force?: boolean
  /** Fields that are made our own first, as `fieldsV1` has them, so that they go with the write. */
  claimed?: JsonObject
  /** Why it is made anew or kept: `spec.selector: field is immutable`. */
  reason?: string
  /** Somebody deletes it already; it is made anew when it is gone. */
  isLeaving?: boolean
  /** Kept because another release has taken it over. */
  isAdopted?: boolean
  /** Deletes the object alone and leaves what it owns: pods and claims of a StatefulSet. */
  isOrphaning?: boolean
}

/** All that is done to get from one release to the next, in the order it is done. */
export interface Plan {
  changes: Change[]
  sequence?: Sequence
  /** Fields that somebody else manages and that the plan would change. */
  conflicts?: Conflict[]
  /** How many custom resources live of the CRDs that the plan touches, by name. */
  customResources?: ReadonlyMap<string, number>
  /** What people should know of it: fields and objects that are left to others. */
  notices?: string[]
}

/** A field that another manager has set, and that the plan sets to something else or takes away. */
export interface Conflict {
  object: KubeObject
  /** As Kubernetes writes paths: `.spec.replicas`. */
  field: string
  manager: string
  /** The object does not name it, and cannot be applied as long as it is there. */
  isInTheWay?: boolean
}

/** Which objects wait for which: by the objects' keys. */
export interface Sequence {
  /** From 0; an object that is not named is of stage 0. */
  stageOf: ReadonlyMap<string, number>
  /** Objects that something of a later stage waits for. */
  awaited: ReadonlySet<string>
}

/** Whether the change writes to the target. */
export function isWrite({ op }: Change): boolean {
  return op === 'create' || op === 'update' || op === 'recreate' || op === 'delete'
}
