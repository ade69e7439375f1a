/** What a proxied call was, as far as rules look at it. */
export interface CallFacts {
  /** Its place in the order of arrival, from 1; 0 for a heartbeat, which is not counted. */
  number: number
  /** `GET`, `POST`, …; `WATCH` for a GET that watches. */
  verb: string
  /** Path and query. */
  path: string
  /** The request's body. */
  body: string
}

/** What the client meets instead of, before or after the API server's own answer. */
export type Fault =
  /** SIGKILL before the call is forwarded, or after its whole reply came; nothing is delivered. */
  | { mode: 'kill-before' | 'kill-after' }
  /** The signal is sent, then the call goes through. */
  | { mode: 'term-before' | 'int-before' }
  /** The client is stopped for a time, and goes on; then the call goes through. */
  | { mode: 'stop'; ms: number }
  /** Too Many Requests, with any text as `Retry-After`; the call is not forwarded. */
  | { mode: '429'; retryAfter?: string }
  /** A Status, or the page of a balancer; the call is not forwarded. */
  | { mode: '500' | '502' | '503' | '504'; page?: boolean }
  /** A Status of that reason; the call is not forwarded. */
  | { mode: '409'; reason: 'Conflict' | 'AlreadyExists' }
  /** Somebody else changes something first, so that what follows is the API server's own answer. */
  | { mode: 'second-writer'; write: (call: CallFacts) => Promise<unknown> }
  /** A Status that refuses, quoting the request's body if told; the call is not forwarded. */
  | { mode: '401' | '403' | '422'; quoting?: boolean }
  /** The connection is reset before the call is forwarded, or once the reply came. */
  | { mode: 'reset-before' | 'reset-after' }
  /** No answer ever; or its head alone; or the request is not even read. The call is not forwarded. */
  | { mode: 'stall'; at: 'answer' | 'body' | 'request' }
  /** The reply's body comes slowly: 1 byte a second unless told. */
  | { mode: 'dribble'; bytesPerSecond?: number }
  /** The call goes through, but its answer is no JSON, half of it, or of another content type. */
  | { mode: 'garbage'; as: 'text' | 'cut' | 'type' }
  | WatchFault

/** What happens to the events of a watch. */
export type WatchFault =
  /** The connection ends after so many events. */
  | { mode: 'watch-drop'; after: number }
  /** 410 Gone in place of a stream. */
  | { mode: 'watch-gone' }
  /** An ERROR event with 410 Gone after so many events, and the end. */
  | { mode: 'watch-error'; after: number }
  /** Lines and characters are cut across chunks. */
  | { mode: 'watch-split' }
  /** The first event's object is padded with an annotation of so many bytes. */
  | { mode: 'watch-big'; bytes: number }
  /** Bookmarks are kept back. */
  | { mode: 'watch-no-bookmarks' }
  /** 200, and then nothing. */
  | { mode: 'watch-silent' }
  /** Closed after a time, in good order. */
  | { mode: 'watch-short'; ms: number }
  /** The first event comes again as a change, so many times a second, and no other. */
  | { mode: 'watch-flood'; perSecond: number }

/**
 * A fault and the calls it strikes: the counted call with a number, each so many calls, or those
 * that match; of those the `nth` (the first unless told), for `times` in a row (once unless told).
 */
export type FaultRule = Fault & {
  call?: number
  every?: number
  match?: { verb?: string; path?: string | RegExp; body?: RegExp }
  nth?: number
  times?: number
}

/** Tells which fault strikes a call, if any. */
export interface FaultChooser {
  /** Asks the rules that need no body. */
  atHead: (call: CallFacts) => Fault | undefined
  /** Asks the rules that need the body. */
  atBody: (call: CallFacts) => Fault | undefined
}

/** Follows rules through the calls of one run; the first rule that strikes a call has it alone. */
export function faultChooser(rules: readonly FaultRule[]): FaultChooser {
  const hits = new Map<FaultRule, number>()
  const strikes = (rule: FaultRule, call: CallFacts): boolean => {
    if (!concerns(rule, call)) return false
    const hit = (hits.get(rule) ?? 0) + 1
    hits.set(rule, hit)
    const first = rule.nth ?? 1
    return hit >= first && hit < first + (rule.every === undefined ? (rule.times ?? 1) : Infinity)
  }
  const choose =
    (needsBody: boolean) =>
    (call: CallFacts): Fault | undefined =>
      rules
        .filter((rule) => (rule.match?.body !== undefined) === needsBody)
        .find((rule) => strikes(rule, call))
  return { atHead: choose(false), atBody: choose(true) }
}

function concerns({ call: from, every, match, times = 1 }: FaultRule, call: CallFacts): boolean {
  if (from !== undefined) return call.number >= from && call.number < from + times
  if (every !== undefined) return call.number > 0 && call.number % every === 0
  if (match?.verb !== undefined && match.verb !== call.verb) return false
  if (match?.body !== undefined && !match.body.test(call.body)) return false
  const path = match?.path ?? ''
  return typeof path === 'string' ? call.path.includes(path) : path.test(call.path)
}
