import { isJsonObject, type JsonObject } from '../base/json.ts'
import { announceLongRun } from '../base/long-run.ts'
import { apiError } from '../cluster/api-errors.ts'
import { parseJsonObject } from '../cluster/api-json.ts'
import type { ApiAnswer, ApiRequest, Transport } from '../cluster/transport.ts'
import { metadataOf, textIn, type RecordKind } from './record-object.ts'

export interface RecordApiOptions {
  transport: Transport
  kind: RecordKind
  signal: AbortSignal
}

/** Names one object of storage. */
export interface Place {
  namespace: string
  name: string
}

/** Calls of the API server about the objects that hold records. */
export interface RecordApi {
  kind: RecordKind
  /**
   * What `read` keeps of the metadata of all that the selector fits; undefined for all namespaces.
   * Read page by page, because metadata are large beside what is needed of them.
   *
   * @param thin leaves out, after each page, what the pages so far have made needless
   */
  listMetadata<T>(
    namespace: string | undefined,
    selector: string,
    read: (object: JsonObject) => T | undefined,
    thin?: (found: T[]) => T[],
  ): Promise<T[]>
  /** Names of all that the selector fits, which take a tenth of what metadata take. */
  listNames(namespace: string, selector: string): Promise<string[]>
  /** Names of the first objects that the selector fits, some thousands; one call. */
  peekNames(namespace: string, selector: string): Promise<string[]>
  /** Metadata of the first objects that the selector fits, some hundreds; one call. */
  peekMetadata(namespace: string, selector: string): Promise<JsonObject[]>
  /** Whole objects, page by page. */
  listPages(namespace: string | undefined, selector: string): AsyncIterable<JsonObject[]>
  get(place: Place): Promise<JsonObject | undefined>
  /** Its metadata and the server's time, in milliseconds since 1970. */
  getMetadata(place: Place): Promise<{ object: JsonObject; now: number } | undefined>
  /** @throws PkgError OBJECT_EXISTS, NAMESPACE_MISSING, and what the server refuses */
  create(namespace: string, object: JsonObject): Promise<JsonObject>
  /** @throws PkgError OBJECT_CHANGED, or KIND_UNKNOWN when the object is gone */
  replace(namespace: string, object: JsonObject): Promise<JsonObject>
  /**
   * @param version leaves an object alone that has changed since
   * @returns false when there was none, or another one than that of the uid
   * @throws PkgError OBJECT_CHANGED
   */
  remove(place: Place, uid: string | undefined, version?: string): Promise<boolean>
}

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
/** Servers that cannot print tables answer with metadata. */
const TABLE = `application/json;as=Table;g=meta.k8s.io;v=v1,${METADATA_LIST}`
/** Names are tiny, metadata small, records up to a megabyte. */
const PAGE = { names: 2500, metadata: 500, objects: 50 }
const MOST_NAMES = 5000
/** The server forgot where a list was to go on; it is begun again once. */
const EXPIRED = 410

/** Opens the API of Secrets or ConfigMaps for storage. */
export function openRecordApi({ transport, kind, signal }: RecordApiOptions): RecordApi {
  const resource = kind === 'secret' ? 'secrets' : 'configmaps'
  const caller: Caller = {
    kind,
    pathOf: (namespace, name) =>
      `/api/v1${namespace === undefined ? '' : `/namespaces/${namespace}`}/${resource}` +
      (name === undefined ? '' : `/${encodeURIComponent(name)}`),
    signal,
    call: (request) => transport.request(request),
    fail: (answer, verb, name) => {
      const label = name === undefined ? resource : `${kind} ${name}`
      return apiError(answer, { verb, label, isSecret: true })
    },
  }
  const reads = getters(caller)
  return { kind, ...listers(caller), ...reads, ...writers(caller, reads) }
}

interface Caller {
  kind: RecordKind
  /** Ends lists alone: a run that is to stop still records how far it came. */
  signal: AbortSignal
  call: (request: ApiRequest) => Promise<ApiAnswer>
  pathOf: (namespace: string | undefined, name?: string) => string
  fail: (answer: ApiAnswer, verb: string, name?: string) => Error
}

type Listers = Pick<
  RecordApi,
  'listMetadata' | 'listNames' | 'listPages' | 'peekMetadata' | 'peekNames'
>

