import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'

/** A resource of an API server: the endpoint where objects of a kind are. */
export interface Resource {
  apiVersion: string
  kind: string
  /** Plural name, as in the path. */
  name: string
  isNamespaced: boolean
  verbs: readonly string[]
  subresources: readonly string[]
}

/** All that an API server serves, the preferred version of a group first. */
export interface ApiSet {
  resources: readonly Resource[]
  /** Group versions, and with kinds, those of subresources too: `apps/v1`, `apps/v1/Scale`. */
  apiVersions: readonly string[]
  /** Group versions whose own server did not answer. */
  stale: readonly string[]
}

export interface ServerVersion {
  /** `v1.35.2` */
  gitVersion: string
  major: string
  /** Some clouds add a sign: `35+`. */
  minor: string
}

export const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

/** Whether the answer to a request for aggregated discovery is of that kind. */
export function isAggregated(document: Json): document is JsonObject {
  return isJsonObject(document) && document['kind'] === 'APIGroupDiscoveryList'
}

/**
 * Reads aggregated discovery documents, of `/api` and of `/apis`.
 *
 * Source: Kubernetes client-go 0.35 discovery/aggregated_discovery.go.
 */
export function readAggregated(documents: readonly JsonObject[]): ApiSet {
  const reading = newReading()
  for (const document of documents) {
    for (const item of objectsOf(document['items'])) {
      const group = textOf(child(item, 'metadata')['name'])
      for (const version of objectsOf(item['versions'])) readVersion(reading, group, version)
    }
  }
  return apiSetOf(reading)
}

interface Reading {
  resources: Resource[]
  apiVersions: Set<string>
  stale: string[]
}

function newReading(): Reading {
  return { resources: [], apiVersions: new Set(), stale: [] }
}

function apiSetOf({ resources, apiVersions, stale }: Reading): ApiSet {
  return { resources, apiVersions: [...apiVersions], stale }
}

function readVersion(reading: Reading, group: string, version: JsonObject): void {
  const name = textOf(version['version'])
  const apiVersion = group === '' ? name : `${group}/${name}`
  reading.apiVersions.add(apiVersion)
  if (version['freshness'] === 'Stale') reading.stale.push(apiVersion)
  for (const resource of objectsOf(version['resources'])) {
    const subresources = objectsOf(resource['subresources'])
    const kind = textOf(child(resource, 'responseKind')['kind'])
    for (const each of [resource, ...subresources]) {
      const own = textOf(child(each, 'responseKind')['kind'])
      if (own !== '') reading.apiVersions.add(`${apiVersion}/${own}`)
    }
    if (kind === '') continue
    reading.resources.push({
      apiVersion,
      kind,
      name: textOf(resource['resource']),
      isNamespaced: resource['scope'] === 'Namespaced',
      verbs: textsOf(resource['verbs']),
      subresources: subresources.map((each) => textOf(each['subresource'])),
    })
  }
}

/** Group versions of an APIGroupList, the preferred one of each group first. */
export function readGroups(document: JsonObject): string[] {
  return objectsOf(document['groups']).flatMap((group) => {
    const preferred = textOf(child(group, 'preferredVersion')['groupVersion'])
    const all = objectsOf(group['versions']).map((version) => textOf(version['groupVersion']))
    return [...new Set([preferred, ...all])].filter((name) => name !== '')
  })
}

/** Reads one APIResourceList a group version; undefined where its server did not answer. */
export function readResourceLists(
  lists: readonly { apiVersion: string; document: JsonObject | undefined }[],
): ApiSet {
  const reading = newReading()
  for (const { apiVersion, document } of lists) {
    reading.apiVersions.add(apiVersion)
    if (document === undefined) reading.stale.push(apiVersion)
    const entries = objectsOf(document?.['resources'])
    for (const entry of entries) {
      const name = textOf(entry['name'])
      reading.apiVersions.add(`${apiVersion}/${textOf(entry['kind'])}`)
      if (name.includes('/')) continue
      const prefix = `${name}/`
      const below = entries.map((each) => textOf(each['name'])).filter((n) => n.startsWith(prefix))
      reading.resources.push({
        apiVersion,
        kind: textOf(entry['kind']),
        name,
        isNamespaced: entry['namespaced'] === true,
        verbs: textsOf(entry['verbs']),
        subresources: below.map((each) => each.slice(prefix.length)),
      })
    }
  }
  return apiSetOf(reading)
}

function child(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}

function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
