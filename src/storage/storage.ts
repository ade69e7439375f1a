import { isJsonObject, parseJson, type JsonObject } from '../base/json.ts'
import type { Release, ReleaseStatus } from '../release/release.ts'
import type { ReleaseSummary } from '../release/summary.ts'

/** What tells a release from others. */
export interface ReleaseName {
  name: string
  namespace: string
}

/** What is known of a record before it is decoded. */
export interface RecordHead extends ReleaseName {
  revision: number
  status: ReleaseStatus
  /** The person's own, without those that storage needs. */
  labels: Record<string, string>
  /** When the record came to be, in milliseconds since 1970; orders releases by date. */
  createdAt: number
}

/** Chooses which records are to be decoded. */
export type ChooseRecords = (heads: readonly RecordHead[]) => readonly RecordHead[]

/** Whether a choice is among all revisions, or may be among the newest of each release alone. */
export type RevisionScope = 'all' | 'newest'

/** A record that is there but cannot be decoded. */
export interface UnreadableRecord extends ReleaseName {
  revision: number
  /** Where the record is, for people. */
  place: string
  reason: string
}

export interface StoredReleases {
  /** Those of the chosen records that can be read, in the order they were chosen. */
  releases: ReleaseSummary[]
  /** Those that cannot, and others that were met on the way. */
  unreadable: UnreadableRecord[]
}

/**
 * How a damaged record is mended: labels put right, the mark of lost parts taken off, made anew
 * where its type is wrong, moved to the name of its revision, or removed.
 */
export type Remedy = 'relabel' | 'detach' | 'recreate' | 'rename' | 'remove'

/** What is wrong with one record, and what can be done about it. */
export interface DamagedRecord {
  /** Where the record is, for people. */
  place: string
  revision: number
  problems: readonly string[]
  remedy: Remedy
  /** As it is stored, so that it can be put back. */
  original: JsonObject
  /** @throws PkgError OBJECT_CHANGED when it is no longer as it was examined */
  mend(): Promise<void>
}

export interface Examination {
  /** Records that were looked at. */
  count: number
  /** In the order they are to be mended. */
  damaged: DamagedRecord[]
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
  /**
   * Records of a namespace, or with undefined of all; unreadable ones stop nothing.
   *
   * @param scope with `newest` older revisions need not be shown to the choice
   */
  list(
    namespace: string | undefined,
    choose: ChooseRecords,
    scope?: RevisionScope,
  ): Promise<StoredReleases>
  /** Reads all records of a release, also those that no list shows; changes nothing. */
  examine(release: ReleaseName): Promise<Examination>
  /** Puts back what the record of a large release leaves out: the files of its chart. */
  complete(release: Release): Promise<Release>
  /** @throws PkgError RELEASE_EXISTS when the revision is stored already, RELEASE_TOO_LARGE */
  create(release: Release): Promise<void>
  /** Replaces the record of this revision. */
  update(release: Release): Promise<void>
  /**
   * How long ago a record was last changed, in milliseconds by the target's clock;
   * undefined where only this program writes records, and when there is none.
   */
  idleFor(release: ReleaseName, revision: number): Promise<number | undefined>
  /** @returns false when there was no such revision */
  delete(release: ReleaseName, revision: number): Promise<boolean>
  readJournal(release: ReleaseName): Promise<Journal | undefined>
  writeJournal(release: ReleaseName, journal: Journal): Promise<void>
  deleteJournal(release: ReleaseName): Promise<void>
  /** Removes what holders with these tokens left half-written when they were cut off. */
  sweep(tokens: readonly string[]): Promise<void>
}

/** Orders releases by namespace, then name, then revision. */
export function byNameAndRevision(
  left: ReleaseName & { revision: number },
  right: ReleaseName & { revision: number },
): number {
  if (left.namespace !== right.namespace) return left.namespace < right.namespace ? -1 : 1
  if (left.name !== right.name) return left.name < right.name ? -1 : 1
  return left.revision - right.revision
}

/** What `list` gives where every record is decoded anyway. */
export function chooseDecoded(all: StoredReleases, choose: ChooseRecords): StoredReleases {
  const decoded = new Map<RecordHead, ReleaseSummary>()
  for (const release of all.releases) {
    const { name, namespace, revision, status, labels, lastDeployed } = release
    const createdAt = Date.parse(lastDeployed) || 0
    decoded.set({ name, namespace, revision, status, labels, createdAt }, release)
  }
  const damaged = all.unreadable.map(({ name, namespace, revision }): RecordHead => ({
    name,
    namespace,
    revision,
    status: 'unknown',
    labels: {},
    createdAt: 0,
  }))
  const chosen = choose([...decoded.keys(), ...damaged])
  return {
    releases: chosen.flatMap((head) => decoded.get(head) ?? []),
    unreadable: all.unreadable,
  }
}

/** Reads a journal's JSON; one that cannot be read names nothing, and what it knew is found by owner. */
export function parseJournal(text: string): Journal | undefined {
  const value = parseJson(text)
  const manifests = isJsonObject(value) ? value['manifests'] : undefined
  if (!Array.isArray(manifests)) return undefined
  return { manifests: manifests.filter((text): text is string => typeof text === 'string') }
}
