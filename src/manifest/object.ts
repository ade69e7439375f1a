import type { JsonObject } from '../base/json.ts'

/** A Kubernetes object as data. */
export interface KubeObject extends JsonObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

export interface ObjectMeta extends JsonObject {
  name: string
}

/** What makes two objects the same one: group, kind, namespace and name, not version. */
export function objectKey(object: KubeObject, namespace = ''): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
  const own = object.metadata['namespace']
  return `${group}/${object.kind}/${typeof own === 'string' ? own : namespace}/${object.metadata.name}`
}

/** A label for people: `Deployment/web`. */
export function describeObject(object: KubeObject): string {
  return `${object.kind}/${object.metadata.name}`
}
