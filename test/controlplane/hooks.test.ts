import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { executeHooks } from '../../src/apply/run-hooks.ts'
import type { Site } from '../../src/apply/site.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Hook } from '../../src/manifest/manifest.ts'
import { auditedWrites, auditMark } from '../support/audit.ts'
import { writeChart } from '../support/chart-builder.ts'
import { listAt } from '../support/gates.ts'
import { api, apiOk, freshNamespace, helm } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { openPlaneCluster } from '../support/plane-cluster.ts'
import { releaseOf } from '../support/releases.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface HookText {
  kind?: 'Job' | 'Pod' | 'ConfigMap'
  hook: string
  annotations?: Record<string, string>
  /** Annotations of its pods, for the simulated node. */
  pod?: Record<string, string>
}

/** The manifest of one hook. */
function hookText(name: string, { kind = 'Job', hook, annotations, pod }: HookText): string {
  const metadata = { name, annotations: { 'helm.sh/hook': hook, ...annotations } }
  const containers = [{ name: 'main', image: 'registry.test/main:1' }]
  const podMetadata = { annotations: { 'simulated.test/none': '', ...pod } }
  const podSpec = { restartPolicy: 'Never', containers }
  if (kind === 'ConfigMap') return JSON.stringify({ apiVersion: 'v1', kind, metadata })
  if (kind === 'Pod') {
    const all = { ...metadata, annotations: { ...metadata.annotations, ...pod } }
    return JSON.stringify({ apiVersion: 'v1', kind, metadata: all, spec: podSpec })
  }
  const spec = { backoffLimit: 0, template: { metadata: podMetadata, spec: podSpec } }
  return JSON.stringify({ apiVersion: 'batch/v1', kind, metadata, spec })
}

const WEIGHT = 'helm.sh/hook-weight'
const POLICY = 'helm.sh/hook-delete-policy'

/** Hooks of every event, and one template that decides which of them fails. */
function files(): Record<string, string> {
  return {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'values.yaml': 'text: one\nfails: ""\nendFails: false\n',
    'templates/config.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config }\ndata: { text: {{ .Values.text }} }\n',
    'templates/always.yaml': hookText('always', {
      hook: 'pre-install,post-install,pre-upgrade,post-upgrade,pre-rollback,post-rollback,pre-delete,post-delete',
    }),
    'templates/first.yaml': hookText('z-first', {
      hook: 'pre-install,pre-upgrade',
      annotations: { [WEIGHT]: '-5' },
    }),
    'templates/gone.yaml': hookText('gone', {
      hook: 'pre-install,pre-upgrade,post-delete',
      annotations: { [WEIGHT]: '-1', [POLICY]: 'hook-succeeded' },
    }),
    'templates/settings.yaml': hookText('settings', {
      kind: 'ConfigMap',
      hook: 'post-install',
      annotations: { [POLICY]: 'before-hook-creation,hook-failed' },
    }),
    'templates/pod.yaml': hookText('pod', { kind: 'Pod', hook: 'post-install,post-upgrade' }),
    'templates/bad-end.yaml': `{{ if .Values.endFails }}${hookText('bad-end', {
      hook: 'post-delete',
      annotations: { [WEIGHT]: '5' },
      pod: { 'simulated.test/fails': 'exit' },
    })}{{ end }}`,
    'templates/bad.yaml': `{{ if .Values.fails }}${hookText('bad', {
      hook: 'pre-upgrade',
      annotations: { [WEIGHT]: '5', [POLICY]: '{{ .Values.fails }}' },
      pod: { 'simulated.test/fails': 'exit' },
    })}{{ end }}`,
    'templates/test-b.yaml': hookText('test-b', { kind: 'Pod', hook: 'test' }),
    'templates/test-a.yaml': hookText('test-a', {
      kind: 'Pod',
      hook: 'test',
      annotations: { [WEIGHT]: '1', [POLICY]: 'before-hook-creation,hook-succeeded' },
    }),
    'templates/test-bad.yaml': hookText('test-bad', {
      kind: 'Pod',
      hook: 'test',
      annotations: { [WEIGHT]: '2' },
      pod: { 'simulated.test/fails': 'exit' },
    }),
  }
}

let chart = ''
beforeAll(() => {
  chart = writeChart(temporaryFolder(), files())
})

/** One program under test in a namespace of its own. */
interface Side {
  namespace: string
  run: (line: string) => Promise<{ code: number; out: string; err: string }>
}

async function ours(): Promise<Side> {
  const namespace = await freshNamespace()
  return { namespace, run: (line) => pkg(namespace, line) }
}

