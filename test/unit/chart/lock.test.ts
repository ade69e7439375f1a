import { expect, test } from 'vitest'
import { assertInstallable } from '../../../src/actions/installable.ts'
import {
  assertDependenciesPresent,
  assertLockInStep,
  isLockInStep,
  lockDigest,
  missingDependencies,
} from '../../../src/chart/lock.ts'
import { chartOf, chartYaml } from '../../support/chart-builder.ts'

const DEPENDENCIES = `dependencies:
  - name: db
    version: ">=1.0.0 <2"
    repository: file://../db
    condition: db.enabled,global.<db>&
    tags: [back, 1]
    import-values:
      - data
      - child: a.b
        parent: c
        n: 1.5
    alias: store
  - name: db
    version: 1.x
    repository: file://../db
    enabled: true
`

const LOCKED = `dependencies:
- name: db
  repository: file://../db
  version: 1.2.3
- name: db
  repository: file://../db
  version: 1.2.3
digest: DIGEST
generated: "2026-11-21T12:26:48.461399477Z"
`

// As `helm dependency update` of Helm 4.1.4 wrote it for this Chart.yaml.
const DIGEST = 'sha256:1a5b1de40fde7ed08839937a9ace326e33e0162fd3b3333f72fe595c553d09e1'

function locked(digest: string, dependencies = DEPENDENCIES) {
  return chartOf({
    'Chart.yaml': chartYaml('web', dependencies),
    'Chart.lock': LOCKED.replace('DIGEST', digest),
  })
}

test('the digest is the one that Helm writes', () => {
  const { metadata, lock } = locked(DIGEST)
  expect(lockDigest(metadata.dependencies, lock?.dependencies)).toBe(DIGEST)
})

test('a lock is in step while Chart.yaml declares what was locked', () => {
  expect(isLockInStep(locked(DIGEST))).toBe(true)
  expect(isLockInStep(locked(DIGEST, DEPENDENCIES.replace('1.x', '2.x')))).toBe(false)
})

test('a chart without a lock is in step when it has no dependencies', () => {
  expect(isLockInStep(chartOf({}))).toBe(true)
  expect(isLockInStep(chartOf({ 'Chart.yaml': chartYaml('web', DEPENDENCIES) }))).toBe(false)
})

test('a lock out of step is an error with the words of Helm', () => {
  expect(() => assertLockInStep(locked('sha256:0'))).toThrow(
    'the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies',
  )
})

test('a requirements.lock of Helm 2 is in step by the digest of Helm 2', () => {
  const chart = chartOf({
    'Chart.yaml': chartYaml().replace('v2', 'v1'),
    'requirements.yaml': 'dependencies: [{name: db, version: 1.x, repository: "http://x"}]',
    // sha256 of {"dependencies":[{"name":"db","version":"1.x","repository":"http://x"}]}
    'requirements.lock':
      'digest: sha256:dd2134e81ef8240c200a71b29cdc47b30145b0be38513e9884c79d3b69059ce2',
  })
  expect(isLockInStep(chart)).toBe(true)
})

test('dependencies that charts/ does not hold are missing, in the order of Chart.yaml', () => {
  const chart = chartOf({
    'Chart.yaml': chartYaml('web', 'dependencies: [{name: c}, {name: db}, {name: b}]\n'),
    'charts/database/Chart.yaml': chartYaml('db'),
  })
  expect(missingDependencies(chart)).toEqual(['c', 'b'])
  // The text that `helm package` of Helm 4.1.4 prints, and what `helm template` puts before it.
  const text = 'found in Chart.yaml, but missing in charts/ directory: c, b'
  expect(() => assertDependenciesPresent(chart)).toThrow(expect.objectContaining({ message: text }))
  expect(() => assertInstallable(chart)).toThrow(
    expect.objectContaining({
      message: `an error occurred while checking for chart dependencies. You may need to run \`helm dependency build\` to fetch missing dependencies: ${text}`,
    }),
  )
})
