import { beforeAll, expect, test } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { decodeObjects } from '../../src/manifest/decode-objects.ts'
import { auditMark, auditedWrites, type AuditedCall } from '../support/audit.ts'
import { writeChart, type ChartFiles } from '../support/chart-builder.ts'
import { api, apiOk, freshNamespace } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Where objects of the kinds in this chart are. */
const PATHS: Record<string, (namespace: string, name: string) => string> = {
  ConfigMap: (namespace, name) => `/api/v1/namespaces/${namespace}/configmaps/${name}`,
  Secret: (namespace, name) => `/api/v1/namespaces/${namespace}/secrets/${name}`,
  Service: (namespace, name) => `/api/v1/namespaces/${namespace}/services/${name}`,
  ServiceAccount: (namespace, name) => `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`,
  Deployment: (namespace, name) => `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
}

function subchart(name: string): ChartFiles {
  return {
    [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    [`charts/${name}/values.yaml`]: `text: ${name}\nport: 80\n`,
    [`charts/${name}/templates/all.yaml`]: `
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  text: {{ .Values.text }}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: {{ .Values.port }}, protocol: TCP }]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers: [{ name: app, image: "example.com/${name}:{{ .Values.text }}" }]
`,
  }
}

// Twenty runs in one process listen for signals.
process.setMaxListeners(50)

const PARTS = ['api', 'cache', 'queue', 'store', 'web']
let umbrella = ''
beforeAll(() => {
  umbrella = writeChart(temporaryFolder(), {
    'Chart.yaml': [
      'apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n',
      ...PARTS.map((name) => `- {name: ${name}, version: 1.0.0, condition: ${name}.enabled}\n`),
    ].join(''),
    'templates/account.yaml':
      'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: shop\nautomountServiceAccountToken: false\n',
    'templates/secret.yaml':
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  key: {{ .Values.key | default "one" | b64enc }}\n',
    ...Object.assign({}, ...PARTS.map(subchart)),
  })
})

/** Everything that the manifest says, and what the cluster holds differently. */
async function differences(namespace: string): Promise<string[]> {
  const manifest = await pkgOk(namespace, 'get manifest shop')
  const found: string[] = []
  for (const object of decodeObjects(manifest, 'manifest')) {
    const { kind, metadata } = object
    const path = PATHS[kind]?.(namespace, metadata.name) ?? ''
    const { status, body } = await api('GET', path)
    if (status !== 200) found.push(`${kind}/${metadata.name} is missing`)
    else if (!holds(body, object)) found.push(`${kind}/${metadata.name} differs`)
  }
  return found
}

/** Whether the value has all that is wanted; an API server adds defaults. */
function holds(actual: Json | undefined, wanted: Json): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length) return false
    return wanted.every((each, at) => holds(actual[at], each))
  }
  if (!isJsonObject(wanted)) return actual === wanted
  if (!isJsonObject(actual)) return false
  return Object.entries(wanted).every(([key, value]) => holds(actual[key], value))
}

async function namesOf(namespace: string, kind: string): Promise<string[]> {
  const path = (PATHS[kind]?.(namespace, '') ?? '').replace(/\/$/, '')
  const { items } = await apiOk('GET', path)
  return (items as JsonObject[]).map(({ metadata }) => (metadata as { name: string }).name)
}

test('an umbrella is installed, upgraded, left alone, rolled back and uninstalled', async () => {
  const namespace = await freshNamespace()
  await pkgOk(namespace, `install shop ${umbrella} --wait`)
  expect(await differences(namespace)).toEqual([])
  expect(await namesOf(namespace, 'Deployment')).toEqual(PARTS)

  await pkgOk(namespace, `upgrade shop ${umbrella} --set web.text=two,cache.enabled=false --wait`)
  expect(await differences(namespace)).toEqual([])
  expect(await namesOf(namespace, 'Deployment')).toEqual(['api', 'queue', 'store', 'web'])
  expect(await namesOf(namespace, 'Service')).toEqual(['api', 'queue', 'store', 'web'])

  const mark = auditMark()
  const again = `upgrade shop ${umbrella} --set web.text=two,cache.enabled=false`
  expect(await pkgOk(namespace, again)).toContain('Release "shop" is unchanged.')
  expect(await ownWrites(mark, namespace)).toEqual([])

  await pkgOk(namespace, 'rollback shop 1 --wait')
  expect(await differences(namespace)).toEqual([])
  expect(await namesOf(namespace, 'Deployment')).toEqual(PARTS)

  await pkgOk(namespace, 'uninstall shop --wait')
  expect([
    await namesOf(namespace, 'Deployment'),
    await namesOf(namespace, 'Service'),
    await namesOf(namespace, 'Secret'),
    await namesOf(namespace, 'ServiceAccount'),
  ]).toEqual([[], [], [], ['default']])
  expect(await pkgOk(namespace, 'list -q')).toBe('')
})

test('a namespace is made before anything is stored in it', async () => {
  const namespace = `${await freshNamespace()}-new`
  const missing = await pkg(namespace, `install shop ${umbrella}`)
  expect([missing.code, missing.err]).toEqual([
    1,
    expect.stringContaining(`namespaces "${namespace}" not found`),
  ])
  expect((await pkg(namespace, 'upgrade shop .')).code).not.toBe(0)
  await pkgOk(namespace, `install shop ${umbrella} --create-namespace`)
  expect(await differences(namespace)).toEqual([])
  await apiOk('DELETE', `/api/v1/namespaces/${namespace}`)
})

test('twenty upgrades at once write one after the other, and leave one deployed', async () => {
  const namespace = await freshNamespace()
  await pkgOk(namespace, `install shop ${umbrella}`)
  const mark = auditMark()
  const upgrades = Array.from({ length: 20 }, (_, at) =>
    pkg(namespace, `upgrade shop ${umbrella} --set key=k${at} --history-max 0`),
  )
  const runs = await Promise.all(upgrades)
  expect(runs.map(({ code, err }) => (code === 0 ? '' : err)).filter(Boolean)).toEqual([])
  const history = JSON.parse(await pkgOk(namespace, 'history shop -o json')) as {
    revision: number
    status: string
  }[]
  expect(history.map(({ revision }) => revision)).toEqual(
    Array.from({ length: 21 }, (_, at) => at + 1),
  )
  expect(history.filter(({ status }) => status === 'deployed')).toHaveLength(1)
  expect(await differences(namespace)).toEqual([])
  expect(turnsOf(await ownWrites(mark, namespace))).toEqual(
    Array.from({ length: 20 }, (_, at) => `v${at + 2}: 1 of shop, then v${at + 2}, v${at + 1}`),
  )
})

function ownWrites(mark: number, namespace: string): Promise<AuditedCall[]> {
  return auditedWrites(
    mark,
    (call) => call.namespace === namespace && call.userAgent.startsWith('kubectl-pkg'),
  )
}

/**
 * What was written from the creation of one record to that of the next: two runs at work at a
 * time would write the other's record, or the object twice, in one turn.
 */
function turnsOf(writes: readonly AuditedCall[]): string[] {
  const turns: { created: string; objects: number; updated: Set<string> }[] = []
  for (const { verb, resource, name } of writes) {
    if (resource !== 'secrets') continue
    const version = /^sh\.helm\.release\.v1\.shop\.(v\d+)$/.exec(name)?.[1]
    const turn = turns.at(-1)
    if (version === undefined && turn !== undefined) turn.objects++
    else if (version !== undefined && verb === 'create')
      turns.push({ created: version, objects: 0, updated: new Set() })
    else if (version !== undefined) turn?.updated.add(version)
  }
  return turns.map(
    ({ created, objects, updated }) =>
      `${created}: ${objects} of shop, then ${[...updated].join(', ')}`,
  )
}