async function helms(): Promise<Side> {
  const namespace = await freshNamespace()
  return {
    namespace,
    async run(line) {
      const { code, stdout, stderr } = await helm([...line.split(' '), '--namespace', namespace])
      return { code, out: stdout, err: stderr }
    },
  }
}

/**
 * What a step leaves: its status, the hooks in the record, and hook objects in order of writes;
 * and beside it what was told.
 */
async function stepOf(side: Side, line: string) {
  const mark = auditMark()
  const { code, err } = await side.run(line)
  const writes = await auditedWrites(
    mark,
    ({ namespace, resource, status }) =>
      namespace === side.namespace &&
      ['jobs', 'pods', 'configmaps'].includes(resource) &&
      // Helm deletes without a look whether there is anything.
      status !== 404,
  )
  const step = {
    failed: code !== 0,
    writes: writes
      // Controllers and the simulated nodes write too.
      .filter(({ userAgent, name }) => /^(helm|kubectl-pkg)/i.test(userAgent) && name !== 'config')
      .map(
        ({ verb, resource, name }) =>
          `${verb === 'delete' ? 'delete' : 'make'} ${resource}/${name}`,
      ),
    hooks: await recordedHooks(side.namespace),
    left: await hookObjects(side.namespace),
  }
  return { step, err }
}

/** The hooks of the newest record, as stored: name, phase, policies, and which times are set. */
async function recordedHooks(namespace: string): Promise<string[]> {
  const records = await apiOk(
    'GET',
    `/api/v1/namespaces/${namespace}/secrets?labelSelector=owner=helm`,
  )
  const newest = listAt(records, 'items')
    .toSorted((left, right) => revisionOf(left) - revisionOf(right))
    .at(-1)
  if (newest === undefined) return []
  const data = (newest['data'] as JsonObject)['release'] as string
  const text = Buffer.from(Buffer.from(data, 'base64').toString(), 'base64')
  const { hooks = [] } = JSON.parse(gunzipSync(text).toString('utf8')) as { hooks?: JsonObject[] }
  return hooks.map((hook) => {
    const run = hook['last_run'] as JsonObject
    const times = ['started_at', 'completed_at'].filter((key) => run[key] !== undefined).join('+')
    return JSON.stringify([hook['name'], run['phase'], times, hook['delete_policies']])
  })
}

function revisionOf({ metadata }: JsonObject): number {
  return Number(((metadata as JsonObject)['labels'] as JsonObject)['version'])
}

async function hookObjects(namespace: string): Promise<string[]> {
  const found: string[] = []
  for (const [path, plural] of [
    ['/apis/batch/v1', 'jobs'],
    ['/api/v1', 'pods'],
    ['/api/v1', 'configmaps'],
  ] as const) {
    const { body } = await api('GET', `${path}/namespaces/${namespace}/${plural}`)
    for (const { metadata } of listAt(body, 'items')) {
      const { name, annotations, deletionTimestamp } = metadata as JsonObject & { name: string }
      const isHook = (annotations as JsonObject | undefined)?.['helm.sh/hook'] !== undefined
      if (isHook && deletionTimestamp === undefined) found.push(`${plural}/${name}`)
    }
  }
  return found.sort()
}

describe.concurrent('hooks run, are recorded and are deleted as by the real Helm', () => {
  test('through a whole life', async () => {
    const [own, real] = await Promise.all([ours(), helms()])
    for (const line of [
      `install web ${chart}`,
      `upgrade web ${chart} --set text=two`,
      'rollback web 1',
      'uninstall web --keep-history',
    ]) {
      const [mine, wanted] = await Promise.all([stepOf(own, line), stepOf(real, line)])
      expect({ line, ...mine.step }, mine.err).toEqual({ line, ...wanted.step })
    }
  })

  test('when the last one of an uninstallation fails', async () => {
    const [own, real] = await Promise.all([ours(), helms()])
    for (const line of [`install web ${chart} --set endFails=true --no-hooks`, 'uninstall web']) {
      const [mine, wanted] = await Promise.all([stepOf(own, line), stepOf(real, line)])
      expect({ line, ...mine.step }, mine.err).toEqual({ line, ...wanted.step })
    }
    expect((await own.run('history web')).code).toBe(1)
  })

  test.each(['hook-failed', 'hook-succeeded', 'before-hook-creation'])(
    'when one fails whose policy is %s',
    async (policy) => {
      const [own, real] = await Promise.all([ours(), helms()])
      for (const line of [
        `install web ${chart} --wait`,
        `upgrade web ${chart} --set fails=${policy}`,
        `upgrade web ${chart} --set fails=${policy} --no-hooks`,
      ]) {
        const [mine, wanted] = await Promise.all([stepOf(own, line), stepOf(real, line)])
        expect({ line, ...mine.step }, mine.err).toEqual({ line, ...wanted.step })
      }
    },
  )

  test('and so are tests, whose output is Helm’s', async () => {
    const [own, real] = await Promise.all([ours(), helms()])
    await Promise.all([own.run(`install web ${chart}`), real.run(`install web ${chart}`)])
    for (const line of [
      'test web --logs --filter name=test-b,name=test-a',
      'test web --filter !name=test-bad --logs',
      'test web',
    ]) {
      const [mine, wanted] = await Promise.all([own.run(line), real.run(line)])
      expect({ line, code: mine.code, out: timeless(mine.out, own) }).toEqual({
        line,
        code: wanted.code,
        out: timeless(wanted.out, real),
      })
    }
    expect((await recordedHooks(own.namespace)).sort()).toEqual(
      (await recordedHooks(real.namespace)).sort(),
    )
    expect(await hookObjects(own.namespace)).toEqual(await hookObjects(real.namespace))
  })
})

