import { spawn } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { auditedWrites, auditMark } from '../support/audit.ts'
import { builtCli } from '../support/built-cli.ts'
import { temporaryFolder, writeChart } from '../support/chart-builder.ts'
import { startFaultProxy, writesOf, type FaultProxy } from '../support/fault-proxy.ts'
import { apiOk, freshNamespace } from '../support/plane.ts'

const home = temporaryFolder()

/** A Job that is a hook. */
function hookText(name: string, hook: string, policy = ''): string {
  const annotations = {
    'helm.sh/hook': hook,
    ...(policy && { 'helm.sh/hook-delete-policy': policy }),
  }
  const containers = [{ name: 'main', image: 'registry.test/main:1' }]
  const template = { spec: { restartPolicy: 'Never', containers } }
  const metadata = { name, annotations }
  return JSON.stringify({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template } })
}

let chart = ''
let program = ''
beforeAll(() => {
  program = builtCli()
  chart = writeChart(temporaryFolder(), {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'values.yaml': 'text: one\n',
    'templates/config.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config }\ndata: { text: {{ .Values.text }} }\n',
    'templates/pre.yaml': hookText('pre', 'pre-install,pre-upgrade,pre-rollback'),
    'templates/post.yaml': hookText(
      'post',
      'post-install,post-upgrade,post-rollback',
      'before-hook-creation,hook-succeeded',
    ),
  })
}, 120_000)

interface Ended {
  code: number | null
  text: string
}

/** Runs the program through the proxy, which may kill it. */
function run(proxy: FaultProxy, namespace: string, line: string): Promise<Ended> {
  const args = [program, ...line.replace('CHART', chart).split(' '), '--namespace', namespace]
  const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: proxy.kubeconfig() }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env })
    proxy.strike(child)
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => (text += part))
    child.on('close', (code) => resolve({ code, text }))
  })
}

/** What a run leaves, and how often it made each hook. */
async function outcomeOf(proxy: FaultProxy, namespace: string, mark: number) {
  const made = await auditedWrites(
    mark,
    (call) => call.namespace === namespace && call.resource === 'jobs' && call.status === 201,
  )
  proxy.begin()
  const history = await run(proxy, namespace, 'history web -o json')
  const revisions = JSON.parse(history.text) as { revision: number; status: string }[]
  const config = await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps/config`)
  const jobs = (await apiOk('GET', `/apis/batch/v1/namespaces/${namespace}/jobs`))['items']
  return {
    made: made.map(({ name }) => name),
    revisions: revisions.map(({ revision, status }) => `${revision} ${status}`),
    data: config['data'],
    jobs: (jobs as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name),
  }
}

/** Each verb with the runs that go before it. */
const VERBS = [
  { verb: 'install', before: [], line: 'install web CHART --wait' },
  {
    verb: 'upgrade',
    before: ['install web CHART --no-hooks'],
    line: 'upgrade web CHART --set text=two --wait',
  },
  {
    verb: 'rollback',
    before: ['install web CHART --no-hooks', 'upgrade web CHART --set text=two --no-hooks'],
    line: 'rollback web 1 --wait',
  },
]

describe.concurrent('killed after any of its writes', () => {
  test.each(VERBS)(
    '$verb is finished by the same command, and no hook runs twice',
    { timeout: 400_000 },
    async ({ before, line }) => {
      const proxy = await startFaultProxy()
      const prepared = async (): Promise<string> => {
        const namespace = await freshNamespace()
        proxy.begin()
        for (const each of before) await run(proxy, namespace, each)
        return namespace
      }
      const whole = await prepared()
      const start = auditMark()
      proxy.begin()
      expect(await run(proxy, whole, line)).toMatchObject({ code: 0 })
      // Once the lock is given back, the run has ended in all but name.
      const writes = writesOf(proxy.calls)
        .filter(({ verb, path }) => verb !== 'DELETE' || !path.includes('/leases/'))
        .map(({ number }) => number)
        .filter((number) => number > 0)
      const wanted = await outcomeOf(proxy, whole, start)
      expect(wanted.made).toEqual(['pre', 'post'])
      expect(writes.length).toBeGreaterThan(10)

      for (const call of writes) {
        const namespace = await prepared()
        const mark = auditMark()
        proxy.begin([{ call, mode: 'kill-after' }])
        expect({ call, code: (await run(proxy, namespace, line)).code }).toEqual({
          call,
          code: null,
        })
        proxy.begin()
        const again = await run(proxy, namespace, line)
        expect({ call, ...again }).toMatchObject({ call, code: 0 })
        expect({ call, ...(await outcomeOf(proxy, namespace, mark)) }).toEqual({ call, ...wanted })
      }
      await proxy.close()
    },
  )
})
