import { spawn } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { auditedWrites, auditMark } from '../support/audit.ts'
import { builtCli } from '../support/built-cli.ts'
import { writeChart } from '../support/chart-builder.ts'
import { describePoint, pointsOf, ruleAt } from '../support/fault-points.ts'
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import { apiOk, freshNamespace } from '../support/plane.ts'
import { pkg, type Shell } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

// Runs of all verbs in this process listen for signals.
process.setMaxListeners(50)

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
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }}-config }\ndata: { text: {{ .Values.text }} }\n',
    'templates/pre.yaml': hookText(
      '{{ .Release.Name }}-pre',
      'pre-install,pre-upgrade,pre-rollback',
    ),
    'templates/post.yaml': hookText(
      '{{ .Release.Name }}-post',
      'post-install,post-upgrade,post-rollback',
      'before-hook-creation,hook-succeeded',
    ),
  })
}, 120_000)

interface Ended {
  code: number | null
  text: string
}

/** Where one verb runs, each time with another release. */
interface Lane {
  namespace: string
  proxy: FaultProxy
}

let count = 0

function wordsOf(line: string, release: string): string {
  return line.replace('CHART', chart).replace('RELEASE', release)
}

/** Runs a command that nobody kills, in this process. */
function finish({ namespace, proxy }: Lane, line: string, release: string): Promise<Shell> {
  proxy.begin()
  return pkg(namespace, wordsOf(line, release), { KUBECONFIG: proxy.kubeconfig() })
}

/** Runs the program through the proxy, which may kill it. */
function run({ namespace, proxy }: Lane, line: string, release: string): Promise<Ended> {
  const args = [program, ...wordsOf(line, release).split(' '), '--namespace', namespace]
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

/** What the runs of a release leave, and how often they made each hook. */
async function outcomeOf(lane: Lane, release: string, mark: number) {
  const { namespace } = lane
  const short = (name: string): string => name.replace(`${release}-`, '')
  const isOwn = (name: string): boolean => name.startsWith(`${release}-`)
  const made = await auditedWrites(
    mark,
    ({ resource, status, name, ...call }) =>
      call.namespace === namespace && resource === 'jobs' && status === 201 && isOwn(name),
  )
  const history = await finish(lane, 'history RELEASE -o json', release)
  const revisions = JSON.parse(history.out) as { revision: number; status: string }[]
  const path = `/api/v1/namespaces/${namespace}/configmaps/${release}-config`
  const { items } = await apiOk('GET', `/apis/batch/v1/namespaces/${namespace}/jobs`)
  const jobs = (items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)
  return {
    made: made.map(({ name }) => short(name)),
    revisions: revisions.map(({ revision, status }) => `${revision} ${status}`),
    data: (await apiOk('GET', path))['data'],
    jobs: jobs.filter(isOwn).map(short),
  }
}

/** Each verb with the runs that go before it. */
const VERBS = [
  { verb: 'install', before: [], line: 'install RELEASE CHART --wait' },
  {
    verb: 'upgrade',
    before: ['install RELEASE CHART --no-hooks'],
    line: 'upgrade RELEASE CHART --set text=two --wait',
  },
  {
    verb: 'rollback',
    before: ['install RELEASE CHART --no-hooks', 'upgrade RELEASE CHART --set text=two --no-hooks'],
    line: 'rollback RELEASE 1 --wait',
  },
]

describe.concurrent('killed after any of its writes', () => {
  test.each(VERBS)(
    '$verb is finished by the same command, and no hook runs twice',
    { timeout: 400_000 },
    async ({ before, line }) => {
      const lane = { namespace: await freshNamespace(), proxy: await startFaultProxy(() => false) }
      const { proxy } = lane
      const prepared = async (): Promise<string> => {
        const release = `r${String(count++).padStart(4, '0')}`
        for (const each of before)
          expect(await finish(lane, each, release)).toMatchObject({ code: 0 })
        return release
      }
      const whole = await prepared()
      const start = auditMark()
      proxy.begin()
      expect(await run(lane, line, whole)).toMatchObject({ code: 0 })
      // Once the lock is given back, the run has ended in all but name.
      const points = pointsOf(proxy.calls, whole).filter(
        ({ verb, path, isWrite }) => isWrite && (verb !== 'DELETE' || !path.includes('/leases/')),
      )
      const wanted = await outcomeOf(lane, whole, start)
      expect(wanted.made).toEqual(['pre', 'post'])
      expect(points.length).toBeGreaterThan(10)

      for (const point of points) {
        const release = await prepared()
        const at = describePoint(point)
        const mark = auditMark()
        proxy.begin([ruleAt(point, release, { mode: 'kill-after' })])
        expect({ at, code: (await run(lane, line, release)).code }).toEqual({ at, code: null })
        expect({ at, ...(await finish(lane, line, release)) }).toMatchObject({ at, code: 0 })
        expect({ at, ...(await outcomeOf(lane, release, mark)) }).toEqual({ at, ...wanted })
      }
      await proxy.close()
    },
  )
})
