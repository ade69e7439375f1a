import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { requirePackage } from '../base/lazy.ts'
import { LIMITS } from '../base/limits.ts'

/** One HTTP request, to be sent once. */
export interface ExchangeRequest {
  url: URL
  method: string
  headers: Readonly<Record<string, string | string[]>>
  body: string | undefined
  agent: Agent
  signal: AbortSignal | undefined
  times: ExchangeTimes
  /** Asked when there is a connection; false gives the request up before any of it is sent. */
  mayGo?: (() => boolean) | undefined
}

/** In milliseconds. */
export interface ExchangeTimes {
  /** Until the connection is made, name look-up and TLS included. */
  connect: number
  /** Until the head of the answer has come; undefined for no limit. */
  answer: number
}

/** Why an exchange came to nothing. */
export class ExchangeError extends Error {
  /** Of Node, or `CONNECT_TIMEOUT`, `ANSWER_TIMEOUT`, `SILENCE`. */
  readonly code: string
  /** Whether the server has surely not seen the request. */
  readonly isUnsent: boolean

  constructor(code: string, message: string, isUnsent: boolean) {
    super(message)
    this.code = code
    this.isUnsent = isUnsent
  }
}

/**
 * Sends one request and waits for the head of its answer.
 *
 * @throws ExchangeError; the signal's reason when it aborts
 */
export function exchange(request: ExchangeRequest): Promise<IncomingMessage> {
  const { url, method, headers, body, agent, signal, times, mayGo } = request
  signal?.throwIfAborted()
  const { request: send } =
    url.protocol === 'https:'
      ? (requirePackage('node:https') as typeof import('node:https'))
      : (requirePackage('node:http') as typeof import('node:http'))

  return new Promise((resolve, reject) => {
    // Without a length Node sends the body of a DELETE as if it were the next request.
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const call = send(url, {
      method,
      headers: { ...headers, ...length },
      agent,
      maxHeaderSize: LIMITS.headBytes,
    })
    const go = (): void => {
      if (mayGo === undefined || mayGo()) call.end(body)
      else call.destroy(new ExchangeError('LATE', 'it took too long to connect', true))
    }
    const state = watchConnection(call, times, mayGo === undefined ? undefined : go)
    const stop = (): void => {
      call.destroy()
      reject(signal?.reason as Error)
    }
    const settle = (): void => {
      state.stop()
      signal?.removeEventListener('abort', stop)
    }
    signal?.addEventListener('abort', stop, { once: true })
    call.once('response', (answer) => {
      settle()
      // Whoever reads the answer is told; nobody reads it when the call was given up meanwhile.
      answer.on('error', () => undefined)
      resolve(answer)
    })
    call.on('error', (error: NodeJS.ErrnoException) => {
      settle()
      reject(state.failure() ?? asExchangeError(error, state.isUnsent()))
    })
    // Node would keep what is written now, and send it whenever the connection is made.
    if (mayGo === undefined) go()
  })
}

interface ConnectionState {
  isUnsent: () => boolean
  failure: () => ExchangeError | undefined
  stop: () => void
}

/** Bounds the time until the socket is ready and until the answer comes. */
function watchConnection(
  call: ClientRequest,
  times: ExchangeTimes,
  onReady: (() => void) | undefined,
): ConnectionState {
  let isReady = false
  let failure: ExchangeError | undefined
  const fail = (code: string, limit: number): void => {
    failure = new ExchangeError(code, `no answer within ${limit / 1000} s`, !isReady)
    call.destroy(failure)
  }
  const connecting = setTimeout(() => fail('CONNECT_TIMEOUT', times.connect), times.connect)
  const answering = setTimeout(() => fail('ANSWER_TIMEOUT', times.answer), times.answer)
  const ready = (): void => {
    isReady = true
    clearTimeout(connecting)
    onReady?.()
  }
  call.once('socket', (socket) => {
    const isTls = 'encrypted' in socket
    const isMade = isTls ? isHandshakeDone(socket as TLSSocket) : !socket.connecting
    if (call.reusedSocket || isMade) ready()
    else socket.once(isTls ? 'secureConnect' : 'connect', ready)
  })
  return {
    isUnsent: () => !isReady,
    failure: () => failure,
    stop: () => {
      clearTimeout(connecting)
      clearTimeout(answering)
    },
  }
}

function isHandshakeDone(socket: TLSSocket): boolean {
  const protocol = socket.connecting ? null : socket.getProtocol()
  return protocol !== null && protocol !== 'unknown'
}

/**
 * Reads an answer to its end.
 *
 * @param limit milliseconds until all of it must have come
 * @throws ExchangeError; the signal's reason when it aborts
 */
export async function readBody(
  answer: IncomingMessage,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const chunks: Buffer[] = []
  const timer = setTimeout(() => answer.destroy(tooSlow(limit)), limit)
  const stop = (): void => void answer.destroy(signal?.reason as Error)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer)
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw error instanceof ExchangeError ? error : asExchangeError(error as Error, false)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
  const data = Buffer.concat(chunks)
  return (answer.headers['content-encoding'] === 'gzip' ? unzipped(data) : data).toString('utf8')
}

function unzipped(data: Buffer): Buffer {
  const { gunzipSync } = requirePackage('node:zlib') as typeof import('node:zlib')
  try {
    return gunzipSync(data)
  } catch (error) {
    throw asExchangeError(error as Error, false)
  }
}

function tooSlow(limit: number): ExchangeError {
  return new ExchangeError('ANSWER_TIMEOUT', `no whole answer within ${limit / 1000} s`, false)
}

/** Turns what Node throws into an error of ours; never carries the request or its headers. */
export function asExchangeError(error: NodeJS.ErrnoException, isUnsent: boolean): ExchangeError {
  if (error instanceof ExchangeError) return error
  return new ExchangeError(error.code ?? 'UNKNOWN', error.message, isUnsent)
}
