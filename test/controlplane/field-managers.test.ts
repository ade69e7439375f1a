import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { refOf, type Cluster } from '../../src/cluster/cluster.ts'
import { movedFields } from '../../src/cluster/field-managers.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { freshNamespace, helm, kubectlOk } from '../support/plane.ts'
import { openPlaneCluster } from '../support/plane-cluster.ts'

const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-managers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function service(namespace: string, ports: JsonObject[]): KubeObject {
  const spec = { selector: { app: 'web' }, ports }
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace }, spec }
}

const HTTP = { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }
const HTTPS = { name: 'https', port: 443, protocol: 'TCP', targetPort: 8443 }

/** Gives the fields of legacy managers to ours, as a run does before it applies. */
async function move(cluster: Cluster, object: KubeObject): Promise<KubeObject> {
  const live = await cluster.get(refOf(object))
  const patch = live === undefined ? undefined : movedFields(live)
  const moved = patch && (await cluster.patch(refOf(object), patch, { type: 'json' }))
  if (moved === undefined) throw new Error('nothing to move')
  return moved
}

/** `helm Apply` and so on, sorted. */
function managersOf({ metadata }: KubeObject): string[] {
  const { managedFields } = metadata
  const entries = Array.isArray(managedFields) ? managedFields.filter(isJsonObject) : []
  return entries.map(({ manager, operation }) => `${textOf(manager)} ${textOf(operation)}`).sort()
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

test('what kubectl wrote without apply is let go when the next release drops it', async () => {
  const { cluster } = openPlaneCluster()
  const namespace = await freshNamespace()
  const input = JSON.stringify(service(namespace, [HTTP, HTTPS]))
  await kubectlOk(['apply', '-f', '-'], { input })
  await kubectlOk(['annotate', 'service/web', 'by=hand', `-n${namespace}`])

  const moved = await move(cluster, service(namespace, []))
  const { object } = await cluster.apply(service(namespace, [HTTP]))

  expect(managersOf(moved)).toEqual(['helm Apply', 'kubectl-annotate Update'])
  expect(object['spec']).toMatchObject({ ports: [{ name: 'http' }] })
  expect(JSON.stringify(object['spec'])).not.toContain('https')
  expect(object.metadata['annotations']).toMatchObject({ by: 'hand' })
  expect(movedFields(object)).toBeUndefined()
})

test('without the move the dropped field would stay', async () => {
  const { cluster } = openPlaneCluster()
  const namespace = await freshNamespace()
  const input = JSON.stringify(service(namespace, [HTTP, HTTPS]))
  await kubectlOk(['apply', '-f', '-'], { input })
  const { object } = await cluster.apply(service(namespace, [HTTP]))
  expect(JSON.stringify(object['spec'])).toContain('https')
})

test('the move is the one that the real kubectl makes', async () => {
  const { cluster } = openPlaneCluster()
  const entries = await Promise.all(
    ['kubectl', 'ours'].map(async (who) => {
      const namespace = await freshNamespace()
      const input = JSON.stringify(service(namespace, [HTTP, HTTPS]))
      await kubectlOk(['apply', '-f', '-'], { input })
      if (who === 'ours') await move(cluster, service(namespace, []))
      const ours = who === 'ours' ? await cluster.apply(service(namespace, [HTTP])) : undefined
      const one = JSON.stringify(service(namespace, [HTTP]))
      const args = ['apply', '--server-side', '--field-manager=helm', '-f', '-']
      if (who === 'kubectl') await kubectlOk(args, { input: one })
      const live = ours?.object ?? (await cluster.get(refOf(service(namespace, []))))
      const fields = live?.metadata['managedFields']
      const own = (Array.isArray(fields) ? fields.filter(isJsonObject) : []).find(
        ({ manager }) => manager === 'helm',
      )
      return own?.['fieldsV1']
    }),
  )
  expect(entries[1]).toEqual(entries[0])
})

test('somebody who was faster is not overwritten', async () => {
  const { cluster } = openPlaneCluster()
  const namespace = await freshNamespace()
  const object = service(namespace, [HTTP])
  await kubectlOk(['apply', '-f', '-'], { input: JSON.stringify(object) })
  const live = await cluster.get(refOf(object))
  await kubectlOk(['label', 'service/web', 'a=b', `-n${namespace}`])
  const patch = live === undefined ? undefined : movedFields(live)
  const late = cluster.patch(refOf(object), patch ?? [], { type: 'json' })
  await expect(late).rejects.toMatchObject({ code: 'OBJECT_CHANGED' })
})

test.each([
  { what: 'applied', args: [], manager: 'helm Apply' },
  { what: 'updated, as Helm 3 does', args: ['--server-side=false'], manager: 'helm Update' },
])('what the real Helm has $what is upgraded, and goes back to it', async ({ args, manager }) => {
  const { cluster } = openPlaneCluster()
  const namespace = await freshNamespace()
  const chart = join(folder, 'chart')
  const writeChart = (data: string): void => {
    mkdirSync(join(chart, 'templates'), { recursive: true })
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {${data}}\n`
    writeFileSync(join(chart, 'templates', 'a.yaml'), text)
  }
  writeChart('a: "1", b: "1"')
  const installed = await helm(['install', 'web', chart, `-n${namespace}`, ...args])
  expect(installed).toMatchObject({ code: 0, stderr: '' })
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace },
    data: { a: '2' },
  }
  const live = await cluster.get(refOf(object))
  expect(live && managersOf(live)).toEqual([manager])
  const patch = live && movedFields(live)
  if (patch !== undefined) await cluster.patch(refOf(object), patch, { type: 'json' })

  const applied = await cluster.apply(object)
  writeChart('a: "3", c: "3"')
  const back = await helm(['upgrade', 'web', chart, `-n${namespace}`])

  expect(managersOf(applied.object)).toEqual(['helm Apply'])
  expect(applied.object['data']).toEqual({ a: '2' })
  expect(back).toMatchObject({ code: 0, stderr: '' })
  expect((await cluster.get(refOf(object)))?.['data']).toEqual({ a: '3', c: '3' })
})
