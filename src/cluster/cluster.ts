import type { KubeObject } from '../manifest/object.ts'
import type { LeaseStore } from './lease.ts'

/** Names one object of a target. */
export interface ObjectRef {
  apiVersion: string
  kind: string
  /** Undefined for kinds without a namespace. */
  namespace: string | undefined
  name: string
}

/** Names a kind of object. */
export interface KindRef {
  apiVersion: string
  kind: string
  /** Undefined for kinds without a namespace, and for all namespaces. */
  namespace: string | undefined
}

export type Scope = 'namespaced' | 'cluster'

export type ApplyResult = 'created' | 'updated' | 'unchanged'

/**
 * All that the rest knows of a target: an API server, or a folder of manifests.
 *
 * Objects of namespaced kinds always carry their namespace here. Calls that wait end with
 * the signal's reason when it aborts.
 */
export interface Cluster {
  /** Where the objects are, for people: `dir:deploy`. */
  readonly target: string
  /** Whether the target runs hooks; a folder only holds manifests. */
  readonly runsHooks: boolean
  readonly leases: LeaseStore
  /**
   * Says which kinds have no namespace.
   *
   * @param incoming objects about to be applied, whose own CRDs count too
   */
  scopes(incoming: readonly KubeObject[], signal?: AbortSignal): Promise<ScopeOf>
  get(ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject | undefined>
  /** Every object of a kind, by namespace and name. */
  list(kind: KindRef, signal?: AbortSignal): Promise<KubeObject[]>
  /** Creates the object or brings it to the given state. */
  apply(object: KubeObject, signal?: AbortSignal): Promise<ApplyResult>
  /** @returns false when there was no such object */
  delete(ref: ObjectRef, signal?: AbortSignal): Promise<boolean>
  /** Removes what holders with these tokens left half-written when they were cut off. */
  sweep(tokens: readonly string[]): Promise<void>
}

/** The scope of a kind; a kind that nobody declares is taken for a namespaced one. */
export type ScopeOf = (apiVersion: string, kind: string) => Scope

/** Names the object; its namespace must be filled in already. */
export function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    name,
  }
}
