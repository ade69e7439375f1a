import { beforeEach, describe, expect, test } from 'vitest'
import { executeHooks, resumeHooks, runHooks } from '../../../src/apply/run-hooks.ts'
import type { Site } from '../../../src/apply/site.ts'
import { PkgError } from '../../../src/base/errors.ts'
import type { JsonObject } from '../../../src/base/json.ts'
import type { Hook, HookEvent } from '../../../src/manifest/manifest.ts'
import { objectKey, type KubeObject } from '../../../src/manifest/object.ts'
import type { ProgressEvent } from '../../../src/types/event.ts'
import { condition, kubeObject } from '../../support/kube-objects.ts'
import { liveCluster, type LiveCluster } from '../../support/live-cluster.ts'
import { releaseOf } from '../../support/releases.ts'

let cluster: LiveCluster
let events: ProgressEvent[]
let recorded: string[][]
let seconds: number

beforeEach(() => {
  cluster = liveCluster()
  cluster.onApplied = complete
  events = []
  recorded = []
  seconds = 0
})

/** Ends a Job or Pod as its name says: those called `bad` fail. */
function complete(object: KubeObject): void {
  const isBad = object.metadata.name.startsWith('bad')
  const conditions = [
    condition(isBad ? 'Failed' : 'Complete', 'True', isBad ? 'BackoffLimitExceeded' : ''),
  ]
  const status: JsonObject =
    object.kind === 'Pod' ? { phase: isBad ? 'Failed' : 'Succeeded' } : { conditions }
  cluster.put({ ...object, status })
}

function siteOf(run = 'r1', signal = new AbortController().signal): Site {
  const lock = {
    holder: { run } as Site['lock']['holder'],
    left: undefined,
    assertHeld: async () => undefined,
    assertStillOurs: async () => undefined,
    takeUp: async () => undefined,
    startAnew: async () => undefined,
  }
  const now = (): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++))
  const wait = { timeout: 600_000, onProgress: (event: ProgressEvent) => events.push(event) }
  const storage = {} as Site['storage']
  return { cluster, storage, lock, now, signal, onNotice: (text) => recorded.push([text]), wait }
}

function hookOf(label: string, fields: Partial<Hook> = {}): Hook {
  const [kind = '', name = ''] = label.split('/')
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1'
  return {
    name,
    kind,
    path: `web/templates/${name}.yaml`,
    manifest: `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n`,
    events: ['pre-install'],
    weight: 0,
    deletePolicies: [],
    outputLogPolicies: [],
    ...fields,
  }
}

function requestOf(hooks: Hook[], event: HookEvent = 'pre-install') {
  const record = async (ran: Hook[]): Promise<void> => {
    recorded.push(ran.map(({ name, lastRun }) => `${name} ${lastRun?.phase ?? '-'}`))
  }
  return {
    release: releaseOf({ hooks, status: 'pending-install' }),
    event,
    timeout: 600_000,
    record,
  }
}

/** What was written: without looks and watches. */
function writes(): string[] {
  return cluster.calls.filter((call) => /^(apply|delete)/.test(call))
}

test('hooks of an event run by weight and name, each until it has ended', async () => {
  const hooks = [
    hookOf('Job/b'),
    hookOf('ConfigMap/c', { weight: -5 }),
    hookOf('Pod/a'),
    hookOf('Job/other', { events: ['post-install'] }),
    hookOf('Job/z', { weight: -1 }),
  ]
  const ran = await runHooks(siteOf(), requestOf(hooks))
  expect(writes()).toEqual(['apply ConfigMap/c', 'apply Job/z', 'apply Pod/a', 'apply Job/b'])
  expect(ran.map(({ name, lastRun }) => `${name} ${lastRun?.phase ?? '-'}`)).toEqual([
    'b Succeeded',
    'c Succeeded',
    'a Succeeded',
    'other -',
    'z Succeeded',
  ])
  expect(ran[1]).toMatchObject({
    deletePolicies: ['before-hook-creation'],
    lastRun: {
      event: 'pre-install',
      run: 'r1',
      startedAt: '2026-01-01T00:00:00Z',
      completedAt: '2026-01-01T00:00:02Z',
    },
  })
})

