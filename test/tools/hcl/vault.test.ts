import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { addOnCases, givenBy, rowsOf, type Row } from '../../support/add-on-case.ts'
import { at, listAt } from '../../support/gates.ts'
import { renderOnce } from '../../support/render-add-on.ts'
import { filesOf } from '../prometheus/rendered.ts'
import { hclPrograms } from './programs.mjs'

const addOn = (await addOnCases()).find(({ name }) => name === 'vault')
const renders: { row: Row; objects: KubeObject[] }[] = []
for (const row of addOn === undefined ? [] : rowsOf(addOn))
  renders.push({ row, objects: (await renderOnce('vault', givenBy(row))).objects })

/** What each kind of block may hold of what the chart writes. Source: Vault's and OpenBao's docs. */
const KNOWN: Record<string, string[]> = {
  '': [
    'default_lease_ttl',
    'disable_mlock',
    'listener',
    'log_format',
    'log_level',
    'seal',
    'service_registration',
    'storage',
    'telemetry',
    'ui',
  ],
  listener: [
    'address',
    'cluster_address',
    'telemetry',
    'tls_cert_file',
    'tls_disable',
    'tls_key_file',
  ],
  storage: ['address', 'ha_enabled', 'path', 'retry_join', 'table'],
  telemetry: ['disable_hostname', 'prometheus_retention_time'],
}

test('the configuration of every row is read, with settings that there are', () => {
  expect(renders.length).toBeGreaterThan(20)
  for (const { objects } of renders) {
    const [config] = readAll([configurationOf(objects)])
    expect(KNOWN['']).toEqual(expect.arrayContaining(Object.keys(config ?? {})))
    for (const kind of ['listener', 'storage'])
      expect(KNOWN[kind]).toEqual(expect.arrayContaining(Object.keys(blockOf(config, kind))))
    expect(KNOWN['telemetry']).toEqual(
      expect.arrayContaining(Object.keys(listAt(config ?? {}, 'telemetry')[0] ?? {})),
    )
  }
})

test('what a person gives a seal arrives in it', () => {
  const [config] = readAll(
    renders
      .filter(({ row }) => row['seal']?.includes('transit') === true)
      .map(({ objects }) => configurationOf(objects)),
  )
  expect(at(config ?? {}, 'seal')).toEqual([{ transit: [{ address: 'https://v:8200' }] }])
})

test('servers look for each other under names of their pods, which their certificate has', () => {
  const rafts = renders.filter(({ row }) => row['program']?.includes('type=raft') === true)
  expect(rafts.length).toBeGreaterThan(5)
  for (const { objects } of rafts) {
    const [config] = readAll([configurationOf(objects)])
    const set = objects.find(({ kind }) => kind === 'StatefulSet') ?? {}
    const replicas = at(set, 'spec', 'replicas') as number
    const joined = listAt(blockOf(config, 'storage'), 'retry_join')
    const hosts = joined.map((join) => new URL(at(join, 'leader_api_addr') as string).hostname)
    const name = at(set, 'metadata', 'name') as string
    const service = at(set, 'spec', 'serviceName') as string
    expect(hosts).toEqual(
      Array.from({ length: replicas }, (_, index) => `${name}-${index}.${service}.edge.svc`),
    )
    const certificate = certificateOf(objects)
    for (const host of certificate === undefined ? [] : hosts)
      expect(certificate?.checkHost(host)).toBeDefined()
  }
})

test('a setting that stands twice in a block is refused', () => {
  expect(() => readAll(['ui = true\nui = false\n'])).toThrow('2:1: ui is set twice')
})

/** Reads configurations; @throws what is wrong with one */
function readAll(texts: readonly string[]): JsonObject[] {
  const files = filesOf(texts, '.hcl')
  const { status, stdout, stderr } = spawnSync(hclPrograms.ensure().hcl, files, {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JsonObject)
}

function configurationOf(objects: readonly KubeObject[]): string {
  const map = objects.find((object) => typeof at(object, 'data', 'server.hcl') === 'string')
  return at(map ?? {}, 'data', 'server.hcl') as string
}

/** The one block of a kind, whatever its label. */
function blockOf(config: JsonObject | undefined, kind: string): JsonObject {
  const [labelled = {}] = listAt(config ?? {}, kind)
  const [label = ''] = Object.keys(labelled)
  return listAt(labelled, label)[0] ?? {}
}

/** The certificate that the chart generates, where it does. */
function certificateOf(objects: readonly KubeObject[]): X509Certificate | undefined {
  const secret = objects.find(({ type }) => type === 'kubernetes.io/tls')
  const data = at(secret ?? {}, 'data', 'tls.crt')
  return typeof data === 'string' ? new X509Certificate(Buffer.from(data, 'base64')) : undefined
}
