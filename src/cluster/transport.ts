import type { Json } from '../base/json.ts'

/** One call of the API server. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the server's root, escaped: `/api/v1/namespaces/apps/secrets/a`. */
  path: string
  /** Parameters that are undefined are left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
  body?: Json | undefined
  /** Of the body; `application/json` by default. */
  contentType?: string | undefined
  /** What the answer may be; `application/json` by default. */
  accept?: string | undefined
  /** ETag of what is known already: the answer is 304 when that is still so. */
  ifNoneMatch?: string | undefined
  signal?: AbortSignal | undefined
  /** Milliseconds until the whole answer must have come; of a stream, how long it may be silent. */
  timeout?: number | undefined
  /**
   * Whether the call may be made again when nobody knows what became of it. By default all
   * but POST may: two PATCHes of server-side apply leave what one leaves.
   */
  isRepeatable?: boolean | undefined
  guard?: SendGuard | undefined
}

/** Keeps back a call that may no longer be made. */
export interface SendGuard {
  /** Called before each try; what it throws ends the call. */
  check: () => Promise<void>
  /** Whether the last check still counts, once there is a connection to send by. */
  isFresh: () => boolean
}

/** What comes before the body of an answer. */
export interface ApiHead {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
}

export interface ApiAnswer extends ApiHead {
  body: string
}

/** An answer that is read while it comes. */
export interface ApiStream extends ApiHead {
  /**
   * Lines without their ends. Ends when the server ends the answer; throws PkgError
   * CLUSTER_UNREACHABLE when the connection breaks or is silent for too long, and the
   * signal's reason when it aborts.
   */
  lines: AsyncIterable<string>
}

/**
 * JSON over HTTPS to one API server.
 *
 * Answers of any status are returned, not thrown. Calls that a server refused for now, or
 * that never reached it, are made again by themselves within bounds.
 */
export interface Transport {
  /** Where the server is, for people: `https://10.0.0.1:6443`. */
  readonly server: string
  /** @throws PkgError CLUSTER_UNREACHABLE; the signal's reason when it aborts */
  request(request: ApiRequest): Promise<ApiAnswer>
  /** @throws PkgError CLUSTER_UNREACHABLE; the signal's reason when it aborts */
  stream(request: ApiRequest): Promise<ApiStream>
  /** Closes idle connections, so that the program can end. */
  close(): void
}
