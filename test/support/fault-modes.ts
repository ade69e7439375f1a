import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendHead, statusText, write, type Exchange } from './fault-exchange.ts'
import type { Fault } from './fault-rules.ts'
import { isWatchFault, streamWith } from './fault-watches.ts'

/** Answers a call as the fault says, or as the API server does. */
export async function answerWith(
  fault: Fault | undefined,
  exchange: Exchange,
  body: Buffer,
): Promise<void> {
  if (fault === undefined) return streamOn(exchange, body)
  if (isWatchFault(fault)) return streamWith(fault, exchange, body)
  if (isRefusal(fault)) return refuse(fault, exchange)
  switch (fault.mode) {
    case 'kill-before':
    case 'reset-before':
      return end(exchange, fault.mode)
    case 'kill-after':
    case 'reset-after':
      await wholeReply(exchange, body)
      return end(exchange, fault.mode)
    case 'stall':
      return stall(exchange, fault.at)
    case 'dribble':
      return dribble(exchange, body, fault.bytesPerSecond ?? 1)
    case 'garbage':
      return garbage(exchange, body, fault.as)
    default:
      await happenBefore(fault, exchange)
      return streamOn(exchange, body)
  }
}

type Happening = Extract<Fault, { mode: 'term-before' | 'int-before' | 'stop' | 'second-writer' }>

async function happenBefore(fault: Happening, exchange: Exchange): Promise<void> {
  switch (fault.mode) {
    case 'term-before':
      return exchange.signal('SIGTERM')
    case 'int-before':
      return exchange.signal('SIGINT')
    case 'second-writer':
      await fault.write(exchange.call)
      return undefined
    default:
      await exchange.signal('SIGSTOP')
      await sleep(fault.ms)
      return exchange.signal('SIGCONT')
  }
}

/** Passes a reply on as it comes. */
async function streamOn(exchange: Exchange, body: Buffer): Promise<void> {
  const reply = await exchange.open(body)
  sendHead(exchange, reply)
  for await (const part of reply) await write(exchange, part as Buffer)
  exchange.answer.end()
}

async function wholeReply(
  exchange: Exchange,
  body: Buffer,
): Promise<{ reply: IncomingMessage; content: Buffer }> {
  const reply = await exchange.open(body)
  const parts: Buffer[] = []
  for await (const part of reply) parts.push(part as Buffer)
  return { reply, content: Buffer.concat(parts) }
}

async function end(exchange: Exchange, mode: string): Promise<void> {
  if (mode.startsWith('kill')) await exchange.signal('SIGKILL')
  exchange.reset()
}

function stall(exchange: Exchange, at: 'answer' | 'body' | 'request'): void {
  if (at !== 'body') return
  exchange.call.status = 200
  exchange.answer.writeHead(200, { 'content-type': 'application/json' })
  exchange.answer.flushHeaders()
}

async function dribble(exchange: Exchange, body: Buffer, bytesPerSecond: number): Promise<void> {
  const { reply, content } = await wholeReply(exchange, body)
  sendHead(exchange, reply)
  for (let at = 0; at < content.length; at++) {
    await write(exchange, content.subarray(at, at + 1))
    await sleep(1000 / bytesPerSecond)
  }
  exchange.answer.end()
}

async function garbage(
  exchange: Exchange,
  body: Buffer,
  as: 'text' | 'cut' | 'type',
): Promise<void> {
  const { reply, content } = await wholeReply(exchange, body)
  const half = content.subarray(0, content.length / 2)
  const bytes = { text: Buffer.from('it works!\n'), cut: half, type: content }[as]
  sendHead(exchange, reply, {
    'content-length': String(bytes.length),
    ...(as === 'type' ? { 'content-type': 'text/html' } : {}),
  })
  await write(exchange, bytes)
  exchange.answer.end()
}

type Refusal = Extract<
  Fault,
  { mode: '429' | '500' | '502' | '503' | '504' | '409' | '401' | '403' | '422' }
>

/** The reasons that the API server gives with its codes. Source: apimachinery's meta/v1 StatusReason. */
const REASONS: Record<string, string> = {
  '401': 'Unauthorized',
  '403': 'Forbidden',
  '422': 'Invalid',
  '429': 'TooManyRequests',
  '500': 'InternalError',
  '503': 'ServiceUnavailable',
  '504': 'Timeout',
}

function isRefusal(fault: Fault): fault is Refusal {
  return /^[45]\d\d$/.test(fault.mode)
}

async function refuse(fault: Refusal, exchange: Exchange): Promise<void> {
  const { answer, call } = exchange
  call.status = Number(fault.mode)
  const isPage = 'page' in fault && fault.page
  const retry = 'retryAfter' in fault ? { 'retry-after': fault.retryAfter } : {}
  answer.writeHead(call.status, {
    'content-type': isPage ? 'text/html' : 'application/json',
    ...retry,
  })
  const reason = 'reason' in fault ? fault.reason : (REASONS[fault.mode] ?? '')
  const quoted = 'quoting' in fault && fault.quoting ? `: ${call.body}` : ''
  const page = `<html><body><h1>${fault.mode} from the balancer</h1></body></html>\n`
  await write(exchange, Buffer.from(isPage ? page : statusText(call.status, reason, quoted)))
  answer.end()
}
