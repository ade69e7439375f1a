import type { Readable } from 'node:stream'

/** One exchange with a repository, a registry, its token server or where they redirect to. */
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

export interface HttpSettings {
  /** PEM: authorities to trust beside none other, and the client's certificate and key. */
  tls?: { ca?: Buffer; cert?: Buffer; key?: Buffer } | undefined
  /** Takes any certificate of the server. */
  insecureSkipTlsVerify?: boolean | undefined
  /** The environment names a proxy for some addresses. */
  hasProxy?: boolean | undefined
  signal?: AbortSignal | undefined
  /** Milliseconds: without a byte of the answer, and in all. */
  times?: { idle: number; total: number } | undefined
}

/** An answer whose body has yet to be read. */
export interface HttpHead {
  status: number
  /** Of several values a list, or one joined by commas. */
  headers: Readonly<Record<string, unknown>>
  stream: Readable
}

/**
 * Sends a request as it is: nothing is followed or decompressed.
 *
 * @param onStop takes what breaks the exchange off
 */
export type Exchange = (
  request: HttpRequest,
  onStop: (stop: () => void) => void,
) => Promise<HttpHead>

/** What every request says unless it says otherwise. */
export const COMMON_HEADERS = {
  'User-Agent': 'kubectl-pkg',
  Accept: '*/*',
  'Accept-Encoding': 'identity',
}

/** What an agent of node:https is opened with; who is foreign gets no client certificate. */
export function tlsOptions({ tls, insecureSkipTlsVerify }: HttpSettings, isForeign: boolean) {
  return {
    keepAlive: true,
    rejectUnauthorized: insecureSkipTlsVerify !== true,
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(isForeign || tls?.cert === undefined ? {} : { cert: tls.cert, key: tls.key }),
  }
}
