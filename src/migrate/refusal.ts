/** Why an object cannot be migrated. */
export type RefusalCause =
  | 'yaml-syntax'
  | 'duplicate-key'
  | 'template-not-rendered'
  | 'schema'
  | 'placeholder'
  | 'apiversion-typo'
  | 'not-installable'
  | 'review-reply'
  | 'no-successor'

/** A place in a file; both count from 1. */
export interface Position {
  line: number
  column: number
}

/** One reason for which a file is left as it is. */
export interface Refusal extends Position {
  cause: RefusalCause
  /** What is wrong, without the place; no value of a Secret is ever in it. */
  message: string
  /** The field, as people write it: `spec.ports[0].port`. */
  path?: string
}
