import { PkgError } from '../base/errors.ts'
import { refOf } from '../cluster/cluster.ts'
import type { View } from './site.ts'
import { namespaceObject } from './target-objects.ts'

/**
 * Makes the namespace of a release where one is needed before anything can be stored in it,
 * even the lock.
 *
 * @throws PkgError what the target refuses
 */
export async function ensureNamespace(
  { cluster, signal }: Pick<View, 'cluster' | 'signal'>,
  name: string,
): Promise<void> {
  if (!cluster.runsHooks) return
  const object = namespaceObject(name)
  if ((await cluster.get(refOf(object), signal)) !== undefined) return
  try {
    await cluster.create(object, signal)
  } catch (error) {
    if (!(error instanceof PkgError) || error.code !== 'OBJECT_EXISTS') throw error
  }
}
