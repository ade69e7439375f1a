import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { startPlane, stopPlane, type PlaneState } from '../../controlplane/planes.mjs'
import { at, listAt, podSecurityOffences } from '../../support/gates.ts'
import { oracle } from '../../support/oracle.ts'
import { kubectl, kubectlOk, writeKubeconfig } from '../../support/plane.ts'
import { runLine } from '../../support/run-line.ts'
import { eventuallyGiven, start, type Running } from '../processes.ts'
import { prometheusPrograms } from './programs.mjs'

/*
 * The operator's own program with the arguments of the chart's Deployment and the rights of its
 * ServiceAccount. It watches monitors of a whole cluster, so it has one of its own.
 */

/** Namespace of the release. */
const METRICS = 'metrics'
/** A namespace with a monitor of its own. */
const SHOP = 'shop'
/** Time of a test: on a busy machine the operator needs a minute until it has read all kinds. */
const LONG = 120_000
const ACCOUNT = `system:serviceaccount:${METRICS}:watch-prometheus-operator`

const name = `prometheus-operator-${process.pid}`
const home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-prometheus-operator-'))
const programs: Running[] = []
let state: PlaneState

process.setMaxListeners(50)

beforeAll(async () => {
  state = await startPlane(name, { owned: true })
  const line = `install watch charts/prometheus --namespace ${METRICS} --create-namespace`
  const set = [
    'operator.enabled=true',
    'server.replicas=2',
    'server.persistence.enabled=false',
    'alertmanager.persistence.enabled=false',
  ]
  const env = { KUBECONFIG: state.kubeconfig, HOME: home }
  const words = [...line.split(' '), `--set=${set.join()}`]
  const { code, stderr } = await runLine(words, { env, now: Date.now() })
  if (code !== 0) throw new Error(stderr)
  await startOperator()
}, 2 * LONG)

afterAll(async () => {
  await Promise.all(programs.map((each) => each.stop()))
  await stopPlane(name)
  rmSync(home, { recursive: true })
})

test.each(['prometheus', 'alertmanager'])(
  'pods of %s keep to the level restricted and run',
  async (kind) => {
    const set = await patiently(() => found(`statefulset/${kind}-watch-prometheus`))
    expect(podSecurityOffences([set as KubeObject])).toEqual([])
    const state = await patiently(async () => {
      const object = await found(`${kind}.monitoring.coreos.com/watch-prometheus`)
      const conditions = listAt(object ?? null, 'status', 'conditions')
      const isTrue = (wanted: string): boolean =>
        conditions.some(({ type, status }) => type === wanted && status === 'True')
      return isTrue('Reconciled') && isTrue('Available') ? object : undefined
    })
    expect(at(state, 'status', 'unavailableReplicas')).toBe(0)
  },
  LONG,
)

test(
  'a monitor of another namespace is one of its jobs, and promtool accepts them',
  async () => {
    await kubectlOk(['create', 'namespace', SHOP], state)
    const monitor = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name: 'basket', namespace: SHOP },
      spec: { selector: { matchLabels: { app: 'basket' } }, endpoints: [{ port: 'metrics' }] },
    }
    await kubectlOk(['create', '--filename=-'], { ...state, input: JSON.stringify(monitor) })
    const text = await patiently(async () => {
      const config = await configuration()
      return config?.includes('job_name: serviceMonitor/shop/basket/0') === true
        ? config
        : undefined
    })
    const jobs = [...text.matchAll(/^- job_name: (.*)$/gm)].map(([, job]) => job)
    expect(jobs).toEqual([
      'serviceMonitor/metrics/watch-prometheus-programs/0',
      'serviceMonitor/metrics/watch-prometheus-programs-of-others/0',
      'serviceMonitor/shop/basket/0',
      'apiserver',
      'kubelet',
      'cadvisor',
      'coredns',
      'annotated-pods',
      'annotated-services',
    ])
    const file = join(home, 'prometheus.yaml')
    writeFileSync(file, text)
    const { promtool } = prometheusPrograms.ensure()
    execFileSync(promtool, ['check', 'config', '--syntax-only', file], { stdio: 'pipe' })
  },
  LONG,
)

test('nothing that it asked the API server for was forbidden or not valid', () => {
  const calls = readFileSync(state.audit, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JsonObject)
    .filter((call) => at(call, 'user', 'username') === ACCOUNT)
  const refused = calls.filter((call) =>
    [400, 403, 422].includes(Number(at(call, 'responseStatus', 'code'))),
  )
  expect(refused.map(({ verb, requestURI }) => [verb, requestURI])).toEqual([])
  expect(calls).not.toEqual([])
})

/** It knows no kubeconfig: kubectl's proxy calls the API server as its account. */
async function startOperator(): Promise<void> {
  const deployment = await found('deployment/watch-prometheus-operator')
  const pod = at(deployment ?? null, 'spec', 'template', 'spec')
  const account = at(pod, 'serviceAccountName') as string
  const token = await kubectlOk(['create', 'token', account, '--namespace', METRICS], state)
  const { server, authority } = state
  const kubeconfig = writeKubeconfig({ server, authority, token: token.trim() })
  const proxy = start(oracle('kubectl') ?? 'kubectl', [
    'proxy',
    '--port=0',
    `--kubeconfig=${kubeconfig}`,
  ])
  programs.push(proxy)
  const address = await patiently(() =>
    Promise.resolve(/127\.0\.0\.1:\d+/.exec(proxy.output())?.[0]),
  )
  const args = at(listAt(pod, 'containers')[0] ?? {}, 'args') as string[]
  const words = args.map((each) => each.replace('address=:8080', 'address=127.0.0.1:0'))
  const { operator } = prometheusPrograms.ensure()
  programs.push(start(operator, [...words, `--apiserver=http://${address}`]))
}

/** The configuration that the operator has made of monitors. */
async function configuration(): Promise<string | undefined> {
  const data = at((await found('secret/prometheus-watch-prometheus')) ?? null, 'data')
  const packed = at(data, 'prometheus.yaml.gz')
  return typeof packed === 'string'
    ? gunzipSync(Buffer.from(packed, 'base64')).toString()
    : undefined
}

function patiently<T>(ask: () => Promise<T | undefined>): Promise<T> {
  return eventuallyGiven(ask, { programs, ms: LONG - 15_000 })
}

async function found(what: string): Promise<Json | undefined> {
  const words = ['get', what, '--namespace', METRICS, '--output=json']
  const { code, stdout } = await kubectl(words, state)
  return code === 0 ? (JSON.parse(stdout) as Json) : undefined
}
