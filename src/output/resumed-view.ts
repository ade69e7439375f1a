import type { Resumed } from '../actions/resume.ts'
import { term } from './term.ts'

/** What `resume` and `abort` did: `upgrade of release "web" finished: revision 3 is deployed`. */
export function viewResumed({ verb, release }: Resumed, how: 'finished' | 'undone'): string {
  const { name, revision, status } = release
  const isGone = status === 'uninstalled'
  const now = isGone ? 'the release is gone' : `revision ${revision} is ${status}`
  return term(`${verb} of release "${name}" ${how}: ${now}\n`)
}
