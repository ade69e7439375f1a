import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { auditedCalls, auditMark, type AuditedCall } from '../support/audit.ts'
import { encodeRelease } from '../../src/release/codec.ts'
import { startBuilt } from '../support/built-cli.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { apiOk, freshNamespace, helm, plane } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { releaseOf } from '../support/releases.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const PRELOAD = join(import.meta.dirname, '../support/tell-memory.cjs')

let home: string
beforeAll(() => {
  home = temporaryFolder()
})

/** Runs the program as a process; fails when that fails. */
async function runProcess(namespace: string, line: string) {
  const { end } = startBuilt([...line.split(' '), '--namespace', namespace], {
    cwd: home,
    env: { KUBECONFIG: plane().kubeconfig },
    preload: [PRELOAD],
  })
  const { code, stdout, stderr } = await end
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  return { out: stdout, mebibytes: Number(/^peak (\d+) MiB$/m.exec(stderr)?.[1]) }
}

async function ownCalls(mark: number, namespace: string): Promise<AuditedCall[]> {
  const calls = await auditedCalls(
    mark,
    (call) => call.namespace === namespace && call.userAgent.startsWith('kubectl-pkg'),
  )
  // Heartbeats come by the clock.
  return calls.filter(({ verb, resource }) => resource !== 'leases' || verb !== 'update')
}

async function secretsIn(namespace: string): Promise<string[]> {
  const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/secrets`)
  return (items as JsonObject[]).map(({ metadata }) => (metadata as { name: string }).name)
}

/** Stores revisions 1 to 10 of as many releases as wanted, the newest deployed. */
async function storeRecords(namespace: string, releases: number): Promise<void> {
  const release = releaseOf({ namespace, name: 'NAME' })
  const text = Buffer.from(encodeRelease(release)).toString('base64')
  const left = Array.from({ length: releases * 10 }, (_, at) => at)
  const work = async (): Promise<void> => {
    for (let at = left.shift(); at !== undefined; at = left.shift()) {
      const name = `app-${Math.floor(at / 10)}`
      const version = (at % 10) + 1
      const status = version === 10 ? 'deployed' : 'superseded'
      await apiOk('POST', `/api/v1/namespaces/${namespace}/secrets`, {
        metadata: {
          name: `sh.helm.release.v1.${name}.v${version}`,
          labels: { name, owner: 'helm', status, version: String(version) },
        },
        type: 'helm.sh/release.v1',
        data: { release: text },
      })
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
}

test('a list of three thousand records asks for names, for metadata, and for what it shows', async () => {
  const namespace = await freshNamespace()
  await storeRecords(namespace, 300)
  for (const [line, rows, bodies] of [
    ['list --max 10 --short', 10, 1],
    ['list --short', 256, 8],
  ] as const) {
    const mark = auditMark()
    const { out, mebibytes } = await runProcess(namespace, line)
    expect(out.trim().split('\n')).toHaveLength(rows)
    const calls = await ownCalls(mark, namespace)
    // Names of 2,700 superseded records; metadata of 300 others; and bodies, since these are as
    // Helm writes them.
    expect(calls.map(({ verb }) => verb)).toEqual(Array<string>(2 + 1 + bodies).fill('list'))
    // About 70 on a machine at rest; a busy one collects garbage later.
    expect(mebibytes).toBeLessThan(150)
  }
})

test('a chart of twelve megabytes is kept in parts, once, and leaves none behind', async () => {
  const namespace = await freshNamespace()
  const files = ['a', 'b', 'c'].map((name) => [`files/${name}.bin`, randomBytes(4_000_000)])
  const chart = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml('large'),
    'templates/config.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: large }\ndata: { text: {{ .Values.text | default "one" }} }\n',
    ...(Object.fromEntries(files) as Record<string, Uint8Array>),
  })
  const first = await runProcess(namespace, `install large ${chart}`)
  expect(first.mebibytes).toBeLessThan(600)
  const parts = (await secretsIn(namespace)).filter((name) => name.startsWith('pkg.part.'))
  expect(parts.length).toBeGreaterThan(11)

  await pkgOk(namespace, `upgrade large ${chart} --set text=two`)
  await pkgOk(namespace, 'rollback large 1')
  expect((await secretsIn(namespace)).filter((name) => name.startsWith('pkg.part.'))).toEqual(parts)
  const listed = await helm(['list', '-n', namespace, '-o', 'json'])
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'large', revision: '3' }])
  await pkgOk(namespace, 'uninstall large')
  expect(await secretsIn(namespace)).toEqual([])
})

test('three hundred objects are applied though each seventh call fails, a few at a time', async () => {
  const namespace = await freshNamespace()
  const chart = writeChart(temporaryFolder(), {
    'Chart.yaml': chartYaml('many'),
    'templates/all.yaml':
      '{{- range until 300 }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: cm-{{ . }} }\ndata: { text: {{ $.Values.text | default "one" }} }\n{{- end }}\n',
  })
  const proxy = await startFaultProxy()
  const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
  for (const line of [`install many ${chart}`, `upgrade many ${chart} --set text=two`]) {
    proxy.begin([{ every: 7, mode: '500' }])
    const { code, err } = await pkg(namespace, line, env)
    expect([code, err]).toEqual([0, ''])
    expect(proxy.calls.filter(({ mode }) => mode === '500').length).toBeGreaterThan(40)
    expect(proxy.mostAtOnce()).toBeLessThanOrEqual(16)
  }
  const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps`)
  const texts = (items as JsonObject[]).map(({ data }) => (data as JsonObject)['text'])
  expect(texts.filter((text) => text === 'two')).toHaveLength(300)
  await proxy.close()
})
