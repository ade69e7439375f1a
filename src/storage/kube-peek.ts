import { openRecordApi, type RecordApiOptions } from './record-api.ts'
import { OWNER, recordMeta, type RecordMeta } from './record-object.ts'
import type { ReleaseName } from './storage.ts'

/** A record as whoever types a name is told of it. */
export type PeekedRecord = Pick<RecordMeta, 'name' | 'revision' | 'status' | 'summary'>

/** Releases of a namespace by their newest records, by name; one call, so of very many only some. */
export async function peekReleases(
  options: RecordApiOptions,
  namespace: string,
): Promise<PeekedRecord[]> {
  const selector = `owner=${OWNER.record},status!=superseded`
  const newest = new Map<string, PeekedRecord>()
  for (const meta of await peek(options, namespace, selector)) {
    if ((newest.get(meta.name)?.revision ?? 0) < meta.revision) newest.set(meta.name, meta)
  }
  return [...newest.values()].sort((left, right) => (left.name < right.name ? -1 : 1))
}

/** Revisions of a release, the newest first; one call. */
export async function peekRevisions(
  options: RecordApiOptions,
  { name, namespace }: ReleaseName,
): Promise<PeekedRecord[]> {
  const records = await peek(options, namespace, `owner=${OWNER.record},name=${name}`)
  return records.sort((left, right) => right.revision - left.revision)
}

async function peek(
  options: RecordApiOptions,
  namespace: string,
  selector: string,
): Promise<RecordMeta[]> {
  const objects = await openRecordApi(options).peekMetadata(namespace, selector)
  return objects.map(recordMeta).filter((meta) => meta !== undefined)
}
