import { PkgError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { encodeRecord, formatLeftOut, type EncodedRecord } from '../release/left-out.ts'
import type { Release } from '../release/release.ts'
import { storePiece } from './kube-pieces.ts'
import {
  metadataOf,
  recordMeta,
  recordName,
  recordObject,
  type RecordMeta,
  type RecordStamp,
} from './record-object.ts'
import type { RecordApi } from './record-api.ts'

/** What writing records needs to know from one write to the next. */
export interface RecordWriter {
  api: RecordApi
  /** Records as this run saw them last, by `namespace/object`. */
  seen: Map<string, RecordMeta>
  /** Digests of the pieces that this run has stored. */
  written: Set<string>
  /** Writes so far. */
  count: number
  token: string
  now: () => Date
  onNotice: (notice: string) => void
}

/**
 * Stores a revision that is new.
 *
 * @throws PkgError RELEASE_EXISTS, RELEASE_TOO_LARGE, and what the API server refuses
 */
export async function createRecord(writer: RecordWriter, release: Release): Promise<void> {
  const { object, write } = await composeRecord(writer, release, 'createdAt')
  try {
    remember(writer, await writer.api.create(release.namespace, object))
  } catch (error) {
    if (!isCode(error, 'OBJECT_EXISTS') && !isUnclear(error)) throw error
    // The answer of the first try was lost when the record bears this very write.
    if ((await seenAgain(writer, release))?.write === write) return
    if (isUnclear(error)) throw error
    throw new PkgError('RELEASE_EXISTS', 'release: already exists', {
      hint: `Another run stored revision ${release.revision}; run the command again.`,
      cause: error,
    })
  }
}

/**
 * Replaces a record, if it still is as this run saw it last.
 *
 * @throws PkgError LOCK_LOST when somebody else has changed it, and what the API server refuses
 */
export async function replaceRecord(writer: RecordWriter, release: Release): Promise<void> {
  const { api } = writer
  const { object, write } = await composeRecord(writer, release, 'modifiedAt')
  let known = writer.seen.get(keyOf(release)) ?? (await seenAgain(writer, release))
  for (let tries = 1; ; tries++) {
    if (known === undefined) throw changed(release, undefined)
    const { resourceVersion } = known
    const metadata: JsonObject = { ...metadataOf(object), resourceVersion }
    try {
      remember(writer, await api.replace(release.namespace, { ...object, metadata }))
      return
    } catch (error) {
      const isGone = isCode(error, 'OBJECT_CHANGED') || isCode(error, 'KIND_UNKNOWN')
      if (!isGone && !isUnclear(error)) throw error
      known = await seenAgain(writer, release)
      if (known?.write === write) return
      if (!isGone) throw error
      // A write of this run whose answer never came is no other writer.
      const isOwn = known?.write.startsWith(`${writer.token}.`) === true
      if (!isOwn || tries === MOST_TRIES) throw changed(release, error)
    }
  }
}

const MOST_TRIES = 3

/** The object to write; what its record leaves out is stored before it. */
async function composeRecord(
  writer: RecordWriter,
  release: Release,
  label: RecordStamp['time']['label'],
): Promise<{ object: JsonObject; write: string }> {
  const record = encodeRecord({ ...release, labels: {} })
  await storePieces(writer, release, record)
  writer.count += 1
  const write = `${writer.token}.${writer.count}`
  const leftOut = record.leftOut && formatLeftOut(record.leftOut)
  const stamp: RecordStamp = { write, leftOut, time: { label, now: writer.now() } }
  return { object: recordObject(writer.api.kind, release, record.text, stamp), write }
}

async function storePieces(
  { api, written, onNotice }: RecordWriter,
  release: Release,
  { pieces, leftOut }: EncodedRecord,
): Promise<void> {
  const fresh = pieces.filter(({ digest }) => !written.has(digest))
  if (fresh.length === 0) return
  for (const piece of fresh) {
    await storePiece(api, release, piece)
    written.add(piece.digest)
  }
  const count = pieces.reduce((sum, { chunks }) => sum + chunks.length, 0)
  const consequence =
    leftOut?.manifest === undefined
      ? 'Helm can use the release, but does not see the files of its chart'
      : 'Helm can list, upgrade and uninstall the release, but not roll back to this revision'
  onNotice(
    `the record of revision ${release.revision} is larger than a ${api.kind} can hold; ${count} more hold the rest. ${consequence}.`,
  )
}

async function seenAgain(
  { api, seen }: RecordWriter,
  release: Release,
): Promise<RecordMeta | undefined> {
  const { namespace, revision } = release
  const found = await api.getMetadata({ namespace, name: recordName(release, revision) })
  const meta = found && recordMeta(found.object)
  if (meta !== undefined) seen.set(keyOf(release), meta)
  return meta
}

function remember({ seen }: RecordWriter, object: JsonObject): void {
  const meta = recordMeta(object)
  if (meta !== undefined) seen.set(`${meta.namespace}/${meta.objectName}`, meta)
}

function keyOf(release: Release): string {
  return `${release.namespace}/${recordName(release, release.revision)}`
}

function isCode(error: unknown, code: PkgError['code']): boolean {
  return error instanceof PkgError && error.code === code
}

/** An answer that cannot be read leaves open whether the write was done. */
function isUnclear(error: unknown): boolean {
  return isCode(error, 'CLUSTER_FAILED')
}

function changed({ name, revision }: Release, cause: unknown): PkgError {
  const message = `somebody else has changed the record of revision ${revision} of release "${name}"`
  return new PkgError('LOCK_LOST', message, {
    hint: 'Another tool, such as helm, works with the release; run the command again.',
    cause,
  })
}
