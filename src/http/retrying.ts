import { PkgError } from '../base/errors.ts'
import { requirePackage } from '../base/lazy.ts'
import { readRetryAfter } from '../base/retry-after.ts'
import { CUT_OFF, type HttpAnswer, type Send } from './open-http.ts'

const TRIES = 3
const BUSY: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
/** In milliseconds; nobody is kept waiting longer for an answer that may be no better. */
const PATIENCE = 10_000

/** Reads again when a server is busy or a connection breaks; writes are the caller's matter. */
export function retrying(send: Send, signal: AbortSignal | undefined): Send {
  return async (request) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    // What a sink has taken cannot be taken back.
    if (!isRead || request.sink !== undefined) return send(request)
    for (let tried = 1; ; tried++) {
      const own = 200 * 2 ** tried
      try {
        const answer = await send(request)
        const time = BUSY.has(answer.status) ? (pauseAsked(answer) ?? own) : undefined
        if (tried === TRIES || time === undefined || time > PATIENCE) return answer
        await pause(time, signal)
      } catch (error) {
        if (tried === TRIES || !isBroken(error)) throw error
        await pause(own, signal)
      }
    }
  }
}

/** What to do about a server that is busy, or out of order; undefined when it is neither. */
export function busyHint(answer: HttpAnswer): string | undefined {
  if (!BUSY.has(answer.status)) return undefined
  const time = pauseAsked(answer) ?? 0
  if (time === 0) return 'The server is busy or out of order: try again later.'
  return `The server asks for a pause of ${Math.ceil(time / 1000)} s: try again then.`
}

function pauseAsked({ headers }: HttpAnswer): number | undefined {
  return readRetryAfter(headers.get('retry-after'), headers.get('date'), Date.now())
}

function isBroken(error: unknown): boolean {
  if (!(error instanceof PkgError)) return false
  return error.message.endsWith(CUT_OFF) || /ECONNRESET|socket hang up/.test(error.message)
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { setTimeout } = requirePackage(
    'node:timers/promises',
  ) as typeof import('node:timers/promises')
  await setTimeout(milliseconds, undefined, { signal })
}
