import type { RecordApi } from './record-api.ts'
import { OWNER, parseRecordName, recordMeta, type RecordMeta } from './record-object.ts'
import { readSummaries } from './record-summaries.ts'
import type { ChooseRecords, RevisionScope, StoredReleases } from './storage.ts'

export interface RecordListRequest {
  /** Undefined for all namespaces. */
  namespace: string | undefined
  choose: ChooseRecords
  /** All by default. */
  scope?: RevisionScope | undefined
}

/**
 * Lists records: first what their metadata tell, then the content of those chosen ones whose
 * metadata do not tell enough, as with records that Helm wrote.
 */
export async function listRecords(
  api: RecordApi,
  { namespace, choose, scope = 'all' }: RecordListRequest,
): Promise<StoredReleases> {
  const metas =
    scope === 'newest'
      ? await newestRecords(api, namespace)
      : await api.listMetadata(namespace, ALL, recordMeta)
  const chosen = choose(metas) as readonly RecordMeta[]
  const untold = chosen.filter(({ summary }) => summary === undefined)
  const summaries = await readSummaries(api, { namespace, wanted: untold, all: metas })
  const found: StoredReleases = { releases: [], unreadable: [] }
  for (const meta of chosen) {
    const { name, revision, status, labels, summary } = meta
    const told = summary && {
      name,
      namespace: meta.namespace,
      revision,
      status,
      labels,
      ...summary,
    }
    const content = told ?? summaries.get(meta.uid)
    // A record that went away in the meantime is on no list.
    if (content === undefined) continue
    if ('reason' in content) found.unreadable.push(content)
    else found.releases.push(content)
  }
  return found
}

const ALL = `owner=${OWNER.record}`
/** Names that one selector can well hold. */
const FEW = 50

/**
 * Metadata of all records but the superseded ones, which are most and of which only names are
 * asked. Releases that have nothing newer than a superseded record are looked at again, whole:
 * somebody may also have upgraded them between the two lists. Of all namespaces all metadata are
 * read, since names alone do not tell the namespace.
 */
async function newestRecords(api: RecordApi, namespace: string | undefined): Promise<RecordMeta[]> {
  if (namespace === undefined) return api.listMetadata(namespace, ALL, recordMeta, newestOfEach)
  const [superseded, metas] = await Promise.all([
    api.listNames(namespace, `${ALL},status=superseded`),
    api.listMetadata(namespace, `${ALL},status!=superseded`, recordMeta),
  ])
  const newest = new Map<string, number>()
  for (const { name, revision } of metas) {
    newest.set(name, Math.max(revision, newest.get(name) ?? 0))
  }
  const heads = superseded.flatMap((each) => parseRecordName(each) ?? [])
  const unclear = new Set(
    heads
      .filter(({ name, revision }) => revision > (newest.get(name) ?? 0))
      .map(({ name }) => name),
  )
  if (unclear.size === 0) return metas
  if (unclear.size > FEW) return api.listMetadata(namespace, ALL, recordMeta)
  const again = `${ALL},name in (${[...unclear].join()})`
  return [
    ...metas.filter(({ name }) => !unclear.has(name)),
    ...(await api.listMetadata(namespace, again, recordMeta)),
  ]
}

function newestOfEach(metas: readonly RecordMeta[]): RecordMeta[] {
  const newest = new Map<string, RecordMeta>()
  for (const meta of metas) {
    const key = `${meta.namespace}/${meta.name}`
    if (meta.revision >= (newest.get(key)?.revision ?? 0)) newest.set(key, meta)
  }
  return [...newest.values()]
}
