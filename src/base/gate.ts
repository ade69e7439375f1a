/** Runs a task as soon as there is room for it. */
export type Gate = <T>(signal: AbortSignal | undefined, task: () => Promise<T>) => Promise<T>

/** Lets no more than `size` tasks run at once; the others wait in the order they came. */
export function openGate(size: number): Gate {
  let running = 0
  const waiting: (() => void)[] = []
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
  return async (signal, task) => {
    if (running < size) running++
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      signal?.throwIfAborted()
      return await task()
    } finally {
      leave()
    }
  }
}
