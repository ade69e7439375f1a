import type { TestLog } from '../actions/test-release.ts'
import type { Release } from '../release/release.ts'
import { viewRelease } from './release-view.ts'
import { term } from './term.ts'

/** A release whose tests have run, and what they have written; the form is Helm's. */
export function viewTested(release: Release, logs: readonly TestLog[] | undefined): string {
  const status = viewRelease(release, { hideNotes: true })
  if (logs === undefined) return status
  const texts = logs.map(
    ({ test, logs }) => `POD LOGS: ${test}\n${logs.map(({ text }) => text).join('')}\n`,
  )
  return `${status}\n${term(texts.join(''))}`
}
