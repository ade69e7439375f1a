import { readLogs, type PodLog } from '../apply/hook-logs.ts'
import { withLock } from '../apply/lock.ts'
import { byWeightAndName, executeHooks } from '../apply/run-hooks.ts'
import type { Site } from '../apply/site.ts'
import { PkgError } from '../base/errors.ts'
import { decodeObjects } from '../manifest/decode-objects.ts'
import { isTest } from '../manifest/hooks.ts'
import type { Hook } from '../manifest/manifest.ts'
import { lastRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import type { ReleaseName } from '../storage/storage.ts'
import { placeObjects } from '../apply/target-objects.ts'
import type { Connections } from './connections.ts'
import { assertReleaseName } from './names.ts'
import { assertRights } from './preflight.ts'

export interface TestRequest {
  release: ReleaseName
  /** Names of tests; only these when there are any. */
  only?: readonly string[]
  /** Names of tests that are left out. */
  without?: readonly string[]
  /** What they have written will be asked for. */
  withLogs?: boolean
}

/** What the tests of a release left behind, while it is still there. */
export interface Tested {
  /** As it is recorded now. */
  release: Release
  /** Why a test failed; undefined when all went well. */
  failure: PkgError | undefined
  /** What one test after the other has written; to be called before this one's end. */
  logs: () => Promise<TestLog[]>
}

export interface TestLog {
  test: string
  logs: readonly PodLog[]
}

/** How long a test may take when nobody says, in milliseconds. */
const TIMEOUT = 300_000

/**
 * Runs the tests of a release's newest revision, those hooks of its chart that are for it.
 *
 * @param onEnded shows what came of them, before their objects are deleted
 * @throws PkgError RELEASE_NOT_FOUND, TARGET_INVALID for a target that runs nothing, TEST_FAILED
 *
 * Source: Helm 4.1.4 pkg/action/release_testing.go.
 */
export async function testRelease(
  connections: Connections,
  request: TestRequest,
  onEnded: (tested: Tested) => Promise<void>,
): Promise<void> {
  const { cluster, storage, identity, wait, now, signal, onNotice } = connections
  const { times, timeout, onWait } = connections.lock
  const { name, namespace } = request.release
  assertReleaseName(request.release)
  if (!cluster.runsHooks) throw runsNothing(cluster.target)
  if (connections.records !== undefined) {
    const found = lastRevision(await storage.history(request.release))
    if (found === undefined) throw notFound()
    const { withLogs } = request
    await assertRights(connections, { verb: 'test', release: found, withLogs })
  }
  const lock = { release: request.release, verb: 'test', request: `${namespace}/${name}`, identity }
  await withLock(cluster.leases, { ...lock, times, timeout, now, signal, onWait }, async (held) => {
    const site: Site = { cluster, storage, lock: held, wait, now, signal, onNotice }
    await runTests(site, request, onEnded)
  })
}

async function runTests(
  site: Site,
  request: TestRequest,
  onEnded: (tested: Tested) => Promise<void>,
): Promise<void> {
  const found = lastRevision(await site.storage.history(request.release))
  if (found === undefined) throw notFound()
  let release = found
  tellUnknown(site, release, request)
  const isChosen = chooser(request)
  const { failure, finish } = await executeHooks(site, {
    release,
    event: 'test',
    timeout: site.wait?.timeout ?? TIMEOUT,
    isChosen,
    async record(hooks) {
      release = { ...release, hooks }
      await site.lock.assertStillOurs()
      await site.storage.update(release)
    },
  })
  const tests = release.hooks.filter((hook) => isTest(hook) && isChosen(hook))
  try {
    await onEnded({
      release,
      failure: failure && asTestFailure(failure),
      logs: () => logsOf(site, release, tests),
    })
  } finally {
    await finish()
  }
  if (failure !== undefined) throw asTestFailure(failure)
}

/** A name that is no test's would else choose nothing, and all would seem well. */
function tellUnknown(
  { onNotice }: Site,
  { name: release, hooks }: Release,
  { only = [], without = [] }: TestRequest,
): void {
  const names = hooks.filter(isTest).map(({ name }) => name)
  const there = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
  for (const name of [...only, ...without].filter((each) => !names.includes(each))) {
    onNotice(`warning: release "${release}" has no test "${name}"; ${there}`)
  }
}

function chooser({ only = [], without = [] }: TestRequest): (hook: Hook) => boolean {
  return ({ name }) => !without.includes(name) && (only.length === 0 || only.includes(name))
}

async function logsOf(site: Site, release: Release, tests: readonly Hook[]): Promise<TestLog[]> {
  const found: TestLog[] = []
  for (const test of tests.toSorted(byWeightAndName)) {
    const objects = decodeObjects(test.manifest, test.path)
    const scopeOf = await site.cluster.scopes(objects, site.signal)
    const logs: PodLog[] = []
    for (const object of placeObjects(objects, scopeOf, release.namespace)) {
      logs.push(...(await readLogs(site, object)))
    }
    if (test.kind === 'Pod' || test.kind === 'Job') found.push({ test: test.name, logs })
  }
  return found
}

function asTestFailure({ message, hint, details, cause }: PkgError): PkgError {
  const text = message.replace(/^test hook /, 'test ')
  return new PkgError('TEST_FAILED', text, { hint, details, cause })
}

function notFound(): PkgError {
  return new PkgError('RELEASE_NOT_FOUND', 'release: not found', {
    hint: 'Run "kubectl pkg list -A" to see the releases of this target.',
  })
}

function runsNothing(target: string): PkgError {
  return new PkgError('TARGET_INVALID', `"${target}" runs no tests`, {
    hint: 'Leave --target out to test the release that is in a cluster.',
  })
}
