import { expect, test } from 'vitest'
import { waitSettings } from '../../../src/cli/open-progress.ts'

const progress = {
  onProgress: () => undefined,
  note: () => undefined,
  close: () => undefined,
}

/** Wanted values: Helm 4.1.4 pkg/kube/statuswait.go, DefaultStatusWatcherTimeout. */
test.each([
  { given: undefined, timeout: 300_000 },
  { given: 0, timeout: 30_000 },
  { given: 1, timeout: 1 },
])('--timeout of $given ms lets a step take $timeout ms', ({ given, timeout }) => {
  expect(waitSettings({ timeout: given, wait: 'watcher' }, progress)).toMatchObject({ timeout })
})
