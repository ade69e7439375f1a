import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeChart } from '../support/chart-builder.ts'
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import type { FaultRule } from '../support/fault-rules.ts'
import { api, apiOk, freshNamespace } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let proxy: FaultProxy
let chart = ''
let namespace = ''

beforeAll(async () => {
  proxy = await startFaultProxy()
  chart = writeChart(temporaryFolder(), {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  text: {{ .Values.text | default "one" }}\n',
  })
})
afterAll(() => proxy.close())
beforeEach(async () => {
  namespace = await freshNamespace()
})

/** Runs a command through the proxy, which strikes as the rules say. */
function struck(line: string, rules: FaultRule[]) {
  proxy.begin(rules)
  return pkg(namespace, line, { KUBECONFIG: proxy.kubeconfig({ namespace }) })
}

async function history(): Promise<string[]> {
  const { code, out } = await pkg(namespace, 'history web -o json')
  if (code !== 0) return []
  const items = JSON.parse(out) as { revision: number; status: string }[]
  return items.map(({ revision, status }) => `${revision} ${status}`)
}

const record = (revision: number) => `/secrets/sh.helm.release.v1.web.v${revision}`

test.each<{ title: string; rule: FaultRule }>([
  {
    title: 'the new record',
    rule: { mode: 'reset-after', match: { verb: 'POST', path: /\/secrets$/ } },
  },
  {
    title: 'its last change',
    rule: { mode: 'reset-after', match: { verb: 'PUT', path: record(1) } },
  },
  {
    title: 'its last change, cut short,',
    rule: { mode: 'garbage', as: 'cut', match: { verb: 'PUT', path: record(1) } },
  },
  { title: 'the Lease', rule: { mode: 'reset-after', match: { verb: 'POST', path: /\/leases$/ } } },
  {
    title: 'the Lease’s end',
    rule: { mode: 'reset-after', match: { verb: 'DELETE', path: /\/leases\// } },
  },
])('an answer to $title that is lost is no failure', async ({ rule }) => {
  const { code, err } = await struck(`install web ${chart}`, [rule])
  expect([code, code === 0 ? '' : err]).toEqual([0, ''])
  expect(await history()).toEqual(['1 deployed'])
})

test.each(['403', '500'] as const)(
  'a last change that is answered by %s is told, and made up for by the same command',
  async (mode) => {
    await pkgOk(namespace, `install web ${chart}`)
    const line = `upgrade web ${chart} --set text=two`
    const { code, err } = await struck(line, [
      { mode, match: { verb: 'PUT', path: record(2) }, times: 99 },
    ])
    expect([code, err]).toEqual([
      10,
      expect.stringContaining(
        'the objects are applied, but revision 2 of release "web" is not recorded',
      ),
    ])
    expect(await history()).toEqual(['1 deployed', '2 pending-upgrade'])

    proxy.begin([])
    await pkgOk(namespace, line)
    expect(await history()).toEqual(['1 superseded', '2 deployed'])
  },
  180_000,
)

test('an older revision that cannot be superseded is no reason to fail', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  const { code, err } = await struck(`upgrade web ${chart} --set text=two`, [
    { mode: '403', match: { verb: 'PUT', path: record(1) }, times: 99 },
  ])
  expect([code, err]).toEqual([
    0,
    expect.stringContaining('revision 1 is not recorded as superseded'),
  ])
  expect(await history()).toEqual(['1 deployed', '2 deployed'])
  await pkgOk(namespace, `upgrade web ${chart} --set text=three`)
  expect(await history()).toEqual(['1 superseded', '2 superseded', '3 deployed'])
})

test('a record that another program changes meanwhile is left to it', async () => {
  await pkgOk(namespace, `install web ${chart}`)
  const path = `/api/v1/namespaces/${namespace}${record(2)}`
  const { code, err } = await struck(`upgrade web ${chart} --set text=two`, [
    {
      mode: 'second-writer',
      match: { verb: 'PUT', path: record(2) },
      write: async () => {
        const secret = await apiOk('GET', path)
        const metadata = { ...(secret['metadata'] as object), annotations: {} }
        await apiOk('PUT', path, { ...secret, metadata })
      },
    },
  ])
  expect([code, err]).toEqual([
    4,
    expect.stringContaining('somebody else has changed the record of revision 2 of release "web"'),
  ])
})

test('a Lease that stalls is not waited for without an end', async () => {
  const { code, err } = await struck(
    `install web ${chart} --request-timeout 2s --lock-timeout 10s`,
    [{ mode: 'stall', at: 'answer', match: { verb: 'GET', path: /\/leases\// }, times: 99 }],
  )
  expect([code, err]).toEqual([7, expect.stringContaining('CLUSTER_UNREACHABLE')])
  expect((await api('GET', `/api/v1/namespaces/${namespace}/configmaps/web`)).status).toBe(404)
})