test('a hook is recorded as running before anything of it is written', async () => {
  await runHooks(siteOf(), requestOf([hookOf('Job/a')]))
  expect(recorded).toEqual([['a Running'], ['a Succeeded']])
})

describe('deletion', () => {
  test('comes before creation unless another policy is given', async () => {
    cluster.put(kubeObject('Job/a'))
    cluster.put(kubeObject('Job/b'))
    const kept = hookOf('Job/b', { deletePolicies: ['hook-failed'] })
    await runHooks(siteOf(), requestOf([hookOf('Job/a'), kept]))
    expect(writes()).toEqual(['delete Job/a', 'apply Job/a', 'apply Job/b'])
  })

  test('after success takes the last hook first, and never a CRD', async () => {
    const policies = { deletePolicies: ['hook-succeeded' as const] }
    const crd = { ...hookOf('Job/crd', policies) }
    const definition = {
      ...crd,
      kind: 'CustomResourceDefinition',
      manifest:
        'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: crd\n',
    }
    cluster.onApplied = (object) => {
      if (object.kind === 'CustomResourceDefinition')
        cluster.put({ ...object, status: { conditions: [condition('Established', 'True')] } })
      else complete(object)
    }
    await runHooks(
      siteOf(),
      requestOf([hookOf('Job/a', policies), hookOf('Job/b', policies), definition]),
    )
    expect(writes().slice(-2)).toEqual(['delete Job/b', 'delete Job/a'])
    expect(writes()).not.toContain('delete CustomResourceDefinition/crd')
  })

  test('after a failure goes by each hook’s own policy', async () => {
    const hooks = [
      hookOf('Job/a', { deletePolicies: ['hook-succeeded'] }),
      hookOf('Job/bad', { weight: 1, deletePolicies: ['hook-failed', 'before-hook-creation'] }),
      hookOf('Job/never', { weight: 2 }),
    ]
    await expect(runHooks(siteOf(), requestOf(hooks))).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      message: 'pre-install hook Job/bad failed: BackoffLimitExceeded',
    })
    expect(writes()).toEqual(['apply Job/a', 'apply Job/bad', 'delete Job/bad', 'delete Job/a'])
    expect(recorded.at(-1)).toEqual(['a Succeeded', 'bad Failed', 'never -'])
  })

  test('waits until it is asked for', async () => {
    const hook = hookOf('Job/a', { deletePolicies: ['hook-succeeded'] })
    const { finish } = await executeHooks(siteOf(), requestOf([hook]))
    expect(writes()).toEqual(['apply Job/a'])
    await finish()
    expect(writes()).toEqual(['apply Job/a', 'delete Job/a'])
  })
})

test('logs are told of as the policy asks, without secrets', async () => {
  cluster.onApplied = (object) => {
    complete(object)
    if (object.kind !== 'Job') return
    const labels = { 'job-name': object.metadata.name }
    const spec = { containers: [{ name: 'main' }] }
    cluster.put(kubeObject(`Pod/${object.metadata.name}-1`, { metadata: { labels }, spec }))
  }
  cluster.containerLogs.set('good-1/main', 'password: hunter22\ndone\n')
  const hooks = [
    hookOf('Job/good', { outputLogPolicies: ['hook-succeeded'] }),
    hookOf('Job/quiet', { outputLogPolicies: ['hook-failed'] }),
  ]
  await runHooks(siteOf(), requestOf(hooks))
  expect(events.filter(({ type }) => type === 'log')).toMatchObject([
    { event: 'pre-install', pod: 'good-1', container: 'main', text: 'password: [hidden]\ndone\n' },
  ])
})

