import type { KubeObject } from '../manifest/object.ts'
import { objectKey } from '../manifest/object.ts'
import type { Change, Plan } from '../plan/plan.ts'
import { liveObjects } from './read-live.ts'
import { refinePlan } from './refine-plan.ts'
import type { View } from './site.ts'

/** What becomes of CRDs that are there already: `create` leaves them as they are. */
export type CrdMode = 'create' | 'upgrade' | 'skip'

/**
 * Plans the CRDs of crds/ folders, which no release owns and no release takes away.
 *
 * @throws PkgError CRD_UNSAFE when custom resources that live would not fit
 */
export async function planDefinitions(
  view: View,
  crds: { objects: readonly KubeObject[]; mode: CrdMode } | undefined,
): Promise<Plan> {
  if (crds === undefined || crds.mode === 'skip' || crds.objects.length === 0)
    return { changes: [] }
  const found = await liveObjects(view, crds.objects)
  const live = new Map(found.map((object) => [objectKey(object), object]))
  const changes = crds.objects.map((object): Change => {
    const existing = live.get(objectKey(object))
    if (existing === undefined) return { op: 'create', object, live: undefined }
    return { op: crds.mode === 'create' ? 'unchanged' : 'update', object, live: existing }
  })
  if (!view.cluster.runsHooks) return { changes }
  const owner = { name: '', namespace: '' }
  return refinePlan(view, { changes }, { owner, takeOwnership: true, allowDataLoss: false })
}
