import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { steadyNow } from '../base/steady-clock.ts'
import { isKubeObject } from '../manifest/decode-objects.ts'
import type { KubeObject } from '../manifest/object.ts'
import { apiError } from './api-errors.ts'
import type { KindRef, Selection, WatchEvent } from './cluster.ts'
import { listObjects, type Api } from './list-objects.ts'
import { collectionPath, resourceOf, subjectOf, textOf } from './object-calls.ts'
import { pause } from './retry.ts'

export interface WatchRequest {
  kind: KindRef
  selection: Selection
  signal: AbortSignal
  /** Seconds after which the server is to end a watch. */
  length?: number | undefined
}

const LENGTH = 300
/** Pauses before a connection is made anew, in milliseconds. */
const PAUSES = { shortest: 200, afterEnd: 1000, afterFailure: 8000 }
/** A watch that held this long has shown that the server is well. */
const STEADY = 5000

/**
 * Lists, then watches, and goes on whatever happens to the connection. After a list that had
 * to be made again the differences are told as changes.
 *
 * @throws PkgError KIND_UNKNOWN, FORBIDDEN, NOT_AUTHENTICATED; CLUSTER_UNREACHABLE only when
 *   not even the first list could be had
 */
export async function* watchObjects(api: Api, request: WatchRequest): AsyncGenerator<WatchEvent> {
  const { signal } = request
  const known: Known = new Map()
  let version: string | undefined
  let isFirst = true
  let tries = 0
  while (!signal.aborted) {
    const started = steadyNow()
    let longest = PAUSES.afterEnd
    try {
      if (version === undefined) {
        const listing = await listObjects(api, request.kind, { ...request.selection, signal })
        isFirst = false
        yield* differences(known, listing.objects)
        yield { type: 'synced' }
        version = listing.resourceVersion
      }
      for await (const notice of watchOnce(api, request, version)) {
        version = notice.version
        if (notice.event !== undefined) yield* told(known, notice.event)
      }
    } catch (error) {
      if (signal.aborted) return
      if (isFirst || !isPassing(error)) throw error
      longest = PAUSES.afterFailure
    }
    tries = steadyNow() - started > STEADY ? 0 : tries + 1
    await rested(tries, longest, signal)
  }
}

type Known = Map<string, KubeObject>
type ObjectEvent = Exclude<WatchEvent, { type: 'synced' }>

/** What one line of a watch says. */
interface Notice {
  /** Where to go on from; undefined when that is too long ago and a list is needed. */
  version: string | undefined
  event?: ObjectEvent
}

/** One connection: until the server ends it, or what it could tell has expired. */
async function* watchOnce(
  { transport, discovery }: Api,
  { kind, selection, signal, length = LENGTH }: WatchRequest,
  version: string,
): AsyncGenerator<Notice> {
  const resource = await resourceOf(discovery, kind, signal)
  const { status, headers, lines } = await transport.stream({
    method: 'GET',
    path: collectionPath(resource, kind),
    query: {
      ...selection,
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: version,
      timeoutSeconds: length,
    },
    signal,
  })
  const subject = subjectOf('watch', kind)
  if (status === GONE) {
    yield { version: undefined }
    return
  }
  if (status !== 200) {
    let body = ''
    for await (const line of lines) body += `${line}\n`
    throw apiError({ status, headers, body }, subject)
  }
  for await (const line of lines) {
    const notice = readNotice(line, kind)
    if (notice === undefined) throw brokenLine(subject.label)
    yield notice
    if (notice.version === undefined) return
  }
}

const GONE = 410

function readNotice(line: string, { apiVersion, kind }: KindRef): Notice | undefined {
  const value = parseJson(line)
  const { type, object } = isJsonObject(value) ? value : {}
  if (!isJsonObject(object)) return undefined
  // Mostly 410; whatever it is, only a list tells the truth again.
  if (type === 'ERROR') return { version: undefined }
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {}
  const version = textOf(metadata, 'resourceVersion')
  if (type === 'BOOKMARK') return { version }
  const whole = { apiVersion, kind, ...object }
  if (!isKubeObject(whole)) return undefined
  const event = typeof type === 'string' ? EVENTS[type] : undefined
  return event === undefined ? undefined : { version, event: { type: event, object: whole } }
}

const EVENTS: Readonly<Record<string, ObjectEvent['type']>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
}

function brokenLine(label: string): PkgError {
  return new PkgError('CLUSTER_UNREACHABLE', `a watch of ${label} sent what is no event`)
}

/** Tells an event and remembers it; after a new list an object may be told twice otherwise. */
function* told(known: Known, { type, object }: ObjectEvent): Generator<WatchEvent> {
  const key = keyOf(object)
  const isKnown = known.has(key)
  if (type === 'deleted') {
    known.delete(key)
    if (isKnown) yield { type, object }
    return
  }
  known.set(key, object)
  yield { type: isKnown ? 'modified' : 'added', object }
}

/** What has changed since the last list, as events. */
function* differences(known: Known, objects: readonly KubeObject[]): Generator<WatchEvent> {
  const now = new Map(objects.map((object) => [keyOf(object), object]))
  for (const [key, object] of known) {
    const current = now.get(key)
    const isGone = current === undefined || uidOf(current) !== uidOf(object)
    if (isGone) yield* told(known, { type: 'deleted', object })
  }
  for (const [key, object] of now) {
    if (known.get(key)?.metadata['resourceVersion'] === object.metadata['resourceVersion']) continue
    yield* told(known, { type: 'modified', object })
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${textOf(metadata, 'namespace')}/${metadata.name}`
}

function uidOf({ metadata }: KubeObject): string {
  return textOf(metadata, 'uid')
}

/** Whether trying again may help; a right that was taken away does not come back by itself. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof PkgError)) return false
  return error.code === 'CLUSTER_UNREACHABLE' || error.code === 'CLUSTER_FAILED'
}

/** Pauses a little longer each time, and not for the same time as others; ends with the signal. */
async function rested(tries: number, longest: number, signal: AbortSignal): Promise<void> {
  const { shortest } = PAUSES
  const bound = Math.min(longest, shortest * 2 ** tries)
  const time = tries === 0 ? 0 : bound / 2 + (Math.random() * bound) / 2
  await pause(time, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
