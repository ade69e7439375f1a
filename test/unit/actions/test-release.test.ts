import { afterEach, beforeEach, expect, test } from 'vitest'
import { testRelease, type Tested } from '../../../src/actions/test-release.ts'
import type { Connections } from '../../../src/actions/connections.ts'
import { directoryLeases } from '../../../src/cluster/directory-leases.ts'
import { openFiles } from '../../../src/base/files.ts'
import type { Hook } from '../../../src/manifest/manifest.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { viewTested } from '../../../src/output/tested-view.ts'
import { openMemoryStorage } from '../../../src/storage/memory.ts'
import { liveCluster, type LiveCluster } from '../../support/live-cluster.ts'
import { releaseOf } from '../../support/releases.ts'
import { connectTo, temporaryFolder } from '../../support/target.ts'

const release = { name: 'web', namespace: 'apps' }
let folder: ReturnType<typeof temporaryFolder>
let cluster: LiveCluster

beforeEach(() => {
  folder = temporaryFolder()
  cluster = liveCluster()
  cluster.onApplied = (object: KubeObject) => {
    const phase = object.metadata.name === 'bad' ? 'Failed' : 'Succeeded'
    cluster.put({ ...object, spec: { containers: [{ name: 'main' }] }, status: { phase } })
    cluster.containerLogs.set(`${object.metadata.name}/main`, `log of ${object.metadata.name}\n`)
  }
})
afterEach(() => folder.remove())

function testOf(name: string, fields: Partial<Hook> = {}): Hook {
  return {
    name,
    kind: 'Pod',
    path: `web/templates/${name}.yaml`,
    manifest: `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`,
    events: ['test'],
    weight: 0,
    deletePolicies: [],
    outputLogPolicies: [],
    ...fields,
  }
}

/** Connections to a cluster in memory that holds a release with these tests. */
async function connect(hooks: Hook[]): Promise<Connections> {
  const storage = openMemoryStorage()
  if (hooks.length > 0) await storage.create(releaseOf({ hooks }))
  const leases = directoryLeases(folder.path, openFiles())
  return { ...connectTo({ path: folder.path }), storage, cluster: { ...cluster, leases } }
}

async function run(hooks: Hook[], request: { only?: string[]; without?: string[] } = {}) {
  const connections = await connect(hooks)
  const shown: string[] = []
  const onEnded = async (tested: Tested): Promise<void> => {
    shown.push(viewTested(tested.release, await tested.logs()))
  }
  const failure = await testRelease(connections, { release, ...request }, onEnded).catch(
    (error: unknown) => error,
  )
  const [stored] = await connections.storage.history(release)
  const phases = stored?.hooks.map(({ name, lastRun }) => `${name} ${lastRun?.phase ?? '-'}`)
  return { shown: shown.join(''), failure, phases }
}

test('tests run by weight, are shown with their logs and recorded', async () => {
  const { shown, failure, phases } = await run([
    testOf('b', { weight: 1 }),
    testOf('a'),
    testOf('hook', { events: ['pre-install'] }),
  ])
  expect(failure).toBeUndefined()
  expect(phases).toEqual(['b Succeeded', 'a Succeeded', 'hook -'])
  expect(shown.replaceAll(/(Started|Completed):.*/g, '$1')).toBe(`NAME: web
LAST DEPLOYED: Thu Jan  1 00:00:00 2026
NAMESPACE: apps
STATUS: deployed
REVISION: 1
DESCRIPTION: Install complete
TEST SUITE:     b
Last Started
Last Completed
Phase:          Succeeded
TEST SUITE:     a
Last Started
Last Completed
Phase:          Succeeded

POD LOGS: a
log of a

POD LOGS: b
log of b

`)
})

test('a test that fails ends the others, and its objects go after they were shown', async () => {
  const bad = testOf('bad', { deletePolicies: ['hook-failed'] })
  const { shown, failure, phases } = await run([bad, testOf('later', { weight: 1 })])
  expect(failure).toMatchObject({ code: 'TEST_FAILED', message: 'test Pod/bad failed: has failed' })
  expect(phases).toEqual(['bad Failed', 'later -'])
  expect(shown).toContain('POD LOGS: bad\nlog of bad\n')
  expect(cluster.calls.at(-2)).toBe('delete Pod/bad')
})

test.each([
  { request: { only: ['a'] }, want: ['a Succeeded', 'b -'] },
  { request: { without: ['a'] }, want: ['a -', 'b Succeeded'] },
  { request: { only: ['a', 'b'], without: ['b'] }, want: ['a Succeeded', 'b -'] },
])('filters choose: $request', async ({ request, want }) => {
  expect((await run([testOf('a'), testOf('b')], request)).phases).toEqual(want)
})

test('a release must be there', async () => {
  expect((await run([])).failure).toMatchObject({ code: 'RELEASE_NOT_FOUND' })
})

test('a directory runs nothing', async () => {
  const connections = connectTo({ path: folder.path })
  await expect(testRelease(connections, { release }, async () => undefined)).rejects.toMatchObject({
    code: 'TARGET_INVALID',
  })
})
