import { isJsonObject, parseJson, type Json, type JsonObject } from '../base/json.ts'
import type { Release } from '../release/release.ts'
import type { ReleaseSummary } from '../release/summary.ts'
import { isReleaseStatus } from '../release/status.ts'
import type { RecordHead, ReleaseName } from './storage.ts'

/*
 * Objects of the API server that hold records. A record is exactly what Helm's driver of the
 * same name writes, plus marks that Helm passes over; pieces and journals bear another owner,
 * so that Helm does not take them for records.
 */

/** Kinds of object that hold records, as Helm calls its drivers. */
export type RecordKind = 'secret' | 'configmap'

/** A record's object as far as its metadata tell. */
export interface RecordMeta extends RecordHead {
  objectName: string
  uid: string
  resourceVersion: string
  /** Of its newest change, in milliseconds since 1970 by the server's clock. */
  changedAt: number
  /** The write that made it so, when it was one of ours. */
  write: string
  /** What lies beside the record; see `release/left-out.ts`. */
  leftOut: string | undefined
  /** What a list shows of it, where the record was written by this program. */
  summary: RecordSummary | undefined
}

/** The part of a summary that no name and no label tells. */
export type RecordSummary = Pick<ReleaseSummary, 'lastDeployed' | 'chart'>

/** Labels of every object that storage keeps for a release. */
export const OWNER = { record: 'helm', piece: 'kubectl-pkg-part', journal: 'kubectl-pkg-journal' }

/** Of Secrets that hold records. */
export const RECORD_TYPE = 'helm.sh/release.v1'

const WRITE = 'kubectl-pkg/write'
/** Of a record that is split, and of which of its revisions that is said. */
export const LEFT_OUT = 'kubectl-pkg/left-out'
/** Helm leaves annotations out when it writes a record, so they never outlive what they tell of. */
const SUMMARY = 'kubectl-pkg/summary'
const MOST_SUMMARY = 2000
const SYSTEM_LABELS = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt', LEFT_OUT]
const RECORD_NAME = /^sh\.helm\.release\.v1\.(?<name>.+)\.v(?<revision>[0-9]+)$/

/** Source: Helm 4.1.4 pkg/storage/storage.go, makeKey. */
export function recordName({ name }: Pick<ReleaseName, 'name'>, revision: number): string {
  return `sh.helm.release.v1.${name}.v${revision}`
}

export function pieceName({ name }: ReleaseName, digest: string, at: number): string {
  return `pkg.part.v1.${name}.${digest}.${at}`
}

export function journalName({ name }: ReleaseName): string {
  return `pkg.journal.v1.${name}`
}

const COPY = 'pkg.copy.'

/** The name of what holds a record while its own object is made anew; no list shows it. */
export function copyName(objectName: string): string {
  return `${COPY}${objectName}`
}

/** Reads which record an object holds or is a copy of, by its name. */
export function parseCopyName(objectName: string): ReturnType<typeof parseRecordName> {
  return parseRecordName(objectName.startsWith(COPY) ? objectName.slice(COPY.length) : objectName)
}

/** How a record is stamped when it is written. */
export interface RecordStamp {
  write: string
  leftOut: string | undefined
  time: { label: 'createdAt' | 'modifiedAt'; now: Date }
}

/**
 * The object of a record.
 *
 * Source: Helm 4.1.4 pkg/storage/driver/secrets.go, newSecretsObject; cfgmaps.go.
 */
export function recordObject(
  kind: RecordKind,
  release: Release,
  text: string,
  { write, leftOut, time }: RecordStamp,
): JsonObject {
  const labels: Record<string, string> = {
    ...release.labels,
    [time.label]: String(Math.floor(time.now.getTime() / 1000)),
    name: release.name,
    owner: OWNER.record,
    status: release.status,
    version: String(release.revision),
    // Helm copies labels to the next revision, so this one says whose it is.
    ...(leftOut !== undefined && { [LEFT_OUT]: `v${release.revision}.${leftOut}` }),
  }
  const object = objectOf(kind, {
    name: recordName(release, release.revision),
    labels,
    type: RECORD_TYPE,
    data: { release: Buffer.from(text, 'latin1') },
  })
  const annotations = { [WRITE]: write, ...summaryAnnotation(release) }
  return { ...object, metadata: { ...metadataOf(object), annotations } }
}

/** With this a list of metadata says all; what is too long for it is read from the record. */
function summaryAnnotation({ lastDeployed, chart: { metadata } }: Release): JsonObject {
  const { name, version, appVersion } = metadata
  const text = JSON.stringify({ updated: lastDeployed, chart: name, version, appVersion })
  return text.length > MOST_SUMMARY ? {} : { [SUMMARY]: text }
}

