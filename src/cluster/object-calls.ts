import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson, type JsonObject } from '../base/json.ts'
import { isKubeObject } from '../manifest/decode-objects.ts'
import type { KubeObject } from '../manifest/object.ts'
import { apiError, type Subject } from './api-errors.ts'
import type { KindRef, ObjectRef } from './cluster.ts'
import type { Discovery } from './discovery-client.ts'
import type { Resource } from './discovery.ts'
import { groupOf } from './object-path.ts'
import type { ApiAnswer } from './transport.ts'

/**
 * Finds the resource of a kind.
 *
 * @throws PkgError KIND_UNKNOWN, with the versions that are served instead
 */
export async function resourceOf(
  discovery: Discovery,
  { apiVersion, kind }: { apiVersion: string; kind: string },
  signal: AbortSignal | undefined,
): Promise<Resource> {
  const found = await discovery.find(apiVersion, kind, signal)
  if (found !== undefined) return found
  const { resources, stale } = await discovery.resources(signal)
  const others = resources
    .filter((each) => each.kind === kind && groupOf(each.apiVersion) === groupOf(apiVersion))
    .map((each) => each.apiVersion)
  const message = `the cluster knows no kind "${kind}" of "${apiVersion}"`
  if (stale.includes(apiVersion)) {
    throw new PkgError('KIND_UNKNOWN', `${message}: the server behind it does not answer`, {
      hint: `Look at the APIService of ${apiVersion}: kubectl get apiservices.`,
    })
  }
  throw new PkgError('KIND_UNKNOWN', message, {
    hint:
      others.length > 0
        ? `It serves ${others.join(', ')}: the chart may have a newer version.`
        : 'Install the CustomResourceDefinition first, or a chart version for this cluster.',
  })
}

/** Path of all objects of a resource, in a namespace or in all. */
export function collectionPath(resource: Resource, { namespace }: KindRef): string {
  const { apiVersion, name, isNamespaced } = resource
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const place =
    isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}${place}/${name}`
}

/** Path of one object, or of a subresource of it. */
export function objectPathOf(resource: Resource, ref: ObjectRef, subresource?: string): string {
  if (resource.isNamespaced && ref.namespace === undefined) {
    throw new PkgError('MANIFEST_INVALID', `${ref.kind}/${ref.name} has no namespace`)
  }
  const below = subresource === undefined ? '' : `/${subresource}`
  return `${collectionPath(resource, ref)}/${encodeURIComponent(ref.name)}${below}`
}

/** What errors say of a call for one object. */
export function subjectOf(
  verb: string,
  { kind, name }: { kind: string; name?: string | undefined },
): Subject {
  return { verb, label: name === undefined ? kind : `${kind}/${name}`, isSecret: kind === 'Secret' }
}

/**
 * The object in an answer.
 *
 * @throws PkgError what the answer's status means, CLUSTER_FAILED for what is no object
 */
export function objectIn(answer: ApiAnswer, subject: Subject): KubeObject {
  if (answer.status >= 300) throw apiError(answer, subject)
  const value = parseJson(answer.body)
  if (isKubeObject(value)) return value
  throw new PkgError(
    'CLUSTER_FAILED',
    `cannot ${subject.verb} ${subject.label}: the answer is no object`,
  )
}

/** A page of a list. */
export interface Page {
  objects: KubeObject[]
  resourceVersion: string
  /** Of the next page; empty on the last one. */
  next: string
}

/** Reads a list, whose items of built-in kinds do not say what they are. */
export function pageIn(answer: ApiAnswer, { apiVersion, kind }: KindRef, subject: Subject): Page {
  if (answer.status >= 300) throw apiError(answer, subject)
  const value = parseJson(answer.body)
  if (!isJsonObject(value) || !Array.isArray(value['items'])) {
    throw new PkgError(
      'CLUSTER_FAILED',
      `cannot ${subject.verb} ${subject.label}: the answer is no list`,
    )
  }
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {}
  const objects = value['items'].filter(isJsonObject).map((item) => ({ apiVersion, kind, ...item }))
  return {
    objects: objects.filter(isKubeObject),
    resourceVersion: textOf(metadata, 'resourceVersion'),
    next: textOf(metadata, 'continue'),
  }
}

/** A text of a map; empty when it is not there. */
export function textOf(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}
