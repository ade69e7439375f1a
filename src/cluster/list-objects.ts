import { announceLongRun } from '../base/long-run.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { KindRef, ListOptions } from './cluster.ts'
import type { Discovery } from './discovery-client.ts'
import { collectionPath, pageIn, resourceOf, subjectOf } from './object-calls.ts'
import type { Transport } from './transport.ts'

/** What calls of one API server go through. */
export interface Api {
  transport: Transport
  discovery: Discovery
}

export interface Listing {
  objects: KubeObject[]
  /** Where a watch goes on from. */
  resourceVersion: string
}

/** As kubectl asks for them. While a page is read it is in memory as bytes, as text and as objects. */
const PAGE = 500
const GONE = 410

/**
 * Lists all objects of a kind, page by page; a list whose pages have expired is begun anew,
 * in one piece.
 *
 * @throws PkgError KIND_UNKNOWN, FORBIDDEN, CLUSTER_UNREACHABLE
 */
export async function listObjects(
  { transport, discovery }: Api,
  kind: KindRef,
  { labelSelector, fieldSelector, isWanted = () => true, signal }: ListOptions,
): Promise<Listing> {
  const resource = await resourceOf(discovery, kind, signal)
  const path = collectionPath(resource, kind)
  const subject = subjectOf('list', kind)
  const objects: KubeObject[] = []
  let limit: number | undefined = PAGE
  let token: string | undefined
  for (;;) {
    const query = { labelSelector, fieldSelector, limit, continue: token }
    const answer = await transport.request({ method: 'GET', path, query, signal })
    if (answer.status === GONE && token !== undefined) {
      objects.length = 0
      limit = undefined
      token = undefined
      continue
    }
    const { objects: page, resourceVersion, next } = pageIn(answer, kind, subject)
    for (const object of page) if (isWanted(object)) objects.push(object)
    if (next === '') return { objects, resourceVersion }
    // What pages leave behind would else be given more and more room before it is put away.
    if (token === undefined) announceLongRun()
    token = next
  }
}
