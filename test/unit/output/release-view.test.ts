import { expect, test } from 'vitest'
import { viewMetadata } from '../../../src/output/release-view.ts'

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
