import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { isJsonObject, type Json } from '../../src/base/json.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { apiOk, freshNamespace, kubectlOk } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * What others have added to an object and what the chart sets cannot always both be: the server
 * merges them by keys, and refuses what comes of it. Helm is stuck then, also when it is forced.
 */

const folder = temporaryFolder()
const service = writeChart(join(folder, 'service'), {
  'Chart.yaml': chartYaml('service'),
  'templates/service.yaml': `
apiVersion: v1
kind: Service
metadata: {name: web, labels: {rev: "{{ .Values.rev }}"}}
spec:
  type: {{ .Values.type | default "ClusterIP" }}
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080{{ with .Values.name }}, name: {{ . }}{{ end }}{{ with .Values.node }}, nodePort: {{ . }}{{ end }}}]
`,
})
const deployment = writeChart(join(folder, 'deployment'), {
  'Chart.yaml': chartYaml('deployment'),
  'templates/deployment.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {rev: "{{ .Values.rev }}"}}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          ports: [{name: http, containerPort: 8080}]
          env: [{name: LEVEL, value: info}]
          readinessProbe: {httpGet: {path: /, port: http}}
      volumes: [{name: data, configMap: {name: web}}]
`,
})

let namespace = ''
beforeEach(async () => {
  namespace = await freshNamespace()
})

/** Changes the live object as somebody else would. */
async function edit(object: string, path: string, value: Json, op = 'replace'): Promise<void> {
  const patch = JSON.stringify([{ op, path, value }])
  await kubectlOk(['patch', object, '-n', namespace, '--type=json', '-p', patch])
}

async function portsOf(name = 'web'): Promise<Json | undefined> {
  const { spec } = await apiOk('GET', `/api/v1/namespaces/${namespace}/services/${name}`)
  return isJsonObject(spec) ? spec['ports'] : undefined
}

const OURS = { port: 80, protocol: 'TCP', targetPort: 8080 }
const PORT = '/spec/ports/0/port'
const CONTAINER = '/spec/template/spec/containers/0'

test.for([
  { what: 'the port of a name', more: ',name=http', path: PORT, value: 81 },
  { what: 'the only port, without a name', more: '', path: PORT, value: 81 },
  {
    what: 'the protocol',
    more: ',name=http',
    path: '/spec/ports/0/protocol',
    value: 'UDP',
    added: '.spec.ports[port=80,protocol="UDP"]',
  },
  {
    what: 'port and name of a node port',
    more: ',name=http,type=NodePort,node=32711',
    path: '/spec/ports/0',
    value: { name: 'web', port: 81, targetPort: 8080, nodePort: 32711 },
  },
])(
  'a Service of which somebody has changed $what is put right when forced',
  async ({ more, path, value, added = '.spec.ports[port=81,protocol="TCP"]' }) => {
    await pkgOk(namespace, `install web ${service} --set rev=1${more}`)
    const before = await portsOf()
    await edit('service/web', path, value)

    const upgrade = `upgrade web ${service} --set rev=2${more}`
    const refused = await pkg(namespace, upgrade)
    expect([refused.code, refused.err]).toEqual([
      4,
      expect.stringContaining(`Service/web ${added} was added by "kubectl-patch"`) as string,
    ])
    const plan = await pkgOk(namespace, `plan web ${service} --set rev=2${more}`)
    expect(plan).toContain(`${added}, managed by "kubectl-patch"`)
    expect(await pkgOk(namespace, 'drift web')).toContain(`${added}: added`)
    expect(await pkgOk(namespace, 'diff web')).toContain('0 added, 1 changed, 0 gone')

    await pkgOk(namespace, `${upgrade} --force-conflicts`)
    expect(await portsOf()).toEqual(before)
    expect(await pkgOk(namespace, 'drift web')).not.toContain('has drifted')
    await helmOk(namespace, `upgrade web ${service} --set rev=3${more}`)
    expect(await portsOf()).toEqual(before)
  },
)

test('what others have added and is not in the way stays', async () => {
  await pkgOk(namespace, `install web ${service} --set rev=1,name=http`)
  await edit('service/web', PORT, 81)
  await edit('service/web', '/spec/ports/-', { name: 'more', port: 99 }, 'add')
  await edit('service/web', '/metadata/annotations/by', 'hand', 'add')

  const upgrade = `upgrade web ${service} --set rev=2,name=http`
  const { err } = await pkg(namespace, upgrade)
  expect(err.match(/was added/g)).toHaveLength(1)
  await pkgOk(namespace, `${upgrade} --force-conflicts`)
  expect(await portsOf()).toEqual([
    { name: 'more', port: 99, protocol: 'TCP', targetPort: 99 },
    { name: 'http', ...OURS },
  ])
  const { metadata } = await apiOk('GET', `/api/v1/namespaces/${namespace}/services/web`)
  expect(metadata).toMatchObject({ annotations: { by: 'hand' }, labels: { rev: '2' } })
})

test.for([
  {
    what: 'a port',
    path: `${CONTAINER}/ports/0/containerPort`,
    value: 9090,
    added: 'containers[name="web"].ports[containerPort=9090,protocol="TCP"]',
  },
  {
    what: 'a variable',
    path: `${CONTAINER}/env/0`,
    value: { name: 'LEVEL', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    added: 'containers[name="web"].env[name="LEVEL"].valueFrom',
  },
  {
    what: 'a probe',
    path: `${CONTAINER}/readinessProbe`,
    value: { tcpSocket: { port: 'http' } },
    added: 'containers[name="web"].readinessProbe.tcpSocket',
  },
  {
    what: 'a volume',
    path: '/spec/template/spec/volumes/0',
    value: { name: 'data', emptyDir: {} },
    added: 'volumes[name="data"].emptyDir',
  },
])(
  '$what of another kind than the chart has it goes when forced',
  async ({ path, value, added }) => {
    await pkgOk(namespace, `install web ${deployment} --set rev=1`)
    const place = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
    const { spec: before } = await apiOk('GET', place)
    await edit('deployment/web', path, value)

    const upgrade = `upgrade web ${deployment} --set rev=2`
    const { err } = await pkg(namespace, upgrade)
    expect(err).toContain(
      `Deployment/web .spec.template.spec.${added} was added by "kubectl-patch"`,
    )
    await pkgOk(namespace, `${upgrade} --force-conflicts`)
    expect((await apiOk('GET', place))['spec']).toEqual(before)
  },
)

test('what kubectl wrote for the release itself is no conflict, and goes', async () => {
  const written = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        'meta.helm.sh/release-name': 'web',
        'meta.helm.sh/release-namespace': namespace,
      },
    },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 81 }] },
  }
  await kubectlOk(['apply', '-f', '-'], { input: JSON.stringify(written) })
  await pkgOk(namespace, `install web ${service} --set rev=1,name=http`)
  expect(await portsOf()).toEqual([{ name: 'http', ...OURS }])
})

test('a rollback says with which flag it goes on, and a plan of it is applied', async () => {
  await pkgOk(namespace, `install web ${service} --set rev=1,name=http`)
  await pkgOk(namespace, `upgrade web ${service} --set rev=2,name=http`)
  await edit('service/web', PORT, 81)
  const { code, err } = await pkg(namespace, 'rollback web 1')
  expect([code, err]).toEqual([4, expect.stringContaining('--force-conflicts') as string])
  await pkgOk(namespace, 'rollback web 1 --force-conflicts')
  expect(await portsOf()).toEqual([{ name: 'http', ...OURS }])

  await edit('service/web', PORT, 81)
  const file = join(folder, `${namespace}.json`)
  const plan = `plan web ${service} --set rev=3,name=http --force-conflicts -o ${file}`
  await pkgOk(namespace, plan)
  await pkgOk(namespace, `apply ${file}`)
  expect(await portsOf()).toEqual([{ name: 'http', ...OURS }])
})

test('an object that is wrong by itself is refused for what is wrong with it', async () => {
  await pkgOk(namespace, `install web ${service} --set rev=1,name=http`)
  await edit('service/web', PORT, 81)
  const { code, err } = await pkg(namespace, `upgrade web ${service} --set name=UPPER`)
  expect([code, err]).toEqual([8, expect.stringContaining('Invalid value: "UPPER"') as string])
})

test('a node port that is taken is the fault of the object, not of the server', async () => {
  await pkgOk(namespace, `install web ${service} --set type=NodePort,node=32712`)
  const other = await freshNamespace()
  const { code, err } = await pkg(other, `install web ${service} --set type=NodePort,node=32712`)
  expect([code, err]).toEqual([8, expect.stringContaining('cannot apply Service/web') as string])
  expect(err).toContain(
    'provided port is already allocated\n  hint: Another Service has this nodePort',
  )
})
