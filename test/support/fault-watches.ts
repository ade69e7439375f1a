import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendHead, statusText, write, type Exchange } from './fault-exchange.ts'
import type { Fault, WatchFault } from './fault-rules.ts'

/** Whether a fault is one of a watch's stream. */
export function isWatchFault(fault: Fault): fault is WatchFault {
  return fault.mode.startsWith('watch-')
}

/** Passes the events of a watch on, as the fault says. */
export async function streamWith(
  fault: WatchFault,
  exchange: Exchange,
  body: Buffer,
): Promise<void> {
  if (fault.mode === 'watch-gone') return gone(exchange)
  const reply = await exchange.open(body)
  sendHead(exchange, reply)
  if (fault.mode === 'watch-silent') return undefined
  if (fault.mode === 'watch-short')
    setTimeout(() => (reply.destroy(), exchange.answer.end()), fault.ms).unref()
  const pass =
    fault.mode === 'watch-flood' ? flood(exchange, fault.perSecond) : passing(fault, exchange)
  let seen = 0
  for await (const line of linesOf(reply)) {
    if (isOver(fault, seen)) break
    await pass(line, seen++)
    if (isOver(fault, seen)) break
  }
  if (fault.mode === 'watch-error')
    await write(
      exchange,
      Buffer.from(`{"type":"ERROR","object":${statusText(410, 'Expired').trim()}}\n`),
    )
  reply.destroy()
  exchange.answer.end()
}

async function gone(exchange: Exchange): Promise<void> {
  exchange.call.status = 410
  exchange.answer.writeHead(410, { 'content-type': 'application/json' })
  await write(exchange, Buffer.from(statusText(410, 'Expired')))
  exchange.answer.end()
}

function isOver(fault: WatchFault, seen: number): boolean {
  return (fault.mode === 'watch-drop' || fault.mode === 'watch-error') && seen >= fault.after
}

/** Passes a line on, the first of which has the number 0. */
type Pass = (line: Buffer, seen: number) => Promise<void>

function passing(fault: WatchFault, exchange: Exchange): Pass {
  return async (line, seen) => {
    switch (fault.mode) {
      case 'watch-split':
        for (const part of cut(line)) {
          await write(exchange, part)
          await sleep(1)
        }
        return
      case 'watch-big':
        return write(exchange, seen === 0 ? padded(line, fault.bytes) : line)
      case 'watch-no-bookmarks':
        return line.includes('"type":"BOOKMARK"') ? undefined : write(exchange, line)
      default:
        return write(exchange, line)
    }
  }
}

/** Cuts between bytes: in thirds, and wherever a character has more than one byte. */
function cut(line: Buffer): Buffer[] {
  const wide = line.findIndex((byte) => byte >= 0xc0)
  const places = [line.length / 3, wide < 0 ? (line.length * 2) / 3 : wide + 1]
  const cuts = [0, ...places.map(Math.floor).sort((a, b) => a - b), line.length]
  return cuts.slice(1).map((end, at) => line.subarray(cuts[at], end))
}

/** Puts an annotation of so many bytes into an event's object. */
function padded(line: Buffer, bytes: number): Buffer {
  const event = JSON.parse(line.toString('utf8')) as WatchEvent
  const annotations = { ...event.object.metadata.annotations, padding: 'x'.repeat(bytes) }
  const metadata = { ...event.object.metadata, annotations }
  return Buffer.from(`${JSON.stringify({ ...event, object: { ...event.object, metadata } })}\n`)
}

interface WatchEvent {
  type: string
  object: { metadata: { annotations?: Record<string, string> } }
}

/** Repeats the newest change between the events that come, until the answer is gone. */
function flood(exchange: Exchange, perSecond: number): Pass {
  const each = Math.max(1, Math.round(perSecond / 100))
  let batch: Buffer | undefined
  const repeat = async (): Promise<void> => {
    while (!exchange.answer.writableEnded && !exchange.answer.destroyed) {
      if (batch !== undefined) await write(exchange, batch)
      await sleep((each * 1000) / perSecond)
    }
  }
  return async (line) => {
    await write(exchange, line)
    if (line.includes('"type":"BOOKMARK"')) return
    const isFirst = batch === undefined
    const again = Buffer.from(line.toString('utf8').replace('"type":"ADDED"', '"type":"MODIFIED"'))
    batch = Buffer.concat(Array.from({ length: each }, () => again))
    if (isFirst) void repeat()
  }
}

/** Gives the lines of a stream with their ends, as they come. */
async function* linesOf(reply: IncomingMessage): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0)
  for await (const part of reply) {
    rest = Buffer.concat([rest, part as Buffer])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.subarray(0, end + 1)
      rest = rest.subarray(end + 1)
    }
  }
}
