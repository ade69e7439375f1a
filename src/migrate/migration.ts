import type { JsonObject } from '../base/json.ts'

/** What a migration did, could not do, or needs from the person. */
export interface MigrationNote {
  /** Rewritten: a field moved or a default was written out. Dropped: nothing stands for it. */
  kind: 'rewritten' | 'dropped' | 'needed'
  /** The field of the old or of the new object. */
  path: string
  message: string
}

/** What the families of migrations are told, and what they tell. */
export interface Migration {
  /** Minor version of Kubernetes 1 that the objects are for. */
  minor: number
  /** Namespace of Rook's operator, by which its drivers are called. */
  rookNamespace: string
  /** Also what is still served but has a newer version. */
  withDeprecated: boolean
  /** All objects that are migrated together. */
  all: readonly JsonObject[]
  note: (kind: MigrationNote['kind'], path: string, message: string) => void
}

/** Rewrites an object in place for its new API version; gives nothing when none takes its place. */
export type Migrate = (object: JsonObject, migration: Migration) => JsonObject | undefined
