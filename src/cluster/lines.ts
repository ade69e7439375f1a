import type { IncomingMessage } from 'node:http'
import { asExchangeError, ExchangeError } from './exchange.ts'

export interface LineOptions {
  /** Milliseconds without a byte until the connection is taken for dead. */
  silence: number
  signal: AbortSignal | undefined
  /** Makes what is thrown when the connection breaks. */
  fail: (error: ExchangeError) => Error
}

/** Lines of an answer while they come; one that the server did not end is dropped. */
export async function* readLines(
  message: IncomingMessage,
  { silence, signal, fail }: LineOptions,
): AsyncGenerator<string> {
  const text = `nothing came for ${silence / 1000} s`
  const dead = (): void => void message.destroy(new ExchangeError('SILENCE', text, false))
  const stop = (): void => void message.destroy(signal?.reason as Error)
  const timer = setTimeout(dead, silence)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  message.setEncoding('utf8')
  try {
    // A line may come in many pieces; they are put together once.
    let pieces: string[] = []
    for await (const chunk of message) {
      timer.refresh()
      const [first = '', ...rest] = String(chunk).split('\n')
      pieces.push(first)
      for (const piece of rest) {
        yield pieces.join('')
        pieces = [piece]
      }
    }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    throw fail(asExchangeError(error as Error, false))
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    message.destroy()
  }
}
