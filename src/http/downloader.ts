import { PkgError, type ErrorCode } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import { requirePackage } from '../base/lazy.ts'
import { percentDecoded } from '../base/percent-decoded.ts'
import { shownAddress, WANTS_URL } from '../base/shown-address.ts'
import { openHttp, shownUrl, type HttpAnswer, type Send } from './open-http.ts'
import { busyHint, retrying } from './retrying.ts'

/** Who may be told the credentials of a repository, and how it is spoken to. */
export interface Origin {
  /** Address of the repository; only its scheme, host and port get what follows. */
  url: string
  username?: string | undefined
  password?: string | undefined
  /** Sent as a bearer token, in place of name and password. */
  token?: string | undefined
  /** Hands name, password and token to every host that the repository names. */
  passCredentials?: boolean | undefined
  /** PEM files: authorities to trust in place of the system's, and the client's own. */
  caFile?: string | undefined
  certFile?: string | undefined
  keyFile?: string | undefined
  insecureSkipTlsVerify?: boolean | undefined
}

export interface DownloadOptions {
  origin?: Origin | undefined
  headers?: Readonly<Record<string, string>> | undefined
  /** Most bytes of the body, also once it is decompressed. */
  bytes?: number | undefined
  /** Asks for the body in gzip and gives it back decompressed. */
  gzip?: boolean | undefined
  /** The body is a gzip file, which some servers take for one that they encoded. */
  isGzipFile?: boolean | undefined
}

export interface Download extends HttpAnswer {
  /** Where the body came from at last. */
  url: URL
}

/** Fetches for one run; connections are kept alive between requests. */
export interface Downloader {
  /**
   * @returns an answer with status 200 or 304
   * @throws PkgError URL_REFUSED, or the code the downloader was opened with
   */
  get(url: string, options?: DownloadOptions): Promise<Download>
  /** Sends a body; redirects are not followed, and every status is an answer. */
  post(url: string, body: Uint8Array, options: DownloadOptions): Promise<HttpAnswer>
}

