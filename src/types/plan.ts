/* Generated from schemas/plan.schema.json; change the schema and run "npm run types". */

/**
 * What `plan -o FILE` writes and `apply` reads; `plan -o json` prints it without CRDs, record and the digest of the whole.
 */
export interface PlanFile {
  apiVersion: 'kubectl-pkg/v1'
  kind: 'Plan'
  /**
   * RFC 3339.
   */
  createdAt: string
  /**
   * Where the objects are: a folder as dir:PATH, or an API server.
   */
  target: string
  release: {
    name: string
    namespace: string
    /**
     * The revision that applying the plan makes.
     */
    revision: number
    isInstall: boolean
  }
  chart: {
    name: string
    version: string
    /**
     * Of all its files: sha256:…
     */
    digest: string
  }
  values: {
    /**
     * Of what the person passed: sha256:…
     */
    digest: string
  }
  /**
   * The most that any of the changes does.
   */
  impact:
    | 'none'
    | 'metadata'
    | 'config-reload'
    | 'rolling-restart'
    | 'scale'
    | 'recreate'
    | 'downtime'
    | 'data-loss'
    | 'cluster-wide'
  changes: PlanFileChange[]
  /**
   * Fields that others manage and that the changes would set.
   */
  conflicts: PlanFileConflict[]
  /**
   * What was asked for besides chart and values.
   */
  options: {
    [k: string]: unknown
  }
  /**
   * The CRDs of crds/ folders.
   */
  definitions?: {
    [k: string]: unknown
  }[]
  /**
   * The revision in the encoding of a release’s record; holds values and Secrets.
   */
  record?: string
  /**
   * Of all the rest; a file that was edited does not match it and is not applied.
   */
  digest?: string
}
export interface PlanFileChange {
  op: 'create' | 'update' | 'recreate' | 'delete' | 'keep'
  apiVersion: string
  kind: string
  /**
   * Empty for kinds without one.
   */
  namespace: string
  name: string
  impact:
    | 'none'
    | 'metadata'
    | 'config-reload'
    | 'rolling-restart'
    | 'scale'
    | 'recreate'
    | 'downtime'
    | 'data-loss'
    | 'cluster-wide'
  /**
   * By which rule the impact is what it is.
   */
  reason: string
  /**
   * Fields that change, secrets masked.
   */
  fields: {
    path: string
    before?: unknown
    after?: unknown
  }[]
  /**
   * The object as it was; missing when it was not there.
   */
  live?: {
    uid?: string
    resourceVersion?: string
    /**
     * Of all but its status and what the server keeps about it.
     */
    digest: string
  }
}
export interface PlanFileConflict {
  apiVersion: string
  kind: string
  /**
   * Empty for kinds without one.
   */
  namespace: string
  name: string
  field: string
  manager: string
}
