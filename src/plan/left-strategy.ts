import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { groupOf, valueAt } from './content.ts'
import { managedEntries, type ManagedEntry } from './managed-fields.ts'

/*
 * A strategy of `Recreate` must have no `rollingUpdate` beside it. The API server has filled that
 * in, so that nobody manages it, and what nobody manages stays when the other type is applied:
 * then the server refuses the object. Helm meets this too where it applies on the server; its merge
 * on the client clears the field. It goes when we manage it and leave it out.
 */

/** By `group/Kind`: where the strategy is, and the type that has no `rollingUpdate`. */
const STRATEGIES: ReadonlyMap<string, { field: string; type: string }> = new Map([
  ['apps/Deployment', { field: 'strategy', type: 'Recreate' }],
  ['apps/StatefulSet', { field: 'updateStrategy', type: 'OnDelete' }],
])

/** How an object gets rid of the `rollingUpdate` of the strategy before. */
export interface LeftStrategy {
  /** The object with the live strategy, which can be tried out before the field is ours. */
  tried: KubeObject
  /** The fields to manage before the object is applied, as `fieldsV1` has them. */
  claimed: JsonObject
  /** Gives what a trial brought the strategy that the object wants. */
  switched: (after: KubeObject) => KubeObject
}

/**
 * Tells what is left of the strategy before; undefined when nothing is, and when somebody else
 * manages it, who has to give it up.
 */
export function leftStrategy(
  object: KubeObject,
  live: KubeObject,
  isOurs: (entry: ManagedEntry) => boolean,
): LeftStrategy | undefined {
  const { field, type } = STRATEGIES.get(`${groupOf(object)}/${object.kind}`) ?? {}
  if (field === undefined) return undefined
  const wanted = valueAt(object, 'spec', field)
  const held = valueAt(live, 'spec', field)
  if (!isJsonObject(wanted) || !isJsonObject(held)) return undefined
  const { rollingUpdate } = held
  const isLeft = isJsonObject(rollingUpdate) && !isJsonObject(wanted['rollingUpdate'])
  if (wanted['type'] !== type || !isLeft) return undefined
  const path = ['f:spec', `f:${field}`]
  const isShared = managedEntries(live).some(
    (entry) => !isOurs(entry) && valueAt(entry.fields, ...path) !== undefined,
  )
  if (isShared) return undefined
  const leaves = Object.keys(rollingUpdate).map((key) => [`f:${key}`, {}])
  return {
    tried: withStrategy(object, field, held),
    claimed: { 'f:spec': { [`f:${field}`]: { 'f:rollingUpdate': Object.fromEntries(leaves) } } },
    switched: (after) => withStrategy(after, field, wanted),
  }
}

function withStrategy(object: KubeObject, field: string, strategy: Json): KubeObject {
  const { spec } = object
  return isJsonObject(spec) ? { ...object, spec: { ...spec, [field]: strategy } } : object
}
