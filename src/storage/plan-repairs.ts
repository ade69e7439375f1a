import type { JsonObject } from '../base/json.ts'
import type { Release } from '../release/release.ts'
import {
  LEFT_OUT,
  metadataOf,
  OWNER,
  parseRecordName,
  RECORD_TYPE,
  recordName,
  stringsIn,
  textIn,
} from './record-object.ts'
import type { DamagedRecord, ReleaseName, Remedy } from './storage.ts'

/** An object that holds a record, or should. */
export interface FoundRecord {
  object: JsonObject
  /** What its content says. */
  content: RecordContent | Unreadable
  /** Of a record that is split: which of its parts is lost, and why. */
  lost: { part: 'manifest' | 'chart'; reason: string } | undefined
}

export type RecordContent = Pick<Release, 'name' | 'revision' | 'status'>

export interface Unreadable {
  reason: string
}

export interface PlannedRepair extends Pick<DamagedRecord, 'revision' | 'problems' | 'remedy'> {
  /** The object as it was found. */
  object: JsonObject
  /** What it is to be; undefined when it is to go. */
  wanted: JsonObject | undefined
}

/**
 * Finds what is wrong with the records of a release, and how to mend it.
 *
 * The content of a record decides over its labels, type and name. What cannot be read goes, and so
 * does a second record of a revision; both go first, so that others can take their place.
 */
export function planRepairs(release: ReleaseName, found: readonly FoundRecord[]): PlannedRepair[] {
  const sorted = found.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))
  const taken = new Set(sorted.filter((each) => isInPlace(release, each)).map(nameOf))
  const repairs = sorted.flatMap((each) => planRepair(release, each, taken) ?? [])
  const isRemoval = ({ remedy }: PlannedRepair): boolean => remedy === 'remove'
  return [...repairs.filter(isRemoval), ...repairs.filter((each) => !isRemoval(each))]
}

/** Whether it is the record that its name promises. */
function isInPlace({ name }: ReleaseName, found: FoundRecord): boolean {
  const { content, lost } = found
  if ('reason' in content || lost?.part === 'manifest') return false
  return content.name === name && nameOf(found) === recordName(content, content.revision)
}

/** @param taken names of objects that hold what they promise; grows by those that will */
function planRepair(
  release: ReleaseName,
  found: FoundRecord,
  taken: Set<string>,
): PlannedRepair | undefined {
  const { object, content, lost } = found
  const revision = parseRecordName(nameOf(found))?.revision ?? 0
  const remove = (problem: string): PlannedRepair => ({
    object,
    revision,
    problems: [problem],
    remedy: 'remove',
    wanted: undefined,
  })
  if ('reason' in content) return remove(content.reason)
  if (content.name !== release.name) return remove(`it holds release "${content.name}"`)
  if (lost?.part === 'manifest') return remove(lost.reason)
  const name = recordName(content, content.revision)
  if (name === nameOf(found)) return putRight(found, content)
  if (taken.has(name)) return remove(`it is a second record of revision ${content.revision}`)
  taken.add(name)
  return {
    object,
    revision: content.revision,
    problems: [`it holds revision ${content.revision}`, ...labelProblems(object, content)],
    remedy: 'rename',
    wanted: freshObject(found, content, name),
  }
}

/** A record in its place: only what is told about it can be wrong. */
function putRight(found: FoundRecord, content: RecordContent): PlannedRepair | undefined {
  const { object, lost } = found
  const isOfType = object['kind'] !== 'Secret' || object['type'] === RECORD_TYPE
  const problems = [
    ...(isOfType ? [] : [`its type is "${textIn(object, 'type')}"`]),
    ...labelProblems(object, content),
    ...(lost === undefined ? [] : [lost.reason]),
  ]
  if (problems.length === 0) return undefined
  const { revision } = content
  if (!isOfType) {
    const wanted = freshObject(found, content, nameOf(found))
    return { object, revision, problems, remedy: 'recreate', wanted }
  }
  const remedy: Remedy = lost === undefined ? 'relabel' : 'detach'
  const metadata = { ...metadataOf(object), labels: labelsFor(found, content) }
  const wanted = { ...object, apiVersion: 'v1', metadata }
  return { object, revision, problems, remedy, wanted }
}

function labelProblems(object: JsonObject, content: RecordContent): string[] {
  const labels = stringsIn(metadataOf(object), 'labels')
  return Object.entries(systemLabels(content)).flatMap(([key, wanted]) => {
    const label = labels[key]
    if (label === wanted) return []
    return label === undefined ? `it lacks label ${key}` : `its label ${key} is "${label}"`
  })
}

/** The object to create: its type and its name can never be changed. */
function freshObject(found: FoundRecord, content: RecordContent, name: string): JsonObject {
  const { object } = found
  const { annotations } = metadataOf(object)
  const labels = labelsFor(found, content)
  const metadata = { name, labels, ...(annotations !== undefined && { annotations }) }
  const type = object['kind'] === 'Secret' ? { type: RECORD_TYPE } : {}
  return { ...object, apiVersion: 'v1', metadata, ...type }
}

/** Labels of the person stay; without the mark a record is what Helm sees of it. */
function labelsFor({ object, lost }: FoundRecord, content: RecordContent): Record<string, string> {
  const { [LEFT_OUT]: mark, ...labels } = stringsIn(metadataOf(object), 'labels')
  const parts: Record<string, string> =
    mark === undefined || lost !== undefined ? {} : { [LEFT_OUT]: mark }
  return { ...labels, ...parts, ...systemLabels(content) }
}

function systemLabels({ name, revision, status }: RecordContent): Record<string, string> {
  return { name, owner: OWNER.record, status, version: String(revision) }
}

function nameOf({ object }: FoundRecord): string {
  return textIn(metadataOf(object), 'name')
}
