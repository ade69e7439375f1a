import { PkgError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { summaryOf, type ReleaseSummary } from '../release/summary.ts'
import { decodeRecord } from './decode-record.ts'
import type { RecordApi } from './record-api.ts'
import { OWNER, recordMeta, type RecordMeta } from './record-object.ts'
import type { ChooseRecords, StoredReleases, UnreadableRecord } from './storage.ts'

/** Calls under way at once. */
const PARALLEL = 12
/** Records are fetched one by one when they are fewer than this part of all. */
const FEW = 1 / 6

/**
 * Lists records: first what their metadata tell of all, then the content of the chosen ones,
 * of which only a summary is kept.
 */
export async function listRecords(
  api: RecordApi,
  namespace: string | undefined,
  choose: ChooseRecords,
): Promise<StoredReleases> {
  const objects = await api.listMetadata(namespace, `owner=${OWNER.record}`)
  const metas = objects.map(recordMeta).filter((meta) => meta !== undefined)
  const chosen = choose(metas) as readonly RecordMeta[]
  const contents =
    chosen.length <= Math.max(PARALLEL, metas.length * FEW)
      ? await fetchEach(api, chosen)
      : await fetchAll(api, namespace, chosen)
  const found: StoredReleases = { releases: [], unreadable: [] }
  for (const meta of chosen) {
    const content = contents.get(meta.uid)
    // A record that went away in the meantime is on no list.
    if (content === undefined) continue
    if ('reason' in content) found.unreadable.push(content)
    else found.releases.push(content)
  }
  return found
}

type Contents = Map<string, ReleaseSummary | UnreadableRecord>

async function fetchEach(api: RecordApi, chosen: readonly RecordMeta[]): Promise<Contents> {
  const contents: Contents = new Map()
  const queue = [...chosen]
  const work = async (): Promise<void> => {
    for (let meta = queue.shift(); meta !== undefined; meta = queue.shift()) {
      const object = await api.get({ namespace: meta.namespace, name: meta.objectName })
      if (object !== undefined) contents.set(meta.uid, summarize(api, object, meta))
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return contents
}

async function fetchAll(
  api: RecordApi,
  namespace: string | undefined,
  chosen: readonly RecordMeta[],
): Promise<Contents> {
  const wanted = new Map(chosen.map((meta) => [meta.uid, meta]))
  const contents: Contents = new Map()
  for await (const page of api.listPages(namespace, `owner=${OWNER.record}`)) {
    for (const object of page) {
      const meta = wanted.get(recordMeta(object)?.uid ?? '')
      if (meta !== undefined) contents.set(meta.uid, summarize(api, object, meta))
    }
  }
  return contents
}

function summarize(
  { kind }: RecordApi,
  object: JsonObject,
  meta: RecordMeta,
): ReleaseSummary | UnreadableRecord {
  const { name, namespace, revision, labels, objectName } = meta
  try {
    return { ...summaryOf(decodeRecord(object, meta)), namespace, labels }
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const place = `${kind} ${namespace}/${objectName}`
    return { name, namespace, revision, place, reason: error.message }
  }
}
