import { PkgError } from '../base/errors.ts'
import { refOf } from '../cluster/cluster.ts'
import { FIELD_MANAGER } from '../cluster/field-managers.ts'
import type { KubeObject } from '../manifest/object.ts'
import { clearingPatch } from '../plan/cleared.ts'
import { foreignFields, type ForeignField } from '../plan/foreign-fields.ts'
import { isOwn, type ManagedEntry } from '../plan/managed-fields.ts'
import type { View } from './site.ts'

/** How an object fits that the target refuses beside what others have added to it. */
export interface ClearedWay {
  /** What has to go. */
  fields: ForeignField[]
  /** As the target would hold the object then. */
  after: KubeObject
}

/**
 * Finds the least of what others have added to an object that has to go, so that the target takes
 * what is wanted of it. Nothing is written.
 *
 * @returns undefined when the target refuses the object all the same
 */
export async function clearWay(
  view: View,
  object: KubeObject,
  live: KubeObject,
): Promise<ClearedWay | undefined> {
  const places = [...byPlace(foreignFields(object, live, isApplied)).values()]
  if (places.length === 0) return undefined
  let fields = places.flat()
  let after = await tryWithout(view, { object, live, fields })
  if (after === undefined) return undefined
  for (const place of places) {
    const fewer = fields.filter((field) => !place.includes(field))
    const fits =
      fewer.length > 0 ? await tryWithout(view, { object, live, fields: fewer }) : undefined
    if (fits !== undefined) [fields, after] = [fewer, fits]
  }
  return { fields, after }
}

/** What several managers share goes from all of them, or stays. */
function byPlace(fields: readonly ForeignField[]): Map<string, ForeignField[]> {
  const places = new Map<string, ForeignField[]>()
  for (const field of fields) {
    places.set(field.path, [...(places.get(field.path) ?? []), field])
  }
  return places
}

async function tryWithout(
  { cluster, signal }: View,
  { object, live, fields }: { object: KubeObject; live: KubeObject; fields: ForeignField[] },
): Promise<KubeObject | undefined> {
  const patch = clearingPatch(object, live, { fields, isOurs: isApplied })
  try {
    return await cluster.patch(refOf(live), patch, { type: 'json', isTrial: true, signal })
  } catch (error) {
    if (error instanceof PkgError && REFUSED.has(error.code)) return undefined
    throw error
  }
}

const REFUSED: ReadonlySet<string> = new Set(['OBJECT_INVALID', 'FIELD_IMMUTABLE'])

/** What clients without apply wrote for us is moved to us anyway, and still is beside the object. */
function isApplied(entry: ManagedEntry): boolean {
  return isOwn(entry, FIELD_MANAGER)
}
