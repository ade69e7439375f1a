/* Generated from schemas/list.schema.json; change the schema and run "npm run types". */

/**
 * What `list -o json` prints; the keys are Helm’s.
 */
export type ReleaseList = ReleaseListItem[]

export interface ReleaseListItem {
  name: string
  namespace: string
  /**
   * The newest revision, as text.
   */
  revision: string
  /**
   * When it was last deployed, as Go prints a time.
   */
  updated: string
  status: string
  /**
   * Name and version of the chart: web-1.2.3.
   */
  chart: string
  app_version: string
}