/** Undefined also for an annotation that somebody else has written. */
function readSummary(text: string | undefined): RecordSummary | undefined {
  const value = text === undefined ? undefined : parseJson(text)
  if (!isJsonObject(value)) return undefined
  const { updated, chart: name, version, appVersion } = value
  if (typeof updated !== 'string' || typeof name !== 'string' || typeof version !== 'string') {
    return undefined
  }
  const metadata = { name, version, ...(typeof appVersion === 'string' && { appVersion }) }
  return { lastDeployed: updated, chart: { metadata } }
}

export interface HeldData {
  name: string
  labels: Record<string, string>
  /** Of a Secret. */
  type: string
  data: Record<string, Uint8Array>
}

/** A Secret, or a ConfigMap whose data are text unless they are no ASCII. */
export function objectOf(kind: RecordKind, { name, labels, type, data }: HeldData): JsonObject {
  const metadata = { name, labels }
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  if (kind === 'secret') {
    const encoded = Object.fromEntries(Object.entries(data).map(([key, v]) => [key, base64(v)]))
    return { apiVersion: 'v1', kind: 'Secret', metadata, type, data: encoded }
  }
  const texts: JsonObject = {}
  const binary: JsonObject = {}
  for (const [key, bytes] of Object.entries(data)) {
    if (bytes.every((byte) => byte < 0x80)) texts[key] = Buffer.from(bytes).toString('latin1')
    else binary[key] = base64(bytes)
  }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: texts, binaryData: binary }
}

/** What an object holds under a key; undefined when it lacks it. */
export function heldData(object: JsonObject, key: string): Buffer | undefined {
  const { kind, data, binaryData } = object
  const text = isJsonObject(data) && Object.hasOwn(data, key) ? data[key] : undefined
  if (typeof text === 'string') return Buffer.from(text, kind === 'Secret' ? 'base64' : 'utf8')
  const bytes = isJsonObject(binaryData) && Object.hasOwn(binaryData, key) ? binaryData[key] : null
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : undefined
}

/** Reads which revision the name of an object stands for; undefined when it is none of Helm's. */
export function parseRecordName(
  objectName: string,
): { name: string; revision: number } | undefined {
  const { name, revision } = RECORD_NAME.exec(objectName)?.groups ?? {}
  return name === undefined ? undefined : { name, revision: Number(revision) }
}

/** Reads the metadata of a record's object; undefined when its name is none of Helm's. */
export function recordMeta(object: JsonObject): RecordMeta | undefined {
  const metadata = metadataOf(object)
  const objectName = textIn(metadata, 'name')
  const known = parseRecordName(objectName)
  if (known === undefined) return undefined
  const { name, revision } = known
  const labels = stringsIn(metadata, 'labels')
  const status = labels['status'] ?? ''
  const { [LEFT_OUT]: mark = '' } = labels
  const own = `v${revision}.`
  const annotations = stringsIn(metadata, 'annotations')
  const createdAt = Date.parse(textIn(metadata, 'creationTimestamp')) || 0
  return {
    name,
    namespace: textIn(metadata, 'namespace'),
    revision,
    status: isReleaseStatus(status) ? status : 'unknown',
    labels: Object.fromEntries(
      Object.entries(labels).filter(([key]) => !SYSTEM_LABELS.includes(key)),
    ),
    createdAt,
    objectName,
    uid: textIn(metadata, 'uid'),
    resourceVersion: textIn(metadata, 'resourceVersion'),
    changedAt: Math.max(createdAt, ...changeTimes(metadata)),
    write: annotations[WRITE] ?? '',
    leftOut: mark.startsWith(own) ? mark.slice(own.length) : undefined,
    summary: readSummary(annotations[SUMMARY]),
  }
}

/** Whom an object of storage belongs to, by its labels. */
export function ownerLabelsOf(object: JsonObject): { name: string; owner: string } {
  const { name = '', owner = '' } = stringsIn(metadataOf(object), 'labels')
  return { name, owner }
}

export function metadataOf(object: JsonObject): JsonObject {
  const { metadata } = object
  return isJsonObject(metadata) ? metadata : {}
}

export function textIn(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

/** Strings of an object below a key; anything else is left out. */
export function stringsIn(object: JsonObject, key: string): Record<string, string> {
  const value = object[key]
  if (!isJsonObject(value)) return {}
  const isText = (entry: [string, Json]): entry is [string, string] => typeof entry[1] === 'string'
  return Object.fromEntries(Object.entries(value).filter(isText))
}

function changeTimes({ managedFields }: JsonObject): number[] {
  if (!Array.isArray(managedFields)) return []
  return managedFields.filter(isJsonObject).map((each) => Date.parse(textIn(each, 'time')) || 0)
}
