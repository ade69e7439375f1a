import type { AxiosResponse } from 'axios'
import type { Readable } from 'node:stream'
import { requirePackage } from '../base/lazy.ts'
import { PkgError } from '../base/errors.ts'

/** One exchange with a registry, its token server or where it redirects to. */
export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  url: URL
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array | undefined
  /** Most bytes of the answer's body; more than that is an error. */
  limit: number
  /** Takes the body of an answer 200 piece by piece; `HttpAnswer.body` is then empty. */
  sink?: ((chunk: Buffer) => Promise<void>) | undefined
  /** The server is not the one that was asked for: it gets no client certificate. */
  isForeign?: boolean
}

export interface HttpAnswer {
  status: number
  /** Names in lower case; of several values the first. */
  headers: ReadonlyMap<string, string>
  body: Buffer
}

export interface HttpSettings {
  /** PEM: authorities to trust beside none other, and the client's certificate and key. */
  tls?: { ca?: Buffer; cert?: Buffer; key?: Buffer } | undefined
  /** Takes any certificate of the server. */
  insecureSkipTlsVerify?: boolean | undefined
  signal?: AbortSignal | undefined
  /** Milliseconds: without a byte of the answer, and in all. */
  times?: { idle: number; total: number } | undefined
}

export type Send = (request: HttpRequest) => Promise<HttpAnswer>

const TIMES = { idle: 30_000, total: 120_000 }

/**
 * Opens connections for one run; they are kept alive between requests.
 *
 * Nothing is followed or decompressed, no body is longer than asked for, and errors hold
 * neither headers nor the query of a URL.
 *
 * @returns sends one request; throws PkgError REGISTRY_FAILED
 */
export function openHttp(settings: HttpSettings = {}): Send {
  const { idle, total } = settings.times ?? TIMES
  let agents: Agents | undefined
  return async (request) => {
    agents ??= openAgents(settings)
    const abort = new AbortController()
    const ends = [AbortSignal.timeout(total), abort.signal]
    if (settings.signal !== undefined) ends.push(settings.signal)
    const watch = { signal: AbortSignal.any(ends), restart: () => {}, isIdle: false }
    let timer: NodeJS.Timeout | undefined
    watch.restart = () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        watch.isIdle = true
        abort.abort()
      }, idle)
    }
    try {
      return await exchange(request, agents, watch)
    } catch (error) {
      throw asFailure(error, request, { settings, watch })
    } finally {
      clearTimeout(timer)
    }
  }
}

interface Watch {
  signal: AbortSignal
  /** Puts off the end of waiting for the next byte. */
  restart: () => void
  isIdle: boolean
}

async function exchange(request: HttpRequest, agents: Agents, watch: Watch): Promise<HttpAnswer> {
  const { default: axios } = await import('axios')
  const { method, url, headers, body, isForeign } = request
  // An upload may take long before the first byte of its answer.
  if (body === undefined) watch.restart()
  const response: AxiosResponse<Readable> = await axios.request({
    method,
    url: url.href,
    headers: { 'User-Agent': 'kubectl-pkg', 'Accept-Encoding': 'identity', ...headers },
    ...(body === undefined ? {} : { data: Buffer.from(body.buffer, body.byteOffset, body.length) }),
    httpsAgent: isForeign === true ? agents.foreign : agents.own,
    responseType: 'stream',
    decompress: false,
    maxRedirects: 0,
    maxBodyLength: Infinity,
    validateStatus: () => true,
    signal: watch.signal,
  })
  watch.restart()
  return {
    status: response.status,
    headers: headersOf(response),
    body: await readBody(response, request, watch),
  }
}

async function readBody(
  { data: stream, status }: AxiosResponse<Readable>,
  { limit, sink }: HttpRequest,
  watch: Watch,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  const stop = () => stream.destroy(new Error('aborted'))
  watch.signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      watch.restart()
      size += chunk.length
      if (size > limit) throw new TooLong(`the answer is longer than ${limit} bytes`)
      if (sink === undefined || status !== 200) chunks.push(chunk)
      else await sink(chunk)
    }
  } finally {
    watch.signal.removeEventListener('abort', stop)
    stream.destroy()
  }
  return Buffer.concat(chunks)
}

class TooLong extends Error {}

function headersOf(response: AxiosResponse): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(response.headers)) {
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string') headers.set(name.toLowerCase(), first)
  }
  return headers
}

interface Agents {
  own: import('node:https').Agent
  foreign: import('node:https').Agent
}

function openAgents({ tls, insecureSkipTlsVerify }: HttpSettings): Agents {
  const { Agent } = requirePackage('node:https') as typeof import('node:https')
  const common = {
    keepAlive: true,
    rejectUnauthorized: insecureSkipTlsVerify !== true,
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
  }
  const client = tls?.cert === undefined ? {} : { cert: tls.cert, key: tls.key }
  return { own: new Agent({ ...common, ...client }), foreign: new Agent(common) }
}

/** The error object of axios holds the whole request; only its text leaves this file. */
function asFailure(
  error: unknown,
  { url }: HttpRequest,
  { settings, watch }: { settings: HttpSettings; watch: Watch },
): Error {
  if (settings.signal?.aborted === true) return settings.signal.reason as Error
  if (error instanceof TooLong) {
    return new PkgError('OCI_INVALID', `${shownUrl(url)}: ${error.message}`)
  }
  const { idle, total } = settings.times ?? TIMES
  const { message, code } = error as NodeJS.ErrnoException
  let reason = message === '' ? (code ?? 'the connection failed') : message
  if (watch.isIdle) reason = `it sent nothing for ${idle / 1000} s`
  else if (watch.signal.aborted) reason = `it took longer than ${total / 1000} s`
  return new PkgError('REGISTRY_FAILED', `cannot reach ${shownUrl(url)}: ${reason}`, {
    hint: hintFor(code, reason),
  })
}

function hintFor(code: string | undefined, reason: string): string {
  if (code === 'EPROTO' || /wrong version number|packet length too long/.test(reason)) {
    return 'Add --plain-http when the registry speaks http.'
  }
  if (/certificate/.test(reason)) return 'Name its authority with --ca-file.'
  return 'Check the address and that this machine can reach it.'
}

/** A URL as it may be shown: without user, password, query and fragment. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}
