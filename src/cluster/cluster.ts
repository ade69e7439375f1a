import type { Json, JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { LeaseStore } from './lease.ts'

/** Names a kind of object. */
export interface KindRef {
  apiVersion: string
  kind: string
  /** Undefined for kinds without a namespace, and for all namespaces. */
  namespace: string | undefined
}

/** Names one object of a target. */
export interface ObjectRef extends KindRef {
  name: string
}

export type Scope = 'namespaced' | 'cluster'

export type ApplyResult = 'created' | 'updated' | 'unchanged'

/** What a write has come to. */
export interface Applied {
  result: ApplyResult
  /** As the target holds it now, with what the target itself has filled in. */
  object: KubeObject
}

export interface ApplyOptions {
  /** Takes fields over from whoever else manages them. */
  force?: boolean | undefined
  /** The object's resourceVersion as it was seen last; without it nothing is told `unchanged`. */
  seen?: string | undefined
  /** Applies to this object only, and not to another of its name. */
  uid?: string | undefined
  signal?: AbortSignal | undefined
}

export interface DeleteOptions {
  /** What becomes of the objects it owns; by default they go in the background. */
  cascade?: 'background' | 'foreground' | 'orphan' | undefined
  /** Deletes this object only, and not another of its name. */
  uid?: string | undefined
  signal?: AbortSignal | undefined
}

export interface PatchOptions {
  type: 'merge' | 'json' | 'strategic'
  /** For example `status` or `scale`. */
  subresource?: string | undefined
  /** By default the manager that `apply` uses. */
  fieldManager?: string | undefined
  /** Writes nothing. */
  isTrial?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** Which objects of a kind are asked for. */
export interface Selection {
  /** As Kubernetes writes them: `app=web,tier in (a, b)`. */
  labelSelector?: string | undefined
  /** As Kubernetes writes them: `metadata.name=web`. */
  fieldSelector?: string | undefined
}

export interface ListOptions extends Selection {
  /** Whether an object is wanted; others are let go before more of a long list is read. */
  isWanted?: ((object: KubeObject) => boolean) | undefined
  signal?: AbortSignal | undefined
}

/** `synced` comes after each full list; all between two of them are told as changes. */
export type WatchEvent =
  { type: 'added' | 'modified' | 'deleted'; object: KubeObject } | { type: 'synced' }

export interface LogOptions {
  container?: string | undefined
  /** Lines from the end. */
  tailLines?: number | undefined
  /** Of the container's run before this one. */
  previous?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** Asks whether the person may do something; `*` stands for any kind or verb. */
export interface AccessReview extends KindRef {
  /** Kubernetes' own verb: `get`, `list`, `watch`, `create`, `patch`, `delete` … */
  verb: string
  subresource?: string | undefined
  /** Undefined for any object of the kind. */
  name?: string | undefined
  /** The name by which rules know the kind, as long as the target does not know it: `widgets`. */
  resource?: string | undefined
}

/** What templates may know of a target. */
export interface TargetCapabilities {
  /** As the API server gives them: `v1.35.2`, `1`, `35`. */
  kubeVersion: { gitVersion: string; major: string; minor: string }
  /** Group versions, and with kinds: `apps/v1`, `apps/v1/Deployment`. */
  apiVersions: readonly string[]
}

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
  /** What templates may know; undefined when the target itself does not know. */
  capabilities(signal?: AbortSignal): Promise<TargetCapabilities | undefined>
  /**
   * Says which kinds have no namespace.
   *
   * @param incoming objects about to be applied, whose own CRDs count too
   */
  scopes(incoming: readonly KubeObject[], signal?: AbortSignal): Promise<ScopeOf>
  /** @throws PkgError KIND_UNKNOWN, FORBIDDEN */
  get(ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject | undefined>
  /**
   * Every object of a kind, by namespace and name.
   *
   * @throws PkgError KIND_UNKNOWN, FORBIDDEN
   */
  list(kind: KindRef, options?: ListOptions): Promise<KubeObject[]>
  /**
   * Tells of every object of a kind, and then of each change until the signal aborts; a
   * connection that breaks is made anew. Ends only with the signal, and then quietly.
   *
   * @throws PkgError KIND_UNKNOWN, FORBIDDEN
   */
  watch(kind: KindRef, options: Selection, signal: AbortSignal): AsyncIterable<WatchEvent>
  /**
   * Creates the object or brings it to the given state; fields it does not name are left to
   * whoever manages them.
   *
   * @throws PkgError FIELD_CONFLICT, FIELD_IMMUTABLE, OBJECT_INVALID, KIND_UNKNOWN, FORBIDDEN,
   *   NAMESPACE_MISSING; OBJECT_CHANGED when the object of `uid` is not there any more
   */
  apply(object: KubeObject, options?: ApplyOptions): Promise<Applied>
  /** The object as `apply` would leave it; writes nothing. Throws as `apply` does. */
  preview(object: KubeObject, options?: ApplyOptions): Promise<KubeObject>
  /**
   * Creates an object that must not be there yet.
   *
   * @throws PkgError OBJECT_EXISTS, and what `apply` throws
   */
  create(object: KubeObject, signal?: AbortSignal): Promise<KubeObject>
  /**
   * Changes parts of an object.
   *
   * @returns the object afterwards; undefined when there was no such object
   * @throws PkgError OBJECT_CHANGED when the patch names another resourceVersion, and what
   *   `apply` throws
   */
  patch(
    ref: ObjectRef,
    patch: JsonObject | readonly Json[],
    options: PatchOptions,
  ): Promise<KubeObject | undefined>
  /**
   * @returns false when there was no such object
   * @throws PkgError OBJECT_CHANGED when there is another object than that of `uid`
   */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<boolean>
  /** The last lines that a container has written; empty when there are none. */
  logs(pod: ObjectRef, options?: LogOptions): Promise<string>
  /** Whether each may be done, in the order of the questions. */
  can(reviews: readonly AccessReview[], signal?: AbortSignal): Promise<boolean[]>
  /**
   * Says for people why nothing can be found: the folder, or the namespace, is not there.
   * Undefined when it is, and where that cannot be told.
   */
  whyEmpty?(namespace: string | undefined, signal?: AbortSignal): Promise<string | undefined>
  /** The name by which rules know what is asked about: `deployments`, `pods/log`. */
  resourceName?(review: AccessReview, signal?: AbortSignal): Promise<string>
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

/** What tells the object from another one of its name; undefined when the target tells nothing. */
export function uidOf(object: KubeObject | undefined): string | undefined {
  const uid = object?.metadata['uid']
  return typeof uid === 'string' ? uid : undefined
}
