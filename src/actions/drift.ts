import { findDrift, type Drift, type DriftedField } from '../apply/find-drift.ts'
import type { Json } from '../base/json.ts'
import { maskField, type Mask } from '../plan/diff.ts'
import { deployedRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections } from './connections.ts'
import { list, status } from './inspect.ts'
import { reporting } from './target-errors.ts'

/** What is not as a release recorded it. */
export interface ReleaseDrift {
  release: string
  namespace: string
  revision: number
  objects: DriftedObject[]
}

export interface DriftedObject {
  apiVersion: string
  kind: string
  /** Empty for kinds without one. */
  namespace: string
  name: string
  state: 'missing' | 'changed'
  fields: ShownField[]
}

/** A field with its values as they may be shown. */
export interface ShownField {
  path: string
  what: DriftedField['what']
  recorded?: Json
  live?: Json
  by: DriftedField['by']
}

/**
 * Compares what a release recorded when it was deployed with what the target holds now.
 *
 * @param mask hides what is secret; undefined shows it
 * @throws PkgError RELEASE_NOT_FOUND
 */
export async function driftOfRelease(
  connections: Connections,
  name: ReleaseName,
  mask: Mask | undefined,
): Promise<ReleaseDrift> {
  return reporting('', async () => {
    const history = await connections.storage.history(name)
    const release = deployedRevision(history) ?? (await status(connections, name, 0))
    return driftOf(connections, release, mask)
  })
}

/** Compares every deployed release of a namespace, or with undefined of all, with its target. */
export async function driftOfAll(
  connections: Connections,
  namespace: string | undefined,
  mask: Mask | undefined,
): Promise<ReleaseDrift[]> {
  return reporting('', async () => {
    const { releases, unreadable } = await list(connections, { namespace, statuses: ['deployed'] })
    for (const { namespace: place, name, reason } of unreadable) {
      connections.onNotice(
        `warning: release "${place}/${name}" is left out, a record of it cannot be read: ${reason}; "kubectl pkg repair ${name} --namespace ${place}" shows more`,
      )
    }
    const drifts: ReleaseDrift[] = []
    for (const release of releases) drifts.push(await driftOfRelease(connections, release, mask))
    return drifts
  })
}

async function driftOf(
  connections: Connections,
  release: Release,
  mask: Mask | undefined,
): Promise<ReleaseDrift> {
  const { name, namespace, revision } = release
  const drifts = await findDrift(connections, release)
  return { release: name, namespace, revision, objects: drifts.map((each) => shown(each, mask)) }
}

function shown({ object, live, fields }: Drift, mask: Mask | undefined): DriftedObject {
  const { namespace, name } = object.metadata
  const hide = (path: string, value: Json | undefined): Json | undefined =>
    mask === undefined ? value : maskField(object, { path, value }, mask)
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: typeof namespace === 'string' ? namespace : '',
    name,
    state: live === undefined ? 'missing' : 'changed',
    fields: fields.map(({ path, what, recorded, live: actual, by }) => {
      const [before, after] = [hide(path, recorded), hide(path, actual)]
      return {
        path,
        what,
        ...(before !== undefined && { recorded: before }),
        ...(after !== undefined && { live: after }),
        by,
      }
    }),
  }
}
