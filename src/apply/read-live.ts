import { PkgError } from '../base/errors.ts'
import { announceLongRun } from '../base/long-run.ts'
import { refOf, type Cluster, type KindRef, type ListOptions } from '../cluster/cluster.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import { inParallel, PARALLEL } from './in-parallel.ts'
import type { View } from './site.ts'

/** From so many objects of a kind in a namespace on, one list is asked for. */
const LIST_FROM = 4

/** From so many objects on, most of what is read stays to the end, and needs no room to grow in. */
const MANY = 300

/** Records of releases are Secrets too, and may be large. */
const NO_RECORDS = 'type!=helm.sh/release.v1'

/**
 * Reads what the target holds of the objects, once each: by a list where many are of one kind
 * and namespace, else one by one. A kind that the target does not know has no objects.
 *
 * @throws PkgError FORBIDDEN
 */
export async function liveObjects(
  view: View,
  objects: readonly KubeObject[],
): Promise<KubeObject[]> {
  const wanted = new Map(objects.map((object) => [objectKey(object), object]))
  const isWanted = (object: KubeObject): boolean => wanted.has(objectKey(object))
  if (wanted.size >= MANY) announceLongRun()
  if (!view.cluster.runsHooks) return readEach(view, [...wanted.values()], 1)

  const groups = [...groupedByKind([...wanted.values()]).values()]
  const many = groups.filter((group) => group.length >= LIST_FROM)
  const few = groups.filter((group) => group.length < LIST_FROM).flat()
  const listed = await inParallel(many, PARALLEL, (group) => readGroup(view, group, isWanted))
  const found = [...listed.flat(), ...(await readEach(view, few, PARALLEL))]
  return found.filter(isWanted)
}

function groupedByKind(objects: readonly KubeObject[]): Map<string, KubeObject[]> {
  const groups = new Map<string, KubeObject[]>()
  for (const object of objects) {
    const { apiVersion, kind, namespace = '' } = refOf(object)
    const key = `${apiVersion} ${kind} ${namespace}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [object])
    else group.push(object)
  }
  return groups
}

/** Who may not list may still be allowed to get. */
async function readGroup(
  view: View,
  group: readonly KubeObject[],
  isWanted: (object: KubeObject) => boolean,
): Promise<KubeObject[]> {
  const [first] = group
  if (first === undefined) return []
  const { apiVersion, kind, namespace } = refOf(first)
  const isSecret = kind === 'Secret' && apiVersion === 'v1'
  const options: ListOptions = {
    isWanted,
    signal: view.signal,
    ...(isSecret && { fieldSelector: NO_RECORDS }),
  }
  try {
    return await listKind(view.cluster, { apiVersion, kind, namespace }, options)
  } catch (error) {
    if (!(error instanceof PkgError) || error.code !== 'FORBIDDEN') throw error
    return readEach(view, group, PARALLEL)
  }
}

async function readEach(
  { cluster, signal }: View,
  objects: readonly KubeObject[],
  width: number,
): Promise<KubeObject[]> {
  const found = await inParallel(objects, width, async (object) => {
    try {
      return await cluster.get(refOf(object), signal)
    } catch (error) {
      if (isKindUnknown(error)) return undefined
      throw error
    }
  })
  return found.filter((object) => object !== undefined)
}

/** Every object of a kind; none of a kind that the target does not know. */
export async function listKind(
  cluster: Cluster,
  kind: KindRef,
  options: ListOptions,
): Promise<KubeObject[]> {
  try {
    return await cluster.list(kind, options)
  } catch (error) {
    if (isKindUnknown(error)) return []
    throw error
  }
}

function isKindUnknown(error: unknown): boolean {
  return error instanceof PkgError && error.code === 'KIND_UNKNOWN'
}