describe('a run that was cut off and is repeated', () => {
  const lastRun = {
    phase: 'Succeeded',
    startedAt: 'then',
    completedAt: 'then',
    event: 'pre-install',
    run: 'r1',
  } as const

  test('does not run again what has ended well', async () => {
    await runHooks(siteOf(), requestOf([hookOf('Job/a', { lastRun }), hookOf('Job/b')]))
    expect(writes()).toEqual(['apply Job/b'])
    expect(events).toContainEqual(expect.objectContaining({ type: 'hook', phase: 'Skipped' }))
  })

  test('runs again what another run did, what failed, and what ran for an earlier event', async () => {
    const both: HookEvent[] = ['pre-install', 'post-install']
    const hooks = [
      hookOf('Job/a', { lastRun: { ...lastRun, run: 'r0' } }),
      hookOf('Job/b', { lastRun: { ...lastRun, phase: 'Failed' } }),
    ]
    await runHooks(siteOf(), requestOf(hooks))
    await runHooks(
      siteOf(),
      requestOf([hookOf('Job/c', { lastRun, events: both })], 'post-install'),
    )
    expect(writes().filter((call) => call.startsWith('apply'))).toEqual([
      'apply Job/a',
      'apply Job/b',
      'apply Job/c',
    ])
  })

  test('does not go back to an event once it has come to a later one', async () => {
    const both: HookEvent[] = ['pre-install', 'post-install']
    const later = { ...lastRun, event: 'post-install', phase: 'Running' } as const
    await runHooks(siteOf(), requestOf([hookOf('Job/a', { lastRun: later, events: both })]))
    expect(writes()).toEqual([])
  })

  test('waits for what it finds at work, and makes anew what somebody else made', async () => {
    const [mine, other] = ['mine', 'other'].map((name) => hookOf(`Job/${name}`))
    if (mine === undefined || other === undefined) throw new Error('no hook')
    const annotations = { 'kubectl-pkg/hook-run': 'r1/pre-install' }
    const atWork = kubeObject('Job/mine', { metadata: { annotations } })
    cluster.put(atWork)
    cluster.put(kubeObject('Job/other', { metadata: { annotations: {} } }))
    setTimeout(() => complete(atWork), 50)
    await runHooks(siteOf(), requestOf([mine, other]))
    expect(writes()).toEqual(['delete Job/other', 'apply Job/other'])
  })

  test('takes over how its hooks ran, where they are the same', () => {
    const before = [hookOf('Job/a', { lastRun }), hookOf('Job/b', { lastRun, manifest: 'old' })]
    const now = [hookOf('Job/a'), hookOf('Job/b'), hookOf('Job/c')]
    expect(resumeHooks(now, before, 'r1').map(({ lastRun }) => lastRun?.phase)).toEqual([
      'Succeeded',
      undefined,
      undefined,
    ])
    expect(resumeHooks(now, before, 'r2').map(({ lastRun }) => lastRun)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

test('a signal is no failure of a hook', async () => {
  cluster.onApplied = () => undefined
  const abort = new AbortController()
  const running = runHooks(siteOf('r1', abort.signal), requestOf([hookOf('Job/a')]))
  await expect.poll(() => recorded.length).toBe(1)
  abort.abort(new PkgError('INTERRUPTED', 'cancelled'))
  await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' })
  expect(recorded).toEqual([['a Running']])
})

test('a hook that does not end in time has failed', async () => {
  cluster.onApplied = () => undefined
  const request = { ...requestOf([hookOf('Job/a')]), timeout: 100 }
  await expect(runHooks(siteOf(), request)).rejects.toMatchObject({
    code: 'HOOK_FAILED',
    message:
      'pre-install hook Job/a failed: timed out after 0.1 s waiting for Job/a: 0 of 1 completed',
  })
})

test('hooks in the namespace of the release carry no mark of an owner', async () => {
  await runHooks(siteOf(), requestOf([hookOf('ConfigMap/a')]))
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'apps', name: 'a' }
  const live = await cluster.get(ref)
  expect(live && objectKey(live)).toBe('/ConfigMap/apps/a')
  expect(live?.metadata['annotations']).toEqual({ 'kubectl-pkg/hook-run': 'r1/pre-install' })
})