export interface DownloaderSettings {
  signal?: AbortSignal | undefined
  /** Milliseconds: without a byte of the answer, and in all. */
  times?: { idle: number; total: number } | undefined
  /** The environment names a proxy for some addresses. */
  hasProxy?: boolean | undefined
  redirects?: number | undefined
  /** Reads a file that a setting names. */
  readFile: (path: string) => Buffer
  code?: ErrorCode | undefined
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const HINT = 'Check the address and that this machine can reach it.'

/**
 * Opens downloads with bounds on size, time and redirects.
 *
 * Redirects are followed here: only http and https, never from https to http. Credentials go
 * to the repository's own scheme, host and port; a chain that has left them gets none again.
 */
export function openDownloader(settings: DownloaderSettings): Downloader {
  const { code = 'REPOSITORY_UNREACHABLE', redirects = 5 } = settings
  const connections = new Map<string, Send>()
  const sendFor = (origin: Origin | undefined): Send => {
    const { caFile = '', certFile = '', keyFile = '', insecureSkipTlsVerify = false } = origin ?? {}
    const key = JSON.stringify([caFile, certFile, keyFile, insecureSkipTlsVerify])
    const known = connections.get(key)
    if (known !== undefined) return known
    const tls = {
      ...(caFile === '' ? {} : { ca: settings.readFile(caFile) }),
      ...(certFile === '' ? {} : { cert: settings.readFile(certFile) }),
      ...(keyFile === '' ? {} : { key: settings.readFile(keyFile) }),
    }
    const { signal, times, hasProxy } = settings
    const send = retrying(openHttp({ tls, insecureSkipTlsVerify, hasProxy, signal, times }), signal)
    connections.set(key, send)
    return send
  }

  return {
    async get(text, options = {}) {
      const { origin, headers, bytes = LIMITS.downloadBytes, gzip = false, isGzipFile } = options
      const send = sendFor(origin)
      const home = placeOf(origin)
      let url = parseUrl(text)
      let isForeign = home?.origin !== url.origin
      for (let left = redirects; left >= 0; left--) {
        const answer = await ask(send, code, {
          method: 'GET',
          url: withoutUser(url),
          headers: {
            ...headers,
            ...(gzip ? { 'Accept-Encoding': 'gzip' } : {}),
            ...authorization({ origin, home }, url, isForeign),
          },
          limit: bytes,
          isForeign,
        })
        if (!REDIRECTS.has(answer.status)) {
          return { ...expectBody(answer, { url, bytes, code, isGzipFile }), url }
        }
        url = redirected(url, answer, code)
        isForeign ||= home?.origin !== url.origin
      }
      throw unreachable(code, url, `more than ${redirects} redirects`)
    },

    post(text, body, { origin, headers, bytes = LIMITS.downloadBytes }) {
      const url = parseUrl(text)
      const home = placeOf(origin)
      const isForeign = home?.origin !== url.origin
      return ask(sendFor(origin), code, {
        method: 'POST',
        url: withoutUser(url),
        headers: { ...headers, ...authorization({ origin, home }, url, isForeign) },
        body,
        limit: bytes,
        isForeign,
      })
    },
  }
}

/** Bounds of one download; times in milliseconds, size in bytes. */
export interface DownloadLimits {
  bytes: number
  time: number
  redirects: number
  /** The environment names a proxy for some addresses. */
  hasProxy: boolean
}

/**
 * Fetches a URL with a bound on size, time and redirects.
 *
 * @throws PkgError URL_UNREACHABLE, URL_REFUSED
 */
export async function fetchUrl(url: string, limits: Partial<DownloadLimits> = {}): Promise<Buffer> {
  const { bytes, time = 120_000, redirects, hasProxy } = limits
  const downloader = openDownloader({
    times: { idle: Math.min(30_000, time), total: time },
    redirects,
    hasProxy,
    readFile: () => Buffer.alloc(0),
    code: 'URL_UNREACHABLE',
  })
  return (await downloader.get(url, { bytes })).body
}

/** Whether the URL has the scheme, host and port of the repository. */
export function isOwn(origin: Origin, url: URL): boolean {
  return placeOf(origin)?.origin === url.origin
}

/** The address of a repository; undefined when it is none. */
function placeOf(origin: Origin | undefined): URL | undefined {
  return origin !== undefined && URL.canParse(origin.url) ? new URL(origin.url) : undefined
}

/** How a request fails by itself: for lack of an answer, or by one that is too long. */
const SEND_CODES: ReadonlySet<ErrorCode> = new Set(['REGISTRY_FAILED', 'OCI_INVALID'])

async function ask(send: Send, code: ErrorCode, request: Parameters<Send>[0]): Promise<HttpAnswer> {
  try {
    return await send(request)
  } catch (error) {
    if (!(error instanceof PkgError) || !SEND_CODES.has(error.code)) throw error
    const reason = error.message.slice(error.message.indexOf(': ') + 2)
    throw unreachable(code, request.url, reason, error.hint)
  }
}

/** Reads an http or https address. @throws PkgError URL_REFUSED */
export function parseUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw new PkgError('URL_REFUSED', `"${shownAddress(text)}" is no URL`, { hint: WANTS_URL })
  }
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new PkgError('URL_REFUSED', `"${url.protocol}" URLs are not fetched`, {
      hint: url.protocol === 'file:' ? WANTS_URL : 'Use an http or https URL.',
    })
  }
  return url
}

/** Name and password of a URL go into a header, for that URL's own host. */
function withoutUser(url: URL): URL {
  if (url.username === '' && url.password === '') return url
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}

function authorization(
  { origin, home }: { origin: Origin | undefined; home: URL | undefined },
  url: URL,
  isForeign: boolean,
): Record<string, string> {
  const isTold = origin !== undefined && (!isForeign || origin.passCredentials === true)
  const header = isTold ? headerOf(origin, home) : ''
  if (header !== '') return { Authorization: header }
  return url.username === '' ? {} : { Authorization: basicOf(url) }
}

