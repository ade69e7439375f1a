import { openRecordApi, type RecordApiOptions } from './record-api.ts'
import { OWNER, parseRecordName, recordMeta, type RecordMeta } from './record-object.ts'
import type { ReleaseName } from './storage.ts'

/** A revision as whoever types its number is told of it. */
export type PeekedRevision = Pick<RecordMeta, 'revision' | 'status' | 'summary'>

/** Names of the releases of a namespace, sorted; one call, so of very many only some. */
export async function peekReleases(
  options: RecordApiOptions,
  namespace: string,
): Promise<string[]> {
  const selector = `owner=${OWNER.record},status!=superseded`
  const names = await openRecordApi(options).peekNames(namespace, selector)
  return [...new Set(names.flatMap((name) => parseRecordName(name)?.name ?? []))].sort()
}

/** Revisions of a release, the newest first; one call. */
export async function peekRevisions(
  options: RecordApiOptions,
  { name, namespace }: ReleaseName,
): Promise<PeekedRevision[]> {
  const selector = `owner=${OWNER.record},name=${name}`
  const objects = await openRecordApi(options).peekMetadata(namespace, selector)
  const records = objects.map(recordMeta).filter((meta) => meta !== undefined)
  return records.sort((left, right) => right.revision - left.revision)
}
