import { PkgError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { summaryOf, type ReleaseSummary } from '../release/summary.ts'
import { decodeRecord } from './decode-record.ts'
import type { RecordApi } from './record-api.ts'
import { OWNER, recordMeta, type RecordMeta } from './record-object.ts'
import type { UnreadableRecord } from './storage.ts'

export interface SummariesRequest {
  /** That all of them are in; undefined when they are in several. */
  namespace: string | undefined
  wanted: readonly RecordMeta[]
  /** All records that are known, to tell which selectors fit others too. */
  all: readonly RecordMeta[]
}

/** What a list shows of records, or why it cannot, by their uid. */
export type Summaries = Map<string, ReleaseSummary | UnreadableRecord>

/** Records asked for by one selector; of each the whole content is sent. */
const CHUNK = 32
/** Calls under way at once. */
const PARALLEL = { chunks: 3, records: 12 }

/** Reads records for their summaries, many by a call where a selector fits few others. */
export async function readSummaries(api: RecordApi, request: SummariesRequest): Promise<Summaries> {
  const { namespace, wanted, all } = request
  const summaries: Summaries = new Map()
  const read = (object: JsonObject, meta: RecordMeta): void => {
    summaries.set(meta.uid, summarize(api, object, meta))
  }
  const chunks = inChunks(wanted).filter((chunk) => isWorthOneCall(chunk, all))
  await inParallel(PARALLEL.chunks, chunks, async (chunk) => {
    const metas = new Map(chunk.map((meta) => [meta.uid, meta]))
    for await (const page of api.listPages(namespace, selectorOf(chunk))) {
      for (const object of page) {
        const meta = metas.get(recordMeta(object)?.uid ?? '')
        if (meta !== undefined) read(object, meta)
      }
    }
  })
  // Records without the labels that Helm writes come by no selector.
  const left = wanted.filter(({ uid }) => !summaries.has(uid))
  await inParallel(PARALLEL.records, left, async (meta) => {
    const object = await api.get({ namespace: meta.namespace, name: meta.objectName })
    if (object !== undefined) read(object, meta)
  })
  return summaries
}

function inChunks(metas: readonly RecordMeta[]): RecordMeta[][] {
  const count = Math.ceil(metas.length / CHUNK)
  return Array.from({ length: count }, (_, at) => metas.slice(at * CHUNK, (at + 1) * CHUNK))
}

/** Whether a selector fits at most twice as many records as are wanted. */
function isWorthOneCall(chunk: readonly RecordMeta[], all: readonly RecordMeta[]): boolean {
  if (chunk.length === 1) return false
  const { names, revisions, statuses } = traitsOf(chunk)
  const fitting = all.filter(
    ({ name, revision, status }) =>
      names.has(name) && revisions.has(revision) && statuses.has(status),
  )
  return fitting.length <= 2 * chunk.length
}

function selectorOf(chunk: readonly RecordMeta[]): string {
  const { names, revisions, statuses } = traitsOf(chunk)
  const oneOf = (label: string, values: ReadonlySet<string | number>) =>
    `${label} in (${[...values].join()})`
  return [
    `owner=${OWNER.record}`,
    oneOf('name', names),
    oneOf('version', revisions),
    oneOf('status', statuses),
  ].join()
}

function traitsOf(chunk: readonly RecordMeta[]) {
  return {
    names: new Set(chunk.map(({ name }) => name)),
    revisions: new Set(chunk.map(({ revision }) => revision)),
    statuses: new Set(chunk.map(({ status }) => status)),
  }
}

async function inParallel<T>(
  limit: number,
  items: readonly T[],
  run: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items]
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await run(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, queue.length) }, work))
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
