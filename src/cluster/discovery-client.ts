import { isJsonObject, parseJson, type Json, type JsonObject } from '../base/json.ts'
import { apiError } from './api-errors.ts'
import { openDiscoveryCache, type CachedDiscovery, type CacheOptions } from './discovery-cache.ts'
import {
  AGGREGATED,
  isAggregated,
  readAggregated,
  readGroups,
  readResourceLists,
  type ApiSet,
  type Resource,
  type ServerVersion,
} from './discovery.ts'
import { pause } from './retry.ts'
import type { ApiAnswer, Transport } from './transport.ts'

/** What an API server serves; asked once a run at most, unless told to ask again. */
export interface Discovery {
  /** May be as old as the cache, some hours. */
  resources(signal?: AbortSignal): Promise<ApiSet>
  /** As it is now. */
  current(signal?: AbortSignal): Promise<ApiSet & { version: ServerVersion }>
  /** Asks the server when the cache does not know the kind; undefined when it does not either. */
  find(apiVersion: string, kind: string, signal?: AbortSignal): Promise<Resource | undefined>
  /** Forgets what is known: CRDs or API services have changed. */
  forget(): void
}

/** After CRDs were written, their kinds are served a moment later; in milliseconds. */
const SETTLING = { time: 5000, pause: 200 }

/** Opens discovery; nothing is read before the first question. */
export function openDiscovery(transport: Transport, options: CacheOptions): Discovery {
  const cache = openDiscoveryCache(options)
  let known: Promise<CachedDiscovery> | undefined
  let isCurrent = false
  let changedAt = Number.NEGATIVE_INFINITY

  const ask = (signal: AbortSignal | undefined): Promise<CachedDiscovery> => {
    const asked = askServer(transport, cache.read(), signal).then((discovery) => {
      cache.write(discovery)
      return discovery
    })
    isCurrent = true
    known = asked
    asked.catch(() => {
      if (known === asked) known = undefined
    })
    return asked
  }

  const cached = (signal: AbortSignal | undefined): Promise<CachedDiscovery> => {
    if (known !== undefined) return known
    const stored = cache.readFresh()
    if (stored === undefined) return ask(signal)
    return (known = Promise.resolve(stored))
  }

  const now = (signal: AbortSignal | undefined): Promise<CachedDiscovery> =>
    isCurrent && known !== undefined ? known : ask(signal)

  return {
    resources: async (signal) => (await cached(signal)).apis,
    current: async (signal) => {
      const { apis, version } = await now(signal)
      return { ...apis, version }
    },
    async find(apiVersion, kind, signal) {
      let found = findIn((await cached(signal)).apis, apiVersion, kind)
      found ??= findIn((await now(signal)).apis, apiVersion, kind)
      while (found === undefined && options.now() - changedAt < SETTLING.time) {
        await pause(SETTLING.pause, signal)
        found = findIn((await ask(signal)).apis, apiVersion, kind)
      }
      return found
    },
    forget() {
      changedAt = options.now()
      known = undefined
      isCurrent = false
      cache.expire()
    },
  }
}

function findIn({ resources }: ApiSet, apiVersion: string, kind: string): Resource | undefined {
  return resources.find((each) => each.kind === kind && each.apiVersion === apiVersion)
}

async function askServer(
  transport: Transport,
  last: CachedDiscovery | undefined,
  signal: AbortSignal | undefined,
): Promise<CachedDiscovery> {
  const get = (path: string, tag?: string): Promise<ApiAnswer> =>
    transport.request({ method: 'GET', path, accept: AGGREGATED, ifNoneMatch: tag, signal })
  const [core, groups, version] = await Promise.all([
    get('/api', last?.tags.core),
    get('/apis', last?.tags.groups),
    transport.request({ method: 'GET', path: '/version', signal }),
  ])
  const isSame = last !== undefined && core.status === 304 && groups.status === 304
  const tags = { core: core.headers['etag'], groups: groups.headers['etag'] }
  if (isSame) return { ...last, version: versionIn(version) }
  const documents = await Promise.all(
    [core, groups].map(async (answer, index) =>
      documentIn(answer.status === 304 ? await get(index === 0 ? '/api' : '/apis') : answer),
    ),
  )
  const apis = documents.every(isAggregated)
    ? readAggregated(documents)
    : await askEachGroup(transport, documents, signal)
  return { apis, tags, version: versionIn(version) }
}

/** As servers before Kubernetes 1.26 answer: one document a group version. */
async function askEachGroup(
  transport: Transport,
  documents: readonly JsonObject[],
  signal: AbortSignal | undefined,
): Promise<ApiSet> {
  const groups = documents.flatMap(readGroups)
  const paths = ['/api/v1', ...groups.map((group) => `/apis/${group}`)]
  const lists = await Promise.all(
    paths.map(async (path) => {
      const answer = await transport.request({ method: 'GET', path, signal })
      const apiVersion = path.replace(/^\/apis?\//, '')
      return { apiVersion, document: answer.status === 200 ? documentIn(answer) : undefined }
    }),
  )
  return readResourceLists(lists)
}

function documentIn(answer: ApiAnswer): JsonObject {
  if (answer.status !== 200) throw apiError(answer, SUBJECT)
  const value: Json | undefined = parseJson(answer.body)
  if (isJsonObject(value)) return value
  throw apiError({ ...answer, status: 502 }, SUBJECT)
}

const SUBJECT = { verb: 'ask', label: 'what the API server serves' }

function versionIn(answer: ApiAnswer): ServerVersion {
  const { gitVersion, major, minor } = documentIn(answer)
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
  return { gitVersion: text(gitVersion), major: text(major), minor: text(minor) }
}
