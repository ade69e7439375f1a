import { isJsonObject, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { KindRef, Scope } from './cluster.ts'
import { groupOf } from './object-path.ts'

/** Scopes of the kinds that CRDs among the objects define; undefined for all other kinds. */
export function declaredScopes(
  objects: readonly KubeObject[],
): (apiVersion: string, kind: string) => Scope | undefined {
  const declared = declarations(objects, ({ scope }) =>
    scope === 'Cluster' ? 'cluster' : 'namespaced',
  )
  return (apiVersion, kind) => declared.get(`${groupOf(apiVersion)}/${kind}`)
}

/** Names by which rules know the kinds that CRDs among the objects define: `widgets`. */
export function declaredResources(
  objects: readonly KubeObject[],
): (kind: Pick<KindRef, 'apiVersion' | 'kind'>) => string | undefined {
  const declared = declarations(objects, ({ names }) =>
    isJsonObject(names) && typeof names['plural'] === 'string' ? names['plural'] : undefined,
  )
  return ({ apiVersion, kind }) => declared.get(`${groupOf(apiVersion)}/${kind}`)
}

/** What the specs of CRDs say of their kinds, by `group/kind`. */
function declarations<T>(
  objects: readonly KubeObject[],
  read: (spec: JsonObject) => T,
): Map<string, T> {
  const declared = new Map<string, T>()
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue
    const spec = child(object, 'spec')
    const { group } = spec
    const { kind } = child(spec, 'names')
    if (typeof group !== 'string' || typeof kind !== 'string') continue
    declared.set(`${group}/${kind}`, read(spec))
  }
  return declared
}

function child(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}
