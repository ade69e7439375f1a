import type { ObjectName, ProgressEvent } from '../types/event.ts'

/** Lines of one wait; after them only what is not ready in the end is told. */
const MOST_LINES = 100

/** Turns events into plain lines, one for each change of a state; empty when there is none. */
export function plainLines(): (event: ProgressEvent) => string[] {
  let told = 0
  const states = new Map<string, string>()
  const tellObject = (event: ProgressEvent & { type: 'object' }): string[] => {
    const label = labelOf(event.object)
    const line = `${label}: ${event.state === 'progressing' ? '' : `${event.state}, `}${event.text}`
    if (states.get(label) === line || event.text === 'is not seen yet') return []
    states.set(label, line)
    told += 1
    if (told === MOST_LINES) return [line, 'more is not told line by line']
    return told > MOST_LINES && event.state !== 'failed' ? [] : [line]
  }
  return (event) => {
    switch (event.type) {
      case 'wait':
        told = 0
        states.clear()
        return event.purpose === 'hook' ? [] : [waitLine(event)]
      case 'object':
        return tellObject(event)
      case 'hook':
        return [`${event.event} hook ${labelOf(event.object)}: ${HOOK_PHASES[event.phase]}`]
      case 'log':
        return logLines(event)
      case 'heartbeat':
        return [
          `still waiting after ${event.waitedSeconds} s: ${event.open} of ${event.total} not ready`,
        ]
      default:
        // The error that follows a failure tells it in full.
        return []
    }
  }
}

const HOOK_PHASES = {
  Running: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Skipped: 'has run already',
} as const

/** What a container wrote, with whose it is. */
export function logLines(event: ProgressEvent & { type: 'log' }): string[] {
  const lines = event.text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return [`log of ${event.container} in Pod/${event.pod}:`, ...lines.map((line) => `  ${line}`)]
}

function waitLine({ objects, timeoutSeconds }: ProgressEvent & { type: 'wait' }): string {
  const what = objects.length === 1 ? objects.map(labelOf).join('') : `${objects.length} objects`
  return `waiting for ${what}, for up to ${timeoutSeconds} s`
}

export function labelOf({ kind, name }: ObjectName): string {
  return `${kind}/${name}`
}
