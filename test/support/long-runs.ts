import { onTestFinished } from 'vitest'

/**
 * Listens until the test ends for what the launcher listens for, which is a script of its own.
 *
 * @returns whether much stays, of every time it was told by now
 */
export function hearLongRuns(): () => boolean[] {
  const events: NodeJS.EventEmitter = process
  const heard: boolean[] = []
  const hear = (leavesMuch: boolean) => heard.push(leavesMuch)
  events.on('kubectl-pkg: long run', hear)
  onTestFinished(() => {
    events.off('kubectl-pkg: long run', hear)
  })
  return () => heard
}
