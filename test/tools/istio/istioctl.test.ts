import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { decodeObjects } from '../../../src/manifest/decode-objects.ts'
import type { KubeObject } from '../../../src/manifest/object.ts'
import { addOnCases, givenBy, rowsOf, type Row } from '../../support/add-on-case.ts'
import { at, listAt, podSecurityOffences } from '../../support/gates.ts'
import { renderOnce } from '../../support/render-add-on.ts'
import { istioPrograms } from './programs.mjs'

const addOn = (await addOnCases()).find(({ name }) => name === 'istio')
const rows = addOn === undefined ? [] : rowsOf(addOn)
const renders: { row: Row; text: string; objects: KubeObject[] }[] = []
for (const row of rows) renders.push({ row, ...(await renderOnce('istio', givenBy(row))) })
const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-istio-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('istioctl analyze', () => {
  test('finds nothing in what any row brings', () => {
    const found = renders.map(({ row, text }) => ({ row, messages: analyze('rows.yaml', text) }))
    expect(found.filter(({ messages }) => messages.length > 0)).toEqual([])
    expect(found.length).toBeGreaterThan(15)
  })

  test('finds a subset that nobody declared', () => {
    const object = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'reviews', namespace: 'default' },
      spec: { hosts: ['x'], http: [{ route: [{ destination: { host: 'y', subset: 'v9' } }] }] },
    }
    expect(analyze('wrong.yaml', JSON.stringify(object))).toContainEqual([
      'IST0101',
      'Referenced host+subset in destinationrule not found: "y+v9"',
    ])
  })
})

describe('istioctl kube-inject', () => {
  test('every row that injects gives a pod its proxy, by the code of istiod itself', () => {
    const containers = renders
      .filter(({ objects }) => configMap(objects, 'istio-sidecar-injector') !== undefined)
      .map(({ objects }) => listAt(podOf(inject(objects)), 'spec', 'containers'))
    expect(containers.length).toBeGreaterThan(10)
    for (const each of containers) expect(each.map(({ name }) => name)).toContain('istio-proxy')
  })

  test('probes of the application go through the proxy, which has its addresses', async () => {
    const { objects } = await renderOnce('istio', {})
    const pod = podOf(inject(objects))
    const [first, second] = listAt(pod, 'spec', 'containers')
    expect([first?.['name'], second?.['name']]).toEqual(['istio-proxy', 'web'])
    expect(at(second ?? {}, 'readinessProbe', 'httpGet')).toEqual({
      path: '/app-health/web/readyz',
      port: 15020,
    })
    expect(listAt(first ?? {}, 'env')).toContainEqual({
      name: 'CA_ADDR',
      value: 'istiod.edge.svc:15012',
    })
  })

  test('with the plugin on the nodes, injected pods stay restricted', async () => {
    const { objects } = await renderOnce('istio', { set: ['cni.enabled=true'] })
    expect(podSecurityOffences([podOf(inject(objects))])).toEqual([])
  })
})

/** What istioctl has to say of objects: codes and texts. */
function analyze(name: string, text: string): [code: string, text: string][] {
  const file = write(name, text)
  const args = ['analyze', '--use-kube=false', '--all-namespaces', '--output=json', file]
  const found = JSON.parse(istioctl(args) || '[]') as { code: string; message: string }[]
  return found.map(({ code, message }) => [code, message])
}

/** Has istioctl put a sidecar into a Deployment, by the configuration that a render brings. */
function inject(objects: readonly KubeObject[]): KubeObject {
  const injector = configMap(objects, 'istio-sidecar-injector')
  const mesh = configMap(objects, 'istio')
  const revision = at(injector ?? {}, 'metadata', 'labels', 'istio.io/rev') as string
  const files = {
    filename: JSON.stringify(DEPLOYMENT),
    injectConfigFile: textOf(injector, 'config'),
    valuesFile: textOf(injector, 'values'),
    meshConfigFile: textOf(mesh, 'mesh'),
  }
  const flags = Object.entries(files).map(([flag, text]) => `--${flag}=${write(flag, text)}`)
  const text = istioctl(['kube-inject', `--revision=${revision}`, ...flags])
  const [object] = decodeObjects(text, 'injected')
  if (object === undefined) throw new Error(`nothing is injected: ${text}`)
  return object
}

/** Runs istioctl, which tells by its code whether it found something. */
function istioctl(args: string[]): string {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: join(folder, 'none') }
  const program = istioPrograms.ensure().istioctl
  const { stdout, stderr, status } = spawnSync(program, args, { env, encoding: 'utf8' })
  if (status !== 0 && stdout === '') throw new Error(`istioctl ${args.join(' ')}: ${stderr}`)
  return stdout
}

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** A ConfigMap by its name, behind which the revision may stand. */
function configMap(objects: readonly KubeObject[], name: string): KubeObject | undefined {
  return objects.find(
    ({ kind, metadata }) =>
      kind === 'ConfigMap' && new RegExp(`^${name}(-1-30)?$`).test(metadata.name),
  )
}

function textOf(object: KubeObject | undefined, key: string): string {
  return at(object ?? {}, 'data', key) as string
}

/** The pod of a workload, as an object of its own. */
function podOf(workload: KubeObject): KubeObject {
  const template = at(workload, 'spec', 'template') as JsonObject
  return { apiVersion: 'v1', kind: 'Pod', ...template } as unknown as KubeObject
}

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'web',
            image: 'web:1',
            ports: [{ containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  },
}