function listers(caller: Caller): Listers {
  const { kind, pathOf } = caller
  const collect = async <T>(
    namespace: string | undefined,
    query: ListQuery,
    { read, thin = (found) => found }: Reading<T>,
  ): Promise<T[]> => {
    let found: T[] = []
    let count = 0
    for await (const page of pages(caller, pathOf(namespace), query)) {
      // What pages leave behind would else be given more and more room before it is put away.
      if (++count === 2) announceLongRun()
      if (page === 'again') found = []
      else found = thin([...found, ...page.map(read).filter((each) => each !== undefined)])
    }
    return found
  }
  const first = async (namespace: string, query: ListQuery): Promise<JsonObject[]> => {
    for await (const page of pages(caller, pathOf(namespace), query)) {
      if (page !== 'again') return page
    }
    return []
  }
  return {
    listMetadata: (namespace, selector, read, thin) =>
      collect(
        namespace,
        { selector, limit: PAGE.metadata, accept: METADATA_LIST },
        { read, ...(thin && { thin }) },
      ),

    listNames: (namespace, selector) =>
      collect(namespace, { selector, limit: PAGE.names, accept: TABLE }, { read: nameIn }),

    async peekNames(namespace, selector) {
      const page = await first(namespace, { selector, limit: MOST_NAMES, accept: TABLE })
      return page.map(nameIn).filter((name) => name !== undefined)
    },

    peekMetadata: (namespace, selector) =>
      first(namespace, { selector, limit: PAGE.metadata, accept: METADATA_LIST }),

    async *listPages(namespace, selector) {
      const seen = new Set<string>()
      const query = { selector, limit: PAGE.objects }
      for await (const page of pages(caller, pathOf(namespace), query)) {
        if (page === 'again') continue
        const fresh = page.filter((object) => !seen.has(textIn(metadataOf(object), 'uid')))
        for (const object of fresh) seen.add(textIn(metadataOf(object), 'uid'))
        // Items of a list do not say of what kind they are.
        const kindName = kind === 'secret' ? 'Secret' : 'ConfigMap'
        yield fresh.map((object) => ({ ...object, kind: kindName }))
      }
    },
  }
}

/** Of an object, or of a table's row, whose first cell it is. */
function nameIn({ cells, metadata }: JsonObject): string | undefined {
  const name = Array.isArray(cells) ? cells[0] : isJsonObject(metadata) && metadata['name']
  return typeof name === 'string' ? name : undefined
}

interface Reading<T> {
  read: (object: JsonObject) => T | undefined
  thin?: (found: T[]) => T[]
}

interface ListQuery {
  selector: string
  limit: number
  accept?: string
}

/** Pages of a list; after `again` it begins anew. */
async function* pages(
  { call, fail, signal }: Caller,
  path: string,
  { selector, limit, accept }: ListQuery,
): AsyncGenerator<JsonObject[] | 'again'> {
  let next = ''
  let isAgain = false
  do {
    const answer = await call({
      method: 'GET',
      path,
      query: {
        labelSelector: selector,
        limit,
        ...(accept === TABLE && { includeObject: 'None' }),
        ...(next !== '' && { continue: next }),
      },
      accept,
      signal: signal.aborted ? undefined : signal,
    })
    if (answer.status === EXPIRED && !isAgain) {
      isAgain = true
      next = ''
      yield 'again'
      continue
    }
    if (answer.status === 404) return
    if (answer.status !== 200) throw fail(answer, 'list')
    const list = parseJsonObject(answer.body, 'the records of releases')
    const items = list['items'] ?? list['rows']
    yield Array.isArray(items) ? items.filter(isJsonObject) : []
    next = textIn(metadataOf(list), 'continue')
    isAgain = isAgain && next !== ''
  } while (next !== '' || isAgain)
}

function getters({ call, pathOf, fail }: Caller): Pick<RecordApi, 'get' | 'getMetadata'> {
  return {
    async get({ namespace, name }) {
      const answer = await call({ method: 'GET', path: pathOf(namespace, name) })
      if (answer.status === 404) return undefined
      if (answer.status !== 200) throw fail(answer, 'read', name)
      return parseJsonObject(answer.body, name)
    },

    async getMetadata({ namespace, name }) {
      const answer = await call({ method: 'GET', path: pathOf(namespace, name), accept: METADATA })
      if (answer.status === 404) return undefined
      if (answer.status !== 200) throw fail(answer, 'read', name)
      const object = parseJsonObject(answer.body, name)
      return { object, now: Date.parse(answer.headers['date'] ?? '') }
    },
  }
}

/** What is written bears a mark of the write, so a call whose answer was lost may be repeated. */
function writers(
  { call, pathOf, fail }: Caller,
  { getMetadata }: Pick<RecordApi, 'getMetadata'>,
): Pick<RecordApi, 'create' | 'replace' | 'remove'> {
  return {
    async create(namespace, object) {
      const name = textIn(metadataOf(object), 'name')
      const answer = await call({
        method: 'POST',
        path: pathOf(namespace),
        body: object,
        isRepeatable: true,
      })
      if (answer.status === 201) return parseJsonObject(answer.body, name)
      throw fail(answer, 'create', name)
    },

    async replace(namespace, object) {
      const name = textIn(metadataOf(object), 'name')
      const answer = await call({ method: 'PUT', path: pathOf(namespace, name), body: object })
      if (answer.status === 200) return parseJsonObject(answer.body, name)
      throw fail(answer, 'update', name)
    },

    async remove({ namespace, name }, uid, version) {
      const answer = await call({
        method: 'DELETE',
        path: pathOf(namespace, name),
        ...(uid !== undefined && {
          body: {
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            preconditions: { uid, ...(version !== undefined && { resourceVersion: version }) },
          },
        }),
      })
      if (answer.status === 404) return false
      if (answer.status === 409 && uid !== undefined) {
        const found = await getMetadata({ namespace, name })
        if (found === undefined || textIn(metadataOf(found.object), 'uid') !== uid) return false
      }
      if (answer.status === 200 || answer.status === 202) return true
      throw fail(answer, 'delete', name)
    },
  }
}
