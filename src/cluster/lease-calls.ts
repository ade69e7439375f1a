import { PkgError } from '../base/errors.ts'
import { steadyNow } from '../base/steady-clock.ts'
import { apiError } from './api-errors.ts'
import { parseJsonObject } from './api-json.ts'
import { ExchangeError } from './exchange.ts'
import {
  composeLease,
  leaseName,
  readLease,
  type LeaseContent,
  type LeaseObject,
} from './lease-object.ts'
import { pause, pauseBefore, RETRIES } from './retry.ts'
import type { ApiAnswer, ApiRequest, Transport } from './transport.ts'

/** How long a call is made again while the API server is too busy to answer it. */
export interface Patience {
  /** In milliseconds; no try begins later. */
  time: number
  /** Ends the patience, not a try that is under way. */
  signal: AbortSignal
  /** Told what is waited for: once that has taken a while, then now and again. */
  onWait?: ((text: string) => void) | undefined
  /** When `onWait` is told, in milliseconds: the first time, and how long it rests after each. */
  telling?: { first: number; rest: number } | undefined
}

/** A point in time on a clock that only goes on, and on the wall's; in milliseconds. */
export interface Moment {
  steady: number
  wall: number
}

/** A Lease as the server had it at some time after it was asked. */
export interface AskedLease {
  lease: LeaseObject
  /** When the try began that was answered. */
  asked: Moment
}

/** Calls about Leases, whose names are `namespace/release`. Without patience each is made once. */
export interface LeaseCalls {
  get(name: string, patience?: Patience): Promise<AskedLease | undefined>
  /** Creates the Lease, or replaces that version; undefined when somebody was quicker. */
  put(
    content: LeaseContent,
    replaced: LeaseObject | undefined,
    patience?: Patience,
  ): Promise<AskedLease | undefined>
  /** @returns false when it is another version by now */
  remove(name: string, lease: LeaseObject): Promise<boolean>
}

/** @param timeout of one call, in milliseconds: a heartbeat that takes longer is one that failed */
export function leaseCalls(transport: Transport, timeout: number): LeaseCalls {
  const voice: Voice = { toldAt: -Infinity }
  const call = async (request: ApiRequest, { name, wanted, patience }: Expectation) => {
    const patient = patiently(patience, async (tries) => {
      const asked = { steady: steadyNow(), wall: Date.now() }
      const time = tries === 1 ? timeout : timeout * SLOWER
      const answer = await transport.request({ ...request, timeout: time })
      if (wanted.includes(answer.status)) return { answer, asked }
      throw apiError(answer, { verb: VERBS[request.method], label: labelOf(name) })
    })
    return patience === undefined ? patient : toldOf(patient, { name, patience, voice })
  }
  const read = (name: string, answer: ApiAnswer): LeaseObject =>
    readLease(parseJsonObject(answer.body, labelOf(name)))
  return {
    async get(name, patience) {
      const request: ApiRequest = { method: 'GET', path: pathOf(name) }
      const { answer, asked } = await call(request, { name, wanted: [200, 404], patience })
      return answer.status === 404 ? undefined : { lease: read(name, answer), asked }
    },

    async put(content, replaced, patience) {
      const { name } = content
      const own = { ...content, name: leaseName(leaseParts(name).release) }
      const body = composeLease(own, replaced)
      const request: ApiRequest =
        replaced === undefined
          ? { method: 'POST', path: pathOf(name, false), body, isRepeatable: true }
          : { method: 'PUT', path: pathOf(name), body }
      // Deleted under our hands, it is made anew by whoever looks again.
      const wanted = replaced === undefined ? [201, 409] : [200, 404, 409]
      const { answer, asked } = await call(request, { name, wanted, patience })
      return answer.status >= 400 ? undefined : { lease: read(name, answer), asked }
    },

    async remove(name, { uid, resourceVersion }) {
      const preconditions = { uid, resourceVersion }
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions }
      const request: ApiRequest = { method: 'DELETE', path: pathOf(name), body }
      const { answer } = await call(request, { name, wanted: [200, 202, 404, 409] })
      return answer.status !== 409
    },
  }
}

interface Expectation {
  name: string
  /** Statuses of answers that are no failure. */
  wanted: readonly number[]
  patience?: Patience | undefined
}

/** A server that did not answer in time gets more of it. */
const SLOWER = 2

/**
 * Calls until the server is not too busy any more. What was called may have been done without an
 * answer, so that only calls may be made so that are as good twice as once.
 *
 * @throws PkgError of the last try, with how often and how long it was tried
 */
async function patiently<T>(
  patience: Patience | undefined,
  call: (tries: number) => Promise<T>,
): Promise<T> {
  const start = steadyNow()
  for (let tries = 1; ; tries++) {
    let wait: number
    try {
      return await call(tries)
    } catch (error) {
      if (patience === undefined || !(error instanceof PkgError) || !isBusy(error)) throw error
      wait =
        pauseBefore(RETRIES, { tries, asked: undefined, random: Math.random() }) ?? RETRIES.longest
      const passed = steadyNow() - start
      const isOver = patience.signal.aborted || passed + wait > patience.time
      if (isOver) throw afterAll(error, { tries, passed })
    }
    await pause(wait, patience.signal)
  }
}

/** When a person was last told of a wait, of whichever call. */
interface Voice {
  toldAt: number
}

const TELLING = { first: 5000, rest: 30_000 }

/** Tells of a call for as long as it takes; one that is answered soon is not worth a word. */
async function toldOf<T>(
  call: Promise<T>,
  { name, patience, voice }: { name: string; patience: Patience; voice: Voice },
): Promise<T> {
  const { onWait, telling = TELLING } = patience
  const start = steadyNow()
  const tell = (): void => {
    voice.toldAt = steadyNow()
    const passed = Math.round((voice.toldAt - start) / 1000)
    onWait?.(
      `waiting for the API server, which is too busy to answer for ${labelOf(name)}: ${passed} s so far; --lock-timeout says how long at most`,
    )
    timer = setTimeout(tell, telling.rest)
  }
  const rested = voice.toldAt + telling.rest - start
  let timer = setTimeout(tell, Math.max(telling.first, rested))
  try {
    return await call
  } finally {
    clearTimeout(timer)
  }
}

/** Whether a server that is there had no time to answer; one that cannot be reached is no such. */
function isBusy({ code, cause }: PkgError): boolean {
  if (code === 'CLUSTER_FAILED') return true
  if (code !== 'CLUSTER_UNREACHABLE') return false
  return !(cause instanceof ExchangeError) || cause.code === 'ANSWER_TIMEOUT'
}

function afterAll(error: PkgError, { tries, passed }: { tries: number; passed: number }): PkgError {
  const times = tries === 1 ? 'once' : `${tries} times`
  const message = `${error.message}; tried ${times} in ${Math.ceil(passed / 1000)} s`
  return new PkgError(error.code, message, {
    hint: 'The API server has too much to do: run the command again later, or let it try longer with --lock-timeout.',
    cause: error,
  })
}

const VERBS = { GET: 'read', POST: 'create', PUT: 'renew', PATCH: 'renew', DELETE: 'give back' }

function pathOf(name: string, isNamed = true): string {
  const { namespace, release } = leaseParts(name)
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  return isNamed ? `${path}/${leaseName(release)}` : path
}

/** Takes `namespace/release` apart. */
export function leaseParts(name: string): { namespace: string; release: string } {
  const slash = name.indexOf('/')
  return { namespace: name.slice(0, slash), release: name.slice(slash + 1) }
}

function labelOf(name: string): string {
  return `the Lease of ${name}`
}
