import { readinessOf } from '../apply/readiness.ts'
import { liveObjects } from '../apply/read-live.ts'
import { desiredObjects } from '../apply/target-objects.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import type { Release } from '../release/release.ts'
import type { Connections } from './connections.ts'
import { reporting } from './target-errors.ts'

/** How an object of a release fares at its target. */
export interface ResourceState {
  apiVersion: string
  kind: string
  /** Empty for kinds without one. */
  namespace: string
  name: string
  /** A folder only tells whether an object is there. */
  state: 'ready' | 'progressing' | 'failed' | 'missing' | 'present'
  /** Why: `2/3 available`. */
  text: string
}

/**
 * Looks for every object of a revision, in the order of its manifest.
 *
 * @throws PkgError FORBIDDEN
 */
export async function resourcesOf(
  connections: Connections,
  release: Release,
): Promise<ResourceState[]> {
  return reporting('', async () => {
    const wanted = await desiredObjects(connections, release, { withHooks: false })
    const found = await liveObjects(connections, wanted)
    const live = new Map(found.map((object) => [objectKey(object), object]))
    const { runsHooks } = connections.cluster
    return wanted.map((object) => {
      const { apiVersion, kind, metadata } = object
      const { namespace, name } = metadata
      return {
        apiVersion,
        kind,
        namespace: typeof namespace === 'string' ? namespace : '',
        name,
        ...stateOf(live.get(objectKey(object)), runsHooks),
      }
    })
  })
}

function stateOf(
  object: KubeObject | undefined,
  hasStatus: boolean,
): Pick<ResourceState, 'state' | 'text'> {
  if (object === undefined) return { state: 'missing', text: 'is not there' }
  if (!hasStatus) return { state: 'present', text: '' }
  const { state, text } = readinessOf(object, { by: 'current', jobs: true })
  return { state, text }
}
