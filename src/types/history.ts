/* Generated from schemas/history.schema.json; change the schema and run "npm run types". */

/**
 * What `history -o json` prints, the oldest revision first; the keys are Helm’s.
 */
export type ReleaseHistory = ReleaseHistoryItem[]

export interface ReleaseHistoryItem {
  revision: number
  /**
   * RFC 3339; empty when the record cannot be read.
   */
  updated: string
  status: string
  chart: string
  app_version: string
  description: string
}
