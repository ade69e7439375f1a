import { PkgError } from '../base/errors.ts'
import { FIELD_MANAGER, isLegacyManager } from '../cluster/field-managers.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { indexByKey } from '../plan/build-plan.ts'
import { contentOf } from '../plan/content.ts'
import { diffFields } from '../plan/diff.ts'
import { differencesOf } from '../plan/field-owners.ts'
import { foreignFields } from '../plan/foreign-fields.ts'
import { isJsonObject, type Json } from '../base/json.ts'
import { isOwn, isSettled, type ManagedEntry } from '../plan/managed-fields.ts'
import { withoutSequence } from '../plan/sequence.ts'
import { yieldFields } from '../plan/yield.ts'
import type { Release } from '../release/release.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import { liveObjects } from './read-live.ts'
import { scalersFor } from './scalers.ts'
import type { View } from './site.ts'
import { desiredObjects } from './target-objects.ts'

/** An object that is not as its release recorded it. */
export interface Drift {
  /** As it was recorded. */
  object: KubeObject
  /** Undefined when it is gone. */
  live: KubeObject | undefined
  fields: DriftedField[]
}

export interface DriftedField {
  /** `.spec.template.spec.containers[name="web"].image` */
  path: string
  what: 'changed' | 'removed' | 'added'
  recorded: Json | undefined
  live: Json | undefined
  /** Who manages the field now; empty when nobody does, or the target does not tell. */
  by: { manager: string; operation: string; subresource: string; time: string }[]
}

/**
 * Finds the objects of a release that somebody has changed or removed, field by field, with
 * those who did. What is left to an autoscaler or an injector is no drift.
 */
export async function findDrift(view: View, release: Release): Promise<Drift[]> {
  const placed = await desiredObjects(view, release, { withHooks: false })
  const distinct = [...indexByKey(placed).values()]
  const desired = view.cluster.runsHooks ? distinct.map(withoutSequence) : distinct
  const found = await liveObjects(view, desired)
  const live = new Map(found.map((object) => [objectKey(object), object]))
  const changes = desired.map((object) => ({
    op: 'update' as const,
    object,
    live: live.get(objectKey(object)),
  }))
  const scalers = view.cluster.runsHooks ? await scalersFor(view, { changes }) : []
  const drifts = await inParallel(changes, PARALLEL, async ({ object, live: actual }) => {
    if (actual === undefined) return { object, live: actual, fields: [] }
    if (!view.cluster.runsHooks)
      return { object, live: actual, fields: plainFields(object, actual) }
    const facts = { live: actual, scalers, manager: FIELD_MANAGER }
    return driftOf(view, yieldFields(object, facts).object, actual)
  })
  return drifts.filter((drift) => drift.live === undefined || drift.fields.length > 0)
}

/** What applying the object again would change is what has drifted. */
async function driftOf(view: View, object: KubeObject, live: KubeObject): Promise<Drift> {
  const added = foreignFields(asStored(object), live, isOurs).map(
    ({ path, live: value, owner }): DriftedField => ({
      path,
      what: 'added',
      recorded: undefined,
      live: value,
      by: [told(owner)],
    }),
  )
  if (isSettled(object, live, FIELD_MANAGER)) return { object, live, fields: added }
  const after = await reapplied(view, object)
  const changed = differencesOf(after, live).map(
    ({ path, desired, live: actual, owners }): DriftedField => ({
      path,
      what: actual === undefined ? 'removed' : 'changed',
      recorded: desired,
      live: actual,
      by: owners.filter((entry) => !isOurs(entry)).map(told),
    }),
  )
  return { object, live, fields: [...changed, ...added] }
}

/** As of a Service with two ports of one name, once somebody has changed the number of one. */
const REFUSALS: ReadonlySet<string> = new Set(['FIELD_IMMUTABLE', 'OBJECT_INVALID'])

/** What applying the object would make of it; itself where the target would not take that. */
async function reapplied({ cluster, signal }: View, object: KubeObject): Promise<KubeObject> {
  try {
    return contentOf(await cluster.preview(object, { force: true, signal }))
  } catch (error) {
    if (error instanceof PkgError && REFUSALS.has(error.code)) return object
    throw error
  }
}

/** The text that a Secret gets is stored as data. */
function asStored(object: KubeObject): KubeObject {
  const { stringData, data, ...rest } = object
  if (object.kind !== 'Secret' || !isJsonObject(stringData)) return object
  return { ...rest, data: { ...(isJsonObject(data) ? data : {}), ...stringData } }
}

function plainFields(object: KubeObject, live: KubeObject): DriftedField[] {
  return diffFields(object, live).map(({ path, before, after }) => ({
    path: `.${path}`,
    what: after === undefined ? 'removed' : before === undefined ? 'added' : 'changed',
    recorded: before,
    live: after,
    by: [],
  }))
}

function isOurs(entry: ManagedEntry): boolean {
  return isOwn(entry, FIELD_MANAGER) || isLegacyManager(entry)
}

function told({ manager, operation, subresource, time }: ManagedEntry): DriftedField['by'][number] {
  return { manager, operation, subresource, time }
}
