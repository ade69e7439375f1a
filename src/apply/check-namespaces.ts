import { PkgError } from '../base/errors.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { Change } from '../plan/plan.ts'
import type { Release } from '../release/release.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import type { View } from './site.ts'

/** Where objects are to be, and what comes before them. */
export interface Placement {
  release: Release
  changes: readonly Change[]
  /** Written before all else. */
  prerequisites: readonly KubeObject[]
}

/**
 * Refuses a plan that is to make objects in a namespace that is not there, before anything is
 * written; one object of each such namespace is tried without effect, which takes no other rights.
 *
 * The release's own namespace holds its lock and so is there, and what the run makes itself cannot
 * be there yet.
 *
 * @throws PkgError NAMESPACE_MISSING
 */
export async function assertNamespacesThere(view: View, placement: Placement): Promise<void> {
  const { release } = placement
  const known = new Set([release.namespace, ...madeNamespaces(placement)])
  const firsts = new Map<string, KubeObject>()
  for (const { op, object } of placement.changes) {
    const { namespace } = object.metadata
    if (op !== 'create' || typeof namespace !== 'string' || known.has(namespace)) continue
    if (!firsts.has(namespace)) firsts.set(namespace, object)
  }
  await inParallel([...firsts], PARALLEL, async ([namespace, object]) => {
    const error = await refusalOf(view, object)
    if (error?.code !== 'NAMESPACE_MISSING') return
    throw new PkgError('NAMESPACE_MISSING', error.message, {
      hint: `Create namespace "${namespace}" first, or let the chart make it; --create-namespace makes that of the release alone.`,
      cause: error,
    })
  })
}

function madeNamespaces({ release, changes, prerequisites }: Placement): string[] {
  const objects = [...prerequisites, ...changes.map(({ object }) => object)]
  const named = [...objects.map(({ kind, metadata }) => ({ kind, ...metadata })), ...release.hooks]
  return named.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name)
}

/** Whatever else stands in the way is told by the write itself. */
async function refusalOf(
  { cluster, signal }: View,
  object: KubeObject,
): Promise<PkgError | undefined> {
  try {
    await cluster.preview(object, { force: true, signal })
    return undefined
  } catch (error) {
    if (error instanceof PkgError) return error
    throw error
  }
}
