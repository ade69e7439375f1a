/** Wakes one waiter when something has happened, or when its time is up. */
export interface Bell {
  ring(): void
  /** Ends at once when the bell has rung since the last wait; never rejects. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** Timers of Node hold no more, in milliseconds. */
const LONGEST = 0x7fff_ffff

export function newBell(): Bell {
  let hasRung = false
  let wake: () => void = () => undefined
  return {
    ring() {
      hasRung = true
      wake()
    },
    async wait(milliseconds, signal) {
      if (!hasRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(milliseconds, LONGEST))
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
          signal.addEventListener('abort', wake, { once: true })
        })
        signal.removeEventListener('abort', wake)
      }
      hasRung = false
    },
  }
}
