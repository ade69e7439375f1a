import { setMaxListeners } from 'node:events'

/** Gives a signal that is aborted when one of these is, and that any number of calls may heed. */
export function eitherSignal(...signals: AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any(signals)
  // Each call under way listens, and there may be more than the ten that Node takes for a leak.
  setMaxListeners(0, signal)
  return signal
}
