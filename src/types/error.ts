/* Generated from schemas/error.schema.json; change the schema and run "npm run types". */

/**
 * What a failed command prints on standard error with `-o json`.
 */
export interface ErrorDocument {
  error: {
    message: string
    /**
     * Stable name of the failure.
     */
    code: string
    /**
     * What to do next.
     */
    hint?: string
    /**
     * Place in the person’s own file; lines and columns count from 1.
     */
    span?: {
      file: string
      line?: number
      column?: number
      source?: string
    }
    details?: string[]
  }
}
