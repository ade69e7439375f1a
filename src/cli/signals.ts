/** Signals by which a person or a machine asks a run to end. */
const STOPPING = ['SIGINT', 'SIGTERM'] as const

export type StoppingSignal = (typeof STOPPING)[number]

/**
 * Calls back at the first signal to stop; the second ends the process at once, as the system
 * does it. A terminal that is closed (SIGHUP) stops nothing.
 *
 * @returns takes the handlers away again
 */
export function onStoppingSignal(handle: (signal: StoppingSignal) => void): () => void {
  const stop = (signal: StoppingSignal): void => {
    remove()
    handle(signal)
  }
  const ignore = (): void => undefined
  const remove = (): void => {
    for (const signal of STOPPING) process.off(signal, stop)
  }
  for (const signal of STOPPING) process.on(signal, stop)
  process.on('SIGHUP', ignore)
  return () => {
    remove()
    process.off('SIGHUP', ignore)
  }
}

/** Runs what blocks: no handler could run meanwhile, so a signal ends the process as by default. */
export function withoutHandlers<T>(run: () => T): T {
  const handlers = STOPPING.map((signal) => ({ signal, listeners: process.listeners(signal) }))
  for (const { signal, listeners } of handlers) {
    for (const listener of listeners) process.off(signal, listener)
  }
  try {
    return run()
  } finally {
    for (const { signal, listeners } of handlers) {
      for (const listener of listeners) process.on(signal, listener)
    }
  }
}
