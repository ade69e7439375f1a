import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { at, listAt, textOf } from './gates.ts'
import { api, type ApiAnswer } from './plane.ts'

/** A kind that the API server serves, in the version that it prefers, or another. */
interface ServedKind {
  apiVersion: string
  kind: string
  /** Of its objects: `/apis/apps/v1`. */
  root: string
  /** The kind in paths: `deployments`. */
  resource: string
  hasNamespaces: boolean
  isListed: boolean
  isPreferred: boolean
}

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Asks which kinds there are now; kinds of definitions come and go. */
export async function servedKinds(): Promise<ServedKind[]> {
  const answers = await Promise.all(
    ['/api', '/apis'].map((path) => api('GET', path, undefined, { accept: DISCOVERY })),
  )
  return answers.flatMap(({ body }) => listAt(body, 'items').flatMap(kindsOf))
}

function kindsOf(group: JsonObject): ServedKind[] {
  const name = textOf(at(group, 'metadata', 'name') ?? undefined)
  const seen = new Set<string>()
  return listAt(group, 'versions').flatMap((version) => {
    const number = textOf(version['version'])
    const apiVersion = name === '' ? number : `${name}/${number}`
    return listAt(version, 'resources').map((each) => {
      const resource = textOf(each['resource'])
      const isPreferred = !seen.has(resource)
      seen.add(resource)
      return {
        apiVersion,
        kind: textOf(at(each, 'responseKind', 'kind')),
        root: name === '' ? `/api/${number}` : `/apis/${apiVersion}`,
        resource,
        hasNamespaces: each['scope'] === 'Namespaced',
        isListed: (each['verbs'] as string[]).includes('list'),
        isPreferred,
      }
    })
  })
}

/** Asks for names and the like alone: definitions are large, and kinds are many. */
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
const LIST_OF_METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

/** Gives the objects in a namespace, of all kinds: their metadata. */
export async function objectsIn(
  kinds: readonly ServedKind[],
  namespace: string,
): Promise<KubeObject[]> {
  const wanted = kinds.filter((each) => each.hasNamespaces && each.isListed && each.isPreferred)
  const lists = await Promise.all(
    wanted.map(async (each) => {
      const answer = await ask(pathOf(each, namespace), LIST_OF_METADATA)
      if (!isThere(answer)) return []
      const { apiVersion, kind } = each
      return listAt(answer.body, 'items').map((item) => ({ ...item, apiVersion, kind }))
    }),
  )
  return lists.flat() as unknown as KubeObject[]
}

/** Gives those of some objects that are there, as they are; the namespace is of those without. */
export function stillThere(
  kinds: readonly ServedKind[],
  namespace: string,
  objects: readonly KubeObject[],
): Promise<KubeObject[]> {
  return found(kinds, namespace, { objects, accept: 'application/json' })
}

/** As `stillThere`, but gives their metadata alone. */
export function metadataOfThere(
  kinds: readonly ServedKind[],
  namespace: string,
  objects: readonly KubeObject[],
): Promise<KubeObject[]> {
  return found(kinds, namespace, { objects, accept: METADATA })
}

async function found(
  kinds: readonly ServedKind[],
  namespace: string,
  { objects, accept }: { objects: readonly KubeObject[]; accept: string },
): Promise<KubeObject[]> {
  const there = await Promise.all(
    objects.map(async ({ apiVersion, kind, metadata }) => {
      const place = textOf(metadata['namespace']) || namespace
      const path = collectionOf(kinds, place, { apiVersion, kind })
      // Definitions that are gone take their kinds with them.
      if (path === undefined) return []
      const answer = await ask(`${path}/${metadata.name}`, accept)
      return isThere(answer) ? [{ ...answer.body, apiVersion, kind }] : []
    }),
  )
  return there.flat() as unknown as KubeObject[]
}

/** Gives the path of a kind's objects in a namespace, or of all when it has none. */
export function collectionOf(
  kinds: readonly ServedKind[],
  namespace: string,
  { apiVersion, kind }: { apiVersion?: unknown; kind?: unknown },
): string | undefined {
  const served = kinds.find((each) => each.apiVersion === apiVersion && each.kind === kind)
  return served && pathOf(served, namespace)
}

function pathOf({ root, resource, hasNamespaces }: ServedKind, namespace: string): string {
  return hasNamespaces ? `${root}/namespaces/${namespace}/${resource}` : `${root}/${resource}`
}

/** Asks again while the storage of a new kind is being made. */
async function ask(path: string, accept: string): Promise<ApiAnswer> {
  for (;;) {
    const answer = await api('GET', path, undefined, { accept })
    if (answer.status !== 429) return answer
    await sleep(200)
  }
}

function isThere({ status, body }: ApiAnswer): boolean {
  if (status === 200) return true
  // Of an APIService nobody may answer yet, or any more.
  if (status === 404 || status === 503) return false
  throw new Error(`the API server answers ${status}: ${JSON.stringify(body)}`)
}
