import type { Release } from '../release/release.ts'

/** What tells a release from others. */
export interface ReleaseName {
  name: string
  namespace: string
}

/** A record that is there but cannot be decoded. */
export interface UnreadableRecord extends ReleaseName {
  revision: number
  /** Where the record is, for people. */
  place: string
  reason: string
}

export interface StoredReleases {
  /** Every revision that can be read, by namespace, name and revision. */
  releases: Release[]
  unreadable: UnreadableRecord[]
}

/** Objects of abandoned attempts that the next run must not forget to remove. */
export interface Journal {
  /** Manifests whose objects may be at the target though no record names them. */
  manifests: string[]
}

/** Where releases are kept: a record for each revision, and a journal while one is changed. */
export interface ReleaseStorage {
  /**
   * Every revision of a release, oldest first; empty when there is none.
   *
   * @throws PkgError RELEASE_UNREADABLE when one of them cannot be decoded
   */
  history(release: ReleaseName): Promise<Release[]>
  /** The releases of a namespace, or with undefined of all; unreadable ones stop nothing. */
  list(namespace: string | undefined): Promise<StoredReleases>
  /** @throws PkgError RELEASE_EXISTS when the revision is stored already, RELEASE_TOO_LARGE */
  create(release: Release): Promise<void>
  /** Replaces the record of this revision. */
  update(release: Release): Promise<void>
  /** @returns false when there was no such revision */
  delete(release: ReleaseName, revision: number): Promise<boolean>
  readJournal(release: ReleaseName): Promise<Journal | undefined>
  writeJournal(release: ReleaseName, journal: Journal): Promise<void>
  deleteJournal(release: ReleaseName): Promise<void>
  /** Removes what holders with these tokens left half-written when they were cut off. */
  sweep(tokens: readonly string[]): Promise<void>
}

/** Orders releases by namespace, then name, then revision. */
export function byNameAndRevision(left: Release, right: Release): number {
  if (left.namespace !== right.namespace) return left.namespace < right.namespace ? -1 : 1
  if (left.name !== right.name) return left.name < right.name ? -1 : 1
  return left.revision - right.revision
}
