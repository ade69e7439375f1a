import type { KubeObject } from '../manifest/object.ts'
import type { View } from './site.ts'

/** Groups that kinds have moved to since they were `extensions`, in the order of their moves. */
const SUCCESSORS: Readonly<Record<string, readonly string[]>> = {
  extensions: ['apps', 'networking.k8s.io', 'policy'],
}

/**
 * Gives objects that were written long ago the versions that the target serves them in now: a
 * version that is gone hides what is still there. What is not served at all stays as it is.
 */
export async function asServed(
  { cluster, signal }: View,
  objects: readonly KubeObject[],
): Promise<KubeObject[]> {
  if (objects.length === 0) return []
  const capabilities = await cluster.capabilities(signal)
  if (capabilities === undefined) return [...objects]
  const served = new Set(capabilities.apiVersions)
  return objects.map((object) => {
    const { apiVersion, kind } = object
    if (served.has(`${apiVersion}/${kind}`)) return object
    const group = groupOf(apiVersion)
    const groups = [group, ...(SUCCESSORS[group] ?? [])]
    const found = capabilities.apiVersions.find((each) => {
      const version = each.slice(0, each.lastIndexOf('/'))
      return each.endsWith(`/${kind}`) && groups.includes(groupOf(version))
    })
    return found === undefined
      ? object
      : { ...object, apiVersion: found.slice(0, found.lastIndexOf('/')) }
  })
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}
