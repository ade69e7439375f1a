import type { Readable } from 'node:stream'
import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import { openAxiosExchange } from './axios-exchange.ts'
import { openDirectExchange } from './direct-exchange.ts'
import type { Exchange, HttpRequest, HttpSettings } from './exchange.ts'

export interface HttpAnswer {
  status: number
  /** Names in lower case; of several values the first. */
  headers: ReadonlyMap<string, string>
  body: Buffer
}

export type Send = (request: HttpRequest) => Promise<HttpAnswer>

const TIMES = { idle: 30_000, total: 120_000 }

/** The reason given for a body that ends too soon. */
export const CUT_OFF = 'the connection broke off before the end'

/**
 * Opens connections for one run; they are kept alive between requests.
 *
 * Nothing is followed or decompressed, no body is longer than asked for, and errors hold
 * neither headers nor the query of a URL. Bodies are sent, and proxies found, by axios; what
 * is neither goes without it, because to load it takes longer than most requests do.
 *
 * @returns sends one request; throws PkgError REGISTRY_FAILED
 */
export function openHttp(settings: HttpSettings = {}): Send {
  let direct: Exchange | undefined
  let axios: Promise<Exchange> | undefined
  return async (request) => {
    const isDirect = request.body === undefined && settings.hasProxy !== true
    const exchange = isDirect
      ? (direct ??= openDirectExchange(settings))
      : await (axios ??= openAxiosExchange(settings))
    const watch = openWatch(settings)
    try {
      // An upload may take long before the first byte of its answer.
      if (request.body === undefined) watch.restart()
      const { status, headers, stream } = await exchange(request, watch.onStop)
      watch.restart()
      const body = await readBody(stream, status, { request, watch })
      return { status, headers: firstOf(headers), body }
    } catch (error) {
      throw asFailure(error, request, { settings, watch })
    } finally {
      watch.end()
    }
  }
}

/** Breaks an exchange off when it takes too long or nobody wants it any more. */
interface Watch {
  /** Why it was broken off; empty when it was not. */
  stopped: '' | 'idle' | 'total' | 'signal'
  onStop: (stop: () => void) => void
  /** Puts off the end of waiting for the next byte. */
  restart: () => void
  end: () => void
}

function openWatch({ times = TIMES, signal }: HttpSettings): Watch {
  const stops: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  const stop = (why: Watch['stopped']) => {
    if (watch.stopped !== '') return
    watch.stopped = why
    for (const each of stops) each()
  }
  const total = setTimeout(() => stop('total'), times.total)
  const abort = () => stop('signal')
  const watch: Watch = {
    stopped: '',
    onStop(each) {
      if (watch.stopped === '') stops.push(each)
      else each()
    },
    restart() {
      if (timer === undefined) timer = setTimeout(() => stop('idle'), times.idle)
      else timer.refresh()
    },
    end() {
      clearTimeout(timer)
      clearTimeout(total)
      signal?.removeEventListener('abort', abort)
    },
  }
  if (signal?.aborted === true) abort()
  else signal?.addEventListener('abort', abort)
  return watch
}

async function readBody(
  stream: Readable,
  status: number,
  { request: { limit, sink }, watch }: { request: HttpRequest; watch: Watch },
): Promise<Buffer> {
  let size = 0
  watch.onStop(() => stream.destroy(new Error('aborted')))
  const count = (chunk: Buffer): void => {
    watch.restart()
    size += chunk.length
    if (size > limit) throw new TooLong(`the answer is longer than ${limit} bytes`)
  }
  if (sink === undefined || status !== 200) return collect(stream, count)
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      count(chunk)
      await sink(chunk)
    }
  } finally {
    stream.destroy()
  }
  return Buffer.alloc(0)
}

/**
 * Reads a body that nobody has to keep pace with. Node takes longer to make an iterator than to
 * read a short body.
 *
 * @param count looks at each chunk first; what it throws ends the reading
 */
function collect(stream: Readable, count: (chunk: Buffer) => void): Promise<Buffer> {
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      try {
        count(chunk)
        chunks.push(chunk)
      } catch (error) {
        stream.destroy(error as Error)
      }
    })
    stream.on('end', () => resolve(Buffer.concat(chunks)))
    stream.on('error', reject)
    // Of a stream that was destroyed without a reason this is the only news.
    stream.on('close', () => reject(new Error('aborted')))
  })
}

class TooLong extends Error {}

function firstOf(headers: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const first = new Map<string, string>()
  for (const [name, value] of Object.entries(headers)) {
    const text: unknown = Array.isArray(value) ? value[0] : value
    if (typeof text === 'string') first.set(name.toLowerCase(), text)
  }
  return first
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
  if (code === 'HPE_HEADER_OVERFLOW') reason = LONG_HEAD
  if (NO_TLS.test(reason)) reason = 'it does not speak https'
  // Node's word for a body that is shorter than was said.
  if (reason === 'aborted') reason = CUT_OFF
  if (watch.stopped === 'idle') reason = `it sent nothing for ${idle / 1000} s`
  else if (watch.stopped === 'total') reason = `it took longer than ${total / 1000} s`
  return new PkgError('REGISTRY_FAILED', `cannot reach ${shownUrl(url)}: ${reason}`, {
    hint: hintFor(code, reason, settings),
  })
}

const LONG_HEAD = `the head of its answer is longer than ${LIMITS.headBytes / 1024 / 1024} MiB`

/** How OpenSSL says that what came is no TLS. */
const NO_TLS = /wrong version number|packet length too long/

const AUTHORITY = 'Name its authority with --ca-file.'

/** By what OpenSSL and Node say of a connection that did not come about. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/does not speak https/, 'A registry without https wants --plain-http, a repository http://….'],
  [/key values mismatch/, 'The key of --key-file is not that of the certificate of --cert-file.'],
  [/has expired|not yet valid/, 'Its certificate is out of date: ask whoever runs the server.'],
  [/altnames/, 'Use a name that its certificate is made for.'],
  [/certificate/, AUTHORITY],
]

function hintFor(
  code: string | undefined,
  reason: string,
  { tls, hasProxy }: HttpSettings,
): string {
  const [, hint] = HINTS.find(([pattern]) => pattern.test(reason)) ?? []
  if (hint === AUTHORITY && tls?.ca !== undefined) {
    return 'None of the authorities in --ca-file has signed its certificate.'
  }
  if (hint !== undefined) return hint
  if (code === 'EPROTO') return 'Add --plain-http when the registry speaks http.'
  if (hasProxy === true) {
    return 'Check the address and the proxy that HTTPS_PROXY or HTTP_PROXY names; NO_PROXY excepts hosts.'
  }
  return 'Check the address and that this machine can reach it.'
}

/** A URL as it may be shown: without user, password, query and fragment. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}