function headerOf(
  { username = '', password = '', token = '' }: Origin,
  home: URL | undefined,
): string {
  if (token !== '') return `Bearer ${token}`
  if (username !== '' && password !== '') return basic(username, password)
  return home === undefined || home.username === '' ? '' : basicOf(home)
}

function basicOf({ username, password }: URL): string {
  return `Basic ${percentDecoded(`${username}:${password}`).toString('base64')}`
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function redirected(url: URL, { status, headers }: HttpAnswer, code: ErrorCode): URL {
  const location = headers.get('location')
  if (location === undefined || !URL.canParse(location, url.href)) {
    throw unreachable(code, url, `the server answered ${status}`)
  }
  const next = parseUrl(new URL(location, url).href)
  if (url.protocol === 'https:' && next.protocol === 'http:') {
    throw unreachable(code, url, 'it redirects from https to http')
  }
  return next
}

interface Expected {
  url: URL
  bytes: number
  code: ErrorCode
  isGzipFile?: boolean | undefined
}

function expectBody(answer: HttpAnswer, expected: Expected): HttpAnswer {
  const { url, bytes, code, isGzipFile = false } = expected
  const { status, headers, body } = answer
  if (status === 304) return answer
  if (status !== 200) {
    throw unreachable(code, url, `the server answered ${status}`, hintFor(answer))
  }
  const encoding = headers.get('content-encoding') ?? 'identity'
  const isMislabelled = isGzipFile && encoding.endsWith('gzip') && !isGzip(headOf(body))
  if (encoding === 'identity' || isMislabelled) {
    assertLength(answer, { url, bytes, code })
    return answer
  }
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw unreachable(code, url, `the body is encoded as "${encoding}", which was not asked for`)
  }
  return { ...answer, body: gunzip(body, { url, bytes, code }) }
}

function hintFor(answer: HttpAnswer): string {
  const { status } = answer
  if (status === 401 || status === 403) {
    return 'Check the name and password, or the token, of the repository.'
  }
  return busyHint(answer) ?? HINT
}

/** Node checks the length of a body that ends too soon; this is for servers that lie. */
function assertLength({ headers, body }: HttpAnswer, { url, code }: Expected): void {
  const length = headers.get('content-length')
  if (length !== undefined && Number(length) !== body.length) {
    throw unreachable(code, url, `the body has ${body.length} bytes, not ${length}`)
  }
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/** The first bytes of what is in a gzip file; none when it is no such file. */
function headOf(body: Buffer): Buffer {
  const { constants, gunzipSync } = requirePackage('node:zlib') as typeof import('node:zlib')
  try {
    return gunzipSync(body.subarray(0, 1024), { finishFlush: constants.Z_SYNC_FLUSH })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') === true) return Buffer.alloc(0)
    throw error
  }
}

function gunzip(body: Buffer, { url, bytes, code }: Expected): Buffer {
  const { gunzipSync } = requirePackage('node:zlib') as typeof import('node:zlib')
  try {
    return gunzipSync(body, { maxOutputLength: bytes, chunkSize: pieceOf(body, bytes) })
  } catch (error) {
    const { code: reason } = error as NodeJS.ErrnoException
    const text =
      reason === 'ERR_BUFFER_TOO_LARGE'
        ? `the answer is longer than ${bytes} bytes`
        : 'the compressed body is damaged'
    throw unreachable(code, url, text)
  }
}

const PIECE = { least: 1 << 14, most: 1 << 25 }

/**
 * How much to decompress at a time: all at once where it is not too much, as the pieces would have
 * to be copied together. The last four bytes say how long the whole is, unless somebody lies.
 */
function pieceOf(body: Buffer, bytes: number): number {
  const whole = body.length < 4 ? 0 : body.readUInt32LE(body.length - 4)
  return Math.min(Math.max(whole + 1, PIECE.least), Math.max(bytes, PIECE.least), PIECE.most)
}

function unreachable(code: ErrorCode, url: URL, reason: string, hint = HINT): PkgError {
  return new PkgError(code, `cannot fetch ${shownUrl(url)}: ${reason}`, { hint })
}
