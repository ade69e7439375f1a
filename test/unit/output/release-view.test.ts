import { expect, test } from 'vitest'
import { viewMetadata, viewRelease } from '../../../src/output/release-view.ts'
import { releaseOf } from '../../support/releases.ts'

// Wanted is what `helm get metadata` of Helm 4.1.4 prints.
test('the names of dependencies are sorted, whatever order Chart.yaml has', () => {
  const text = viewMetadata({
    name: 'web',
    chart: 'web',
    version: '1.0.0',
    appVersion: '',
    annotations: {},
    labels: {},
    dependencies: ['common', 'service', 'Access', 'cache'].map((name) => ({
      name,
      repository: '',
    })),
    namespace: 'apps',
    revision: 2,
    status: 'superseded',
    deployedAt: '2026-01-02T03:04:05Z',
    applyMethod: 'ssa',
  })
  expect(text).toBe(`NAME: web
CHART: web
VERSION: 1.0.0
APP_VERSION: 
ANNOTATIONS: 
LABELS: 
DEPENDENCIES: Access,cache,common,service
NAMESPACE: apps
REVISION: 2
STATUS: superseded
DEPLOYED_AT: 2026-01-02T03:04:05Z
APPLY_METHOD: server-side apply`)
})

// Wanted is what `helm install --dry-run=client` of Helm 4.1.4 prints.
test.each([
  { about: 'a line', notes: '\n\tGo on.\u0085\n', want: 'NOTES:\nGo on.\n' },
  { about: 'white space alone', notes: '\n\n', want: 'NOTES:\n\n' },
  { about: 'nothing', notes: '', want: '' },
])('notes that are $about', ({ notes, want }) => {
  const text = viewRelease(releaseOf({ notes }))
  expect(text.slice(text.indexOf('TEST SUITE'))).toBe(`TEST SUITE: None\n${want}`)
})