/** Without times, and with the tests in one order: Helm moves those that a filter chose. */
function timeless(text: string, { namespace }: Side): string {
  const same = text
    .replaceAll(namespace, 'NAMESPACE')
    .replaceAll(/(DEPLOYED|Started|Completed): .*/g, '$1: TIME')
  const [head = '', ...tests] = same.split(/^(?=TEST SUITE: )/m)
  const [last = '', ...logs] = (tests.pop() ?? '').split(/^\n/m)
  return [head, ...[...tests, last].toSorted(), ...logs].join('')
}

test('a failed hook is told with its cause and its log', async () => {
  const namespace = await freshNamespace()
  await pkgOk(namespace, `install web ${chart}`)
  const { code, err } = await pkg(namespace, `upgrade web ${chart} --set fails=hook-succeeded`)
  expect(code).toBe(1)
  expect(err).toMatch(
    /Error: UPGRADE FAILED: pre-upgrade hook Job\/bad failed: BackoffLimitExceeded: .*; container "main" of Pod\/bad-\S+ ended: exit code 1\n/,
  )
  expect(err).toMatch(/ {2}log of main in Pod\/bad-\S+:\n {4}starting\n/)
  expect(err).toMatch(/code: HOOK_FAILED\n$/)
})

test('a run that was cut off waits for the hook that it finds at work', async () => {
  const namespace = await freshNamespace()
  const slow = hookOf('slow', { 'simulated.test/complete-after': '8s' })
  const quick = hookOf('quick', {})
  let hooks = [quick, slow]
  const { cluster } = openPlaneCluster()
  const run = async (run: string, cutOffAt?: string): Promise<string[]> => {
    const stop = new AbortController()
    const phases: string[] = []
    const record = async (ran: Hook[]): Promise<void> => {
      hooks = ran
      const news = ran.map(({ name, lastRun }) => `${name} ${lastRun?.phase ?? '-'}`).join(', ')
      phases.push(news)
      if (news === cutOffAt) setTimeout(() => stop.abort(new Error('cut off')), 500)
    }
    const release = releaseOf({ namespace, hooks })
    const site = siteOf(cluster, run, stop.signal)
    const request = { release, event: 'pre-install', timeout: 600_000, record } as const
    await executeHooks(site, request).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error
    })
    return phases
  }
  const mark = auditMark()
  expect(await run('r1', 'quick Succeeded, slow Running')).toEqual([
    'quick Running, slow -',
    'quick Succeeded, slow -',
    'quick Succeeded, slow Running',
  ])
  expect(await run('r1')).toEqual([
    'quick Succeeded, slow Running',
    'quick Succeeded, slow Succeeded',
  ])
  const writes = await auditedWrites(
    mark,
    (call) => call.namespace === namespace && call.userAgent.startsWith('kubectl-pkg'),
  )
  expect(writes.map(({ verb, name }) => `${verb} ${name}`)).toEqual(['patch quick', 'patch slow'])
})

function siteOf(cluster: Site['cluster'], run: string, signal: AbortSignal): Site {
  const lock = {
    holder: { run } as Site['lock']['holder'],
    left: undefined,
    assertHeld: async () => undefined,
    assertStillOurs: async () => undefined,
    takeUp: async () => undefined,
    startAnew: async () => undefined,
  }
  const storage = {} as Site['storage']
  return { cluster, storage, lock, signal, now: () => new Date(), onNotice: () => undefined }
}

function hookOf(name: string, pod: Record<string, string>): Hook {
  return {
    name,
    kind: 'Job',
    path: `web/templates/${name}.yaml`,
    manifest: hookText(name, { hook: 'pre-install', pod }),
    events: ['pre-install'],
    weight: 0,
    deletePolicies: [],
    outputLogPolicies: [],
  }
}
