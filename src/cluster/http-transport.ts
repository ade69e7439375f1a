import type { IncomingMessage } from 'node:http'
import { openGate } from '../base/gate.ts'
import { hideKnown } from '../base/redact-text.ts'
import { readRetryAfter } from '../base/retry-after.ts'
import type { CallCredentials, Endpoint } from './endpoint.ts'
import { ExchangeError, readBody, type ExchangeTimes } from './exchange.ts'
import { readLines } from './lines.ts'
import { openLink, type Link } from './link.ts'
import { isPassing, pause, pauseBefore, RETRIES, type RetryPolicy } from './retry.ts'
import type { ApiAnswer, ApiHead, ApiRequest, ApiStream, Transport } from './transport.ts'
import { isHopeless, unreachable } from './unreachable.ts'

export interface TransportOptions {
  /** For the header User-Agent: `kubectl-pkg/1.2.3`. */
  userAgent: string
  /** Told each text of a header Warning once. */
  onWarning?: ((text: string) => void) | undefined
  /** Calls under way at once, not counting streams. */
  parallel?: number | undefined
  retries?: RetryPolicy | undefined
  times?: Partial<TransportTimes> | undefined
}

export interface TransportTimes extends ExchangeTimes {
  /** Until a stream that says nothing is taken for dead. */
  silence: number
}

const TIMES: TransportTimes = { connect: 10_000, answer: 60_000, silence: 45_000 }
const PARALLEL = 32
/** A server that was never reached is rather not there than busy. */
const TRIES_AT_FIRST = 2

/** Opens the way to an API server; nothing is sent before the first call. */
export function openTransport(endpoint: Endpoint, options: TransportOptions): Transport {
  const times = { ...TIMES, ...options.times }
  const gate = openGate(options.parallel ?? PARALLEL)
  const link = openLink(endpoint, options)
  const policy = options.retries ?? RETRIES

  return {
    server: endpoint.server,

    request: (request) =>
      gate(request.signal, () => {
        const timeout = request.timeout ?? times.answer
        return answered({ link, policy, request }, async () => {
          await request.guard?.check()
          const { message, credentials } = await link.send(request, { ...times, answer: timeout })
          const answer = await readAnswer(link, message, { ...request, timeout })
          return { answer, credentials, body: answer.body }
        })
      }),

    stream: (request) =>
      answered<ApiStream>({ link, policy, request }, async () => {
        const { message, credentials } = await link.send(request, times, 'stream')
        if (message.statusCode !== 200) {
          const answer = await readAnswer(link, message, { ...request, timeout: times.answer })
          const { body } = answer
          return { answer: { ...answer, lines: linesOf(body) }, credentials, body }
        }
        const { signal, timeout: silence = times.silence } = request
        const fail = (error: ExchangeError): Error => unreachable(endpoint, request, error)
        const lines = readLines(message, { silence, signal, fail })
        return { answer: { ...headOf(message), lines }, credentials, body: '' }
      }),

    close: () => link.close(),
  }
}

interface Attempts {
  link: Link
  policy: RetryPolicy
  request: ApiRequest
}

interface Attempt<T extends ApiHead> {
  answer: T
  /** What was shown to the server. */
  credentials: CallCredentials
  /** Of a failure. */
  body: string
}

/** Tries until there is an answer that will stay the same. */
async function answered<T extends ApiHead>(
  attempts: Attempts,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  const { signal } = attempts.request
  let wasRefused = false
  for (let tries = 1; ; tries++) {
    let time: number
    try {
      const { answer, credentials, body } = await attempt()
      if (answer.status === 401 && !wasRefused) {
        wasRefused = true
        if (await attempts.link.endpoint.credentials.renew(credentials, signal)) continue
      }
      const wanted = pauseAfterAnswer(attempts, { ...answer, body }, tries)
      if (wanted === undefined) return answer
      time = wanted
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error
      time = pauseAfterFailure(attempts, error, tries)
    }
    await pause(time, signal)
  }
}

/** Undefined when the answer stands. */
function pauseAfterAnswer(
  { policy, request }: Attempts,
  answer: ApiAnswer,
  tries: number,
): number | undefined {
  const { 'retry-after': after, date } = answer.headers
  // A server that asks for another try has not done what it was asked to.
  const isSafe = mayRepeat(request) || after !== undefined
  if (tries >= policy.tries || !isPassing(answer, isSafe)) return undefined
  const asked = readRetryAfter(after, date, Date.now())
  return pauseBefore(policy, { tries, asked, random: Math.random() })
}

/** @throws PkgError CLUSTER_UNREACHABLE when trying again is of no use, or may do a thing twice */
function pauseAfterFailure(
  { link, policy, request }: Attempts,
  error: ExchangeError,
  tries: number,
): number {
  const isLast = tries >= (link.wasReached() ? policy.tries : TRIES_AT_FIRST)
  const isSafe = mayRepeat(request) || error.isUnsent
  const time = pauseBefore(policy, { tries, asked: undefined, random: Math.random() })
  if (!isLast && isSafe && !isHopeless(error) && time !== undefined) return time
  throw unreachable(link.endpoint, request, error)
}

function mayRepeat({ isRepeatable, method }: ApiRequest): boolean {
  return isRepeatable ?? method !== 'POST'
}

/** What a server says of a failure may quote the request, credentials and all. */
async function readAnswer(
  link: Link,
  message: IncomingMessage,
  { timeout, signal }: { timeout: number; signal?: AbortSignal | undefined },
): Promise<ApiAnswer> {
  const head = headOf(message)
  const body = await readBody(message, timeout, signal)
  return { ...head, body: head.status < 400 ? body : hideKnown(body, link.secrets()) }
}

function headOf({ statusCode = 0, headers }: IncomingMessage): ApiHead {
  const { 'set-cookie': _cookies, ...single } = headers
  return { status: statusCode, headers: single as Record<string, string | undefined> }
}

async function* linesOf(body: string): AsyncGenerator<string> {
  yield* body.split('\n')
}
