import { onTestFinished } from 'vitest'

/**
 * Listens until the test ends for what the launcher listens for, which is a script of its own.
 *
 * @returns how often it was told by now
 */
export function hearLongRuns(): () => number {
  const events: NodeJS.EventEmitter = process
  let heard = 0
  const hear = () => heard++
  events.on('kubectl-pkg: long run', hear)
  onTestFinished(() => {
    events.off('kubectl-pkg: long run', hear)
  })
  return () => heard
}
