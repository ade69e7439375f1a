import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallFacts } from './fault-rules.ts'

/** One call as the proxy saw it. */
export interface ProxiedCall extends CallFacts {
  /** Milliseconds since the run began. */
  time: number
  /** The content type of the request's body; empty without one. */
  type: string
  /** The kind of the object in the body, if it is JSON. */
  kind: string
  /** The answer's status; 0 while there is none, and where none was given. */
  status: number
  /** Bytes of the answer's body that were given to the client. */
  bytes: number
  /** The fault that it met. */
  mode: string
}

/** One call between the client and the API server. */
export interface Exchange {
  asked: IncomingMessage
  answer: ServerResponse
  call: ProxiedCall
  /** Sends the call on, and gives the answer while it comes. */
  open: (body: Buffer) => Promise<IncomingMessage>
  /** Ends the client's connection by RST. */
  reset: () => void
  /** Sends a signal to the client's process; SIGKILL is waited for. */
  signal: (signal: NodeJS.Signals) => Promise<void>
}

/** Sends the status and the head of a reply at once, so that a stream that is silent is open. */
export function sendHead(
  { answer, call }: Exchange,
  reply: IncomingMessage,
  own: Record<string, string> = {},
): void {
  call.status = reply.statusCode ?? 0
  const dropped = new Set(['connection', 'keep-alive', ...Object.keys(own)])
  if ('content-length' in own) dropped.add('transfer-encoding')
  const kept = reply.rawHeaders.filter(
    (_, at, all) => !dropped.has((all[at - (at % 2)] ?? '').toLowerCase()),
  )
  answer.writeHead(call.status, [...kept, ...Object.entries(own).flat()])
  answer.flushHeaders()
}

/** Gives bytes to the client, and waits while it does not take them. */
export async function write({ answer, call }: Exchange, part: Buffer): Promise<void> {
  call.bytes += part.length
  if (answer.destroyed) throw new Error('the client is gone')
  if (answer.write(part)) return
  const leave = new AbortController()
  const options = { signal: leave.signal }
  await Promise.race([once(answer, 'drain', options), once(answer, 'close', options)])
  leave.abort()
}

/** Makes the body of a failure as the API server writes it. */
export function statusText(code: number, reason: string, more = ''): string {
  const message = `refused by the test${more}`
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }
  return `${JSON.stringify({ ...status, message, reason, code })}\n`
}
