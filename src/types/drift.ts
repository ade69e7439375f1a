/* Generated from schemas/drift.schema.json; change the schema and run "npm run types". */

/**
 * What `drift -o json` prints.
 */
export type DriftReport = DriftedRelease[]

export interface DriftedRelease {
  release: string
  namespace: string
  revision: number
  objects: DriftedReleaseObject[]
}
export interface DriftedReleaseObject {
  apiVersion: string
  kind: string
  /**
   * Empty for kinds without one.
   */
  namespace: string
  name: string
  state: 'missing' | 'changed'
  fields: {
    path: string
    what: 'changed' | 'removed' | 'added'
    recorded?: unknown
    live?: unknown
    /**
     * Who manages the field now.
     */
    by: {
      manager: string
      operation: string
      subresource: string
      /**
       * RFC 3339; empty when the server does not say.
       */
      time: string
    }[]
  }[]
}
