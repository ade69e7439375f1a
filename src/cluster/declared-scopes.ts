import { isJsonObject, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { Scope } from './cluster.ts'
import { groupOf } from './object-path.ts'

/** Scopes of the kinds that CRDs among the objects define; undefined for all other kinds. */
export function declaredScopes(
  objects: readonly KubeObject[],
): (apiVersion: string, kind: string) => Scope | undefined {
  const declared = new Map<string, Scope>()
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue
    const spec = child(object, 'spec')
    const { group, scope } = spec
    const { kind } = child(spec, 'names')
    if (typeof group !== 'string' || typeof kind !== 'string') continue
    declared.set(`${group}/${kind}`, scope === 'Cluster' ? 'cluster' : 'namespaced')
  }
  return (apiVersion, kind) => declared.get(`${groupOf(apiVersion)}/${kind}`)
}

function child(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}
