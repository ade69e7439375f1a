import { PkgError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { parseLeftOut, type PieceName } from '../release/left-out.ts'
import { decodeContent } from './decode-record.ts'
import { fetchPiece } from './kube-pieces.ts'
import { planRepairs, type FoundRecord, type PlannedRepair } from './plan-repairs.ts'
import type { RecordApi } from './record-api.ts'
import {
  copyName,
  metadataOf,
  OWNER,
  parseCopyName,
  parseRecordName,
  recordMeta,
  stringsIn,
  textIn,
} from './record-object.ts'
import type { DamagedRecord, Examination, ReleaseName } from './storage.ts'

/** Reads every object that holds a record of a release, or by its name or labels should. */
export async function examineRecords(api: RecordApi, release: ReleaseName): Promise<Examination> {
  const objects = await findObjects(api, release)
  const lostReason = pieceChecker(api, release)
  const found: FoundRecord[] = []
  for (const object of objects) {
    const lost = await lostPart(object, lostReason)
    found.push({ object, content: readContent(object), lost })
  }
  const repairs = planRepairs(release, found)
  return {
    count: found.length,
    damaged: repairs.map((repair) => damagedRecord(api, release, repair)),
  }
}

async function findObjects(
  api: RecordApi,
  { name, namespace }: ReleaseName,
): Promise<JsonObject[]> {
  const found = new Map<string, JsonObject>()
  for await (const page of api.listPages(namespace, `name=${name},owner=${OWNER.record}`)) {
    for (const object of page) {
      const objectName = textIn(metadataOf(object), 'name')
      const known = parseRecordName(objectName)
      // What bears the name of another release is that one's, whatever its labels say.
      if (known === undefined || known.name === name) found.set(objectName, object)
    }
  }
  // What lacks a label comes by no selector.
  for (const objectName of await api.listNames(namespace, '')) {
    if (found.has(objectName) || parseCopyName(objectName)?.name !== name) continue
    const object = await api.get({ namespace, name: objectName })
    if (object !== undefined) found.set(objectName, object)
  }
  return [...found.values()]
}

function readContent(object: JsonObject): FoundRecord['content'] {
  try {
    const { name, revision, status } = decodeContent(object)
    return { name, revision, status }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}

type LostReason = (piece: PieceName) => Promise<string | undefined>

/** Tells why a piece cannot be read; revisions share pieces, so each is fetched once. */
function pieceChecker(api: RecordApi, release: ReleaseName): LostReason {
  const known = new Map<string, Promise<string | undefined>>()
  return (piece) => {
    const reason =
      known.get(piece.digest) ?? fetchPiece(api, release, piece).then(() => undefined, reasonOf)
    known.set(piece.digest, reason)
    return reason
  }
}

async function lostPart(object: JsonObject, lostReason: LostReason): Promise<FoundRecord['lost']> {
  const parts = parseLeftOut(recordMeta(object)?.leftOut)
  if (parts === undefined) return undefined
  const ofManifest = parts.manifest && (await lostReason(parts.manifest))
  if (ofManifest !== undefined) return { part: 'manifest', reason: ofManifest }
  const ofChart = await lostReason(parts.chart)
  return ofChart === undefined ? undefined : { part: 'chart', reason: ofChart }
}

/** @throws whatever is no damage of a record */
function reasonOf(error: unknown): string {
  if (error instanceof PkgError && error.code === 'RELEASE_UNREADABLE') return error.message
  throw error
}

function damagedRecord(
  api: RecordApi,
  { namespace }: ReleaseName,
  repair: PlannedRepair,
): DamagedRecord {
  const { object, revision, problems, remedy } = repair
  const name = textIn(metadataOf(object), 'name')
  return {
    place: `${api.kind} ${namespace}/${name}`,
    revision,
    problems,
    remedy,
    original: restorable(object),
    mend: () => mend(api, namespace, repair),
  }
}

/** Wherever it is cut off, an object holds what the record did: the next repair finds it. */
async function mend(
  api: RecordApi,
  namespace: string,
  { object, remedy, wanted }: PlannedRepair,
): Promise<void> {
  const create = (made: JsonObject) => once(api, 'create', namespace, made)
  if (wanted === undefined) await remove(api, namespace, object)
  else if (remedy === 'rename') {
    await create(wanted)
    await remove(api, namespace, object)
  } else if (remedy === 'recreate') {
    const copy = await create(copyOf(wanted))
    await remove(api, namespace, object)
    await create(wanted)
    await remove(api, namespace, copy)
  } else await once(api, 'replace', namespace, wanted)
}

/** Writes an object; where the first answer was lost, another try finds what it has written. */
async function once(
  api: RecordApi,
  write: 'create' | 'replace',
  namespace: string,
  wanted: JsonObject,
): Promise<JsonObject> {
  try {
    return await api[write](namespace, wanted)
  } catch (error) {
    const isThere =
      error instanceof PkgError && ['OBJECT_EXISTS', 'OBJECT_CHANGED'].includes(error.code)
    const place = { namespace, name: textIn(metadataOf(wanted), 'name') }
    const found = isThere ? await api.get(place) : undefined
    if (found === undefined || !holdsTheSame(found, wanted)) throw error
    return found
  }
}

function holdsTheSame(left: JsonObject, right: JsonObject): boolean {
  return (
    left['type'] === right['type'] &&
    areEqual(stringsIn(metadataOf(left), 'labels'), stringsIn(metadataOf(right), 'labels')) &&
    areEqual(stringsIn(left, 'data'), stringsIn(right, 'data')) &&
    areEqual(stringsIn(left, 'binaryData'), stringsIn(right, 'binaryData'))
  )
}

function areEqual(left: Record<string, string>, right: Record<string, string>): boolean {
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key])
}

async function remove(api: RecordApi, namespace: string, object: JsonObject): Promise<void> {
  const metadata = metadataOf(object)
  const place = { namespace, name: textIn(metadata, 'name') }
  await api.remove(place, textIn(metadata, 'uid'), textIn(metadata, 'resourceVersion'))
}

/** Without an owner, so that neither Helm nor a list takes it for the record. */
function copyOf(object: JsonObject): JsonObject {
  const metadata = metadataOf(object)
  const { owner: _owner, ...labels } = stringsIn(metadata, 'labels')
  return { ...object, metadata: { ...metadata, name: copyName(textIn(metadata, 'name')), labels } }
}

/** Without what the server sets itself, and would refuse from whoever puts the object back. */
function restorable(object: JsonObject): JsonObject {
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _time,
    managedFields: _fields,
    ...metadata
  } = metadataOf(object)
  return { ...object, apiVersion: 'v1', metadata }
}
