import { expect, test } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import Install from '../../src/commands/install.ts'
import Rollback from '../../src/commands/rollback.ts'
import Uninstall from '../../src/commands/uninstall.ts'
import Upgrade from '../../src/commands/upgrade.ts'
import { decodeRelease, encodeRelease } from '../../src/release/codec.ts'
import { auditedCalls, auditedWrites, auditMark, type AuditedCall } from '../support/audit.ts'
import { chartOf, onCluster } from '../support/cluster-cli.ts'
import {
  api,
  apiOk,
  eventually,
  freshNamespace,
  helm,
  kubectl,
  kubectlOk,
  uniqueName,
  type Run,
} from '../support/plane.ts'

const WEB = {
  'values.yaml': 'replicas: 2\nimage: web:1\nkey: one\napp: web\n',
  'templates/all.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: {name: web, annotations: {}}
data:
  key: {{ .Values.key | quote }}
  {{- with .Values.more }}
  more: {{ . | quote }}
  {{- end }}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {token: hunter2}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Values.app }}}}
  template:
    metadata: {labels: {app: {{ .Values.app }}}}
    spec:
      nodeSelector: {}
      containers:
        - name: web
          image: {{ .Values.image }}
          ports: [{containerPort: 80}]
          resources: {requests: {cpu: 100m}}
`,
}
const web = chartOf('web', WEB)
/** Two certificates that only have to look like some. */
const CHART_CA = pem('chart')
const OTHER_CA = pem('other')

function pem(body: string): string {
  const text = `-----BEGIN CERTIFICATE-----\n${Buffer.from(body).toString('base64')}\n-----END CERTIFICATE-----\n`
  return Buffer.from(text).toString('base64')
}

/** Upgrades, installing at first, and gives what was printed. */
function upgrade(namespace: string, chart: string, ...more: string[]): Promise<Run> {
  return onCluster(Upgrade, ['web', chart, '--install', ...more], { namespace })
}

async function succeeds(run: Promise<Run>): Promise<Run> {
  const done = await run
  expect(done, done.stderr).toMatchObject({ code: 0 })
  return done
}

function deployment(namespace: string): Promise<JsonObject> {
  return apiOk('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/web`)
}

function at(value: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (each, key) => (isJsonObject(each) ? each[key] : undefined),
    value,
  )
}

const objectWrites = (namespace: string) => (call: { namespace: string; resource: string }) =>
  call.namespace === namespace &&
  !['events', 'endpoints', 'endpointslices', 'pods', 'replicasets'].includes(call.resource)

test('an upgrade to the same writes nothing, also of what Helm has installed', async () => {
  const namespace = await freshNamespace()
  const installed = await helm(['install', 'web', web, '-n', namespace])
  expect(installed).toMatchObject({ code: 0 })

  for (const _ of ['first', 'second']) {
    const mark = auditMark()
    const { stdout } = await succeeds(upgrade(namespace, web))
    expect(stdout).toContain('Release "web" is unchanged.')
    const isOurs = ({ userAgent }: AuditedCall): boolean => userAgent.startsWith('kubectl-pkg')
    expect(
      await auditedWrites(mark, (call) => call.namespace === namespace && isOurs(call)),
    ).toEqual([])
  }
})

test('either program upgrades what the other has', async () => {
  const namespace = await freshNamespace()
  await succeeds(upgrade(namespace, web))
  const theirs = await helm([
    'upgrade',
    'web',
    web,
    '-n',
    namespace,
    '--set',
    'image=web:2,key=two',
  ])
  expect(theirs.stderr).toBe('')
  await succeeds(upgrade(namespace, web, '--set', 'image=web:3,key=three'))
  const again = await helm([
    'upgrade',
    'web',
    web,
    '-n',
    namespace,
    '--set',
    'image=web:4,key=four',
  ])
  expect(again.stderr).toBe('')
  expect(at(await deployment(namespace), 'spec', 'template', 'spec', 'containers')).toMatchObject([
    { image: 'web:4' },
  ])
})

test('what Helm wrote without apply is taken over, and a field that the chart drops goes', async () => {
  const namespace = await freshNamespace()
  const set = ['--set', 'more=x']
  await helm(['install', 'web', web, '-n', namespace, '--server-side=false', ...set])
  await succeeds(upgrade(namespace, web, '--set', 'key=two'))

  const map = await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps/web`)
  expect(map['data']).toEqual({ key: 'two' })
  const managers = at(map, 'metadata', 'managedFields') as JsonObject[]
  expect(managers.map(({ manager, operation }) => [manager, operation])).toEqual([
    ['helm', 'Apply'],
  ])
})

test('the number of replicas is left to an autoscaler, and is the chart’s again without it', async () => {
  const namespace = await freshNamespace()
  await succeeds(upgrade(namespace, web))
  await apiOk('POST', `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, {
    metadata: { name: 'web' },
    spec: {
      minReplicas: 7,
      maxReplicas: 9,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    },
  })
  await eventually(async () => at(await deployment(namespace), 'spec', 'replicas') === 7)

  const { stderr } = await succeeds(upgrade(namespace, web, '--set', 'image=web:2'))
  expect(stderr).toBe(
    'spec.replicas of Deployment/web is left to HorizontalPodAutoscaler/web: 7, not 2\n',
  )
  expect(at(await deployment(namespace), 'spec', 'replicas')).toBe(7)

  await apiOk('DELETE', `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/web`)
  expect((await succeeds(upgrade(namespace, web, '--set', 'image=web:3'))).stderr).toBe('')
  expect(at(await deployment(namespace), 'spec', 'replicas')).toBe(2)
})

test('fields of another manager stop an upgrade before its first write, all of them named', async () => {
  const namespace = await freshNamespace()
  await succeeds(upgrade(namespace, web))
  await kubectlOk(['-n', namespace, 'set', 'image', 'deployment/web', 'web=web:hot'])
  await kubectlOk(['-n', namespace, 'scale', 'deployment/web', '--replicas=5'])

  const mark = auditMark()
  const refused = await upgrade(namespace, web, '--set', 'key=two')
  expect(refused.code).toBe(4)
  expect(refused.stderr.split('\n').slice(1, 3).sort()).toEqual([
    'Deployment/web .spec.replicas is managed by "kubectl"',
    'Deployment/web .spec.template.spec.containers[name="web"].image is managed by "kubectl-set"',
  ])
  const writes = await auditedWrites(mark, objectWrites(namespace))
  expect(new Set(writes.map(({ resource }) => resource))).toEqual(new Set(['leases']))

  await succeeds(upgrade(namespace, web, '--set', 'key=two', '--force-conflicts'))
  expect(at(await deployment(namespace), 'spec')).toMatchObject({
    replicas: 2,
    template: { spec: { containers: [{ image: 'web:1' }] } },
  })
})

test('an object of nobody is adopted when asked, whoever manages its fields', async () => {
  const namespace = await freshNamespace()
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web' },
    data: { key: 'x', own: 'y' },
  }
  await kubectlOk(['-n', namespace, 'apply', '-f', '-'], { input: JSON.stringify(map) })
  expect(await upgrade(namespace, web)).toMatchObject({ code: 4 })

  await succeeds(upgrade(namespace, web, '--take-ownership'))
  const adopted = await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps/web`)
  expect(adopted).toMatchObject({
    data: { key: 'one' },
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
  })
})

test('a field that cannot change is told before the first write, and made anew when asked', async () => {
  const namespace = await freshNamespace()
  await succeeds(upgrade(namespace, web))
  const before = at(await deployment(namespace), 'metadata', 'uid')

  const mark = auditMark()
  const refused = await upgrade(namespace, web, '--set', 'app=other,key=two')
  expect(refused.code).toBe(8)
  expect(refused.stderr).toContain(
    'an object can only be deleted and made anew\nDeployment/web: spec.selector: ',
  )
  const writes = await auditedWrites(mark, objectWrites(namespace))
  expect(new Set(writes.map(({ resource }) => resource))).toEqual(new Set(['leases']))

  await succeeds(upgrade(namespace, web, '--set', 'app=other,key=two', '--recreate'))
  const after = await deployment(namespace)
  expect(at(after, 'metadata', 'uid')).not.toBe(before)
  expect(at(after, 'spec', 'selector')).toEqual({ matchLabels: { app: 'other' } })
})

const STATEFUL = chartOf('db', {
  'values.yaml': 'size: 1Gi\n',
  'templates/all.yaml': `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: db:1}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        storageClassName: none
        resources: {requests: {storage: {{ .Values.size }}}}
`,
})

test('a StatefulSet with other claims is made anew around its pods and claims', async () => {
  const namespace = await freshNamespace()
  await succeeds(upgrade(namespace, STATEFUL))
  const ids = async () => {
    const pods = await apiOk('GET', `/api/v1/namespaces/${namespace}/pods`)
    const claims = await apiOk('GET', `/api/v1/namespaces/${namespace}/persistentvolumeclaims`)
    return [pods, claims].map(({ items }) =>
      (items as JsonObject[]).map((each) => at(each, 'metadata', 'uid')),
    )
  }
  await eventually(async () => (await ids()).every((each) => each.length === 1))
  const before = await ids()

  expect(await upgrade(namespace, STATEFUL, '--set', 'size=2Gi')).toMatchObject({ code: 8 })
  await succeeds(
    upgrade(namespace, STATEFUL, '--set', 'size=2Gi', '--recreate', '--max-impact', 'recreate'),
  )
  expect(await ids()).toEqual(before)
  const set = await apiOk('GET', `/apis/apps/v1/namespaces/${namespace}/statefulsets/db`)
  expect(at(set, 'spec', 'volumeClaimTemplates')).toMatchObject([
    { spec: { resources: { requests: { storage: '2Gi' } } } },
  ])
})

test('what loses data, and what does more than is allowed, is refused before the first write', async () => {
  const namespace = await freshNamespace()
  const claim = (body: string) => chartOf('claim', { 'templates/all.yaml': body })
  const first = claim(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}
`)
  await succeeds(upgrade(namespace, first))
  const without = claim('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n')
  expect(await upgrade(namespace, without)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining(
      'the plan would lose data\ndelete PersistentVolumeClaim/data: its volume may be deleted with it',
    ),
  })
  expect(
    await upgrade(namespace, without, '--allow-data-loss', '--max-impact', 'downtime'),
  ).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('delete PersistentVolumeClaim/data is data-loss'),
  })
  await succeeds(upgrade(namespace, without, '--allow-data-loss'))
  expect((await api('GET', `/api/v1/namespaces/${namespace}/configmaps/other`)).status).toBe(200)
})

test('groups are written one after the other, each when the one before is ready', async () => {
  const namespace = await freshNamespace()
  const pod = (name: string, group: string, after?: string) => `
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  annotations:
    helm.sh/resource-group: ${group}
    ${after === undefined ? '' : `helm.sh/depends-on/resource-groups: '["${after}"]'`}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata:
      labels: {app: ${name}}
      annotations: {simulated.test/start-after: 1s}
    spec: {containers: [{name: a, image: a}]}
`
  const ordered = chartOf('ordered', {
    'templates/all.yaml': `${pod('app', 'app', 'db')}${pod('db', 'db')}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: last}\n`,
  })
  const mark = auditMark()
  await succeeds(upgrade(namespace, ordered))
  const writes = await auditedWrites(mark, objectWrites(namespace))
  expect(
    writes
      .filter(
        ({ verb, resource }) =>
          verb === 'patch' && ['deployments', 'configmaps'].includes(resource),
      )
      .map(({ name }) => name),
  ).toEqual(['db', 'app', 'last'])
  const list = await apiOk('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/db`)
  const app = await apiOk('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/app`)
  const conditions = at(list, 'status', 'conditions') as JsonObject[]
  const available = conditions.find(({ type }) => type === 'Available')?.['lastTransitionTime']
  const made = at(app, 'metadata', 'creationTimestamp')
  expect(Date.parse(made as string)).toBeGreaterThanOrEqual(Date.parse(available as string))
})

test('subcharts wait for their siblings and a chart for its subcharts, also backwards', async () => {
  const namespace = await freshNamespace()
  const part = (name: string) => ({
    [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
    [`charts/${name}/templates/all.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {key: {{ .Values.global.key | quote }}}\n`,
  })
  const umbrella = (dependsOn: Record<string, string[]>) =>
    chartOf(
      'umbrella',
      {
        'values.yaml': 'global: {key: one}\n',
        'templates/all.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\ndata: {key: {{ .Values.global.key | quote }}}\n',
        ...part('a-last'),
        ...part('b-first'),
      },
      {
        annotations: { 'helm.sh/depends-on/subcharts': '["a-last"]' },
        dependencies: ['a-last', 'b-first'].map((name) => ({
          name,
          version: '1.0.0',
          dependsOn: dependsOn[name] ?? [],
        })),
      },
    )
  const orderOf = async (run: () => Promise<Run>): Promise<string[]> => {
    const mark = auditMark()
    await succeeds(run())
    const writes = await auditedWrites(mark, objectWrites(namespace))
    return writes.filter(({ resource }) => resource === 'configmaps').map(({ name }) => name)
  }
  const ordered = umbrella({ 'a-last': ['b-first'] })
  const order = ['b-first', 'a-last', 'own']
  expect(await orderOf(() => upgrade(namespace, ordered))).toEqual(order)
  expect(await orderOf(() => upgrade(namespace, ordered, '--set', 'global.key=two'))).toEqual(order)
  const back = () => onCluster(Rollback, ['web', '1'], { namespace })
  expect(await orderOf(back)).toEqual(order)
  const gone = () => onCluster(Uninstall, ['web'], { namespace })
  expect(await orderOf(gone)).toEqual(order.toReversed())

  const circle = umbrella({ 'a-last': ['b-first'], 'b-first': ['a-last'] })
  expect(await upgrade(namespace, circle)).toMatchObject({
    code: 6,
    stderr: expect.stringContaining(
      'waits for itself: chart b-first → chart a-last → chart b-first',
    ),
  })
})

test('a chart brings CRDs and their objects in one go, also from its templates', async () => {
  const namespace = await freshNamespace()
  const group = `${uniqueName('g')}.example.org`
  const crd = (kind: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${kind.toLowerCase()}s.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {kind: ${kind}, plural: ${kind.toLowerCase()}s}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
`
  const resource = (kind: string) =>
    `\n---\napiVersion: ${group}/v1\nkind: ${kind}\nmetadata: {name: a}\nspec: {size: 3}\n`
  const chart = chartOf('operator', {
    'crds/one.yaml': crd('One'),
    'templates/all.yaml': `${resource('One')}---${crd('Two')}${resource('Two')}`,
  })
  await succeeds(upgrade(namespace, chart))
  expect(
    await kubectlOk(['-n', namespace, 'get', `ones.${group},twos.${group}`, '-o', 'name']),
  ).toBe(`one.${group}/a\ntwo.${group}/a\n`)

  await kubectlOk(['-n', namespace, 'apply', '-f', '-'], {
    input: `apiVersion: ${group}/v1\nkind: Two\nmetadata: {name: mine}\nspec: {size: 1}\n`,
  })
  await succeeds(onCluster(Uninstall, ['web'], { namespace }))
  expect(
    (await kubectl(['get', 'crd', `ones.${group}`, `twos.${group}`, '-o', 'name'])).stdout,
  ).toBe(
    `customresourcedefinition.apiextensions.k8s.io/ones.${group}\ncustomresourcedefinition.apiextensions.k8s.io/twos.${group}\n`,
  )
  await kubectlOk(['delete', 'crd', `ones.${group}`, `twos.${group}`])
})

test('a CRD is upgraded unless a custom resource that lives would not fit', async () => {
  const namespace = await freshNamespace()
  const group = `${uniqueName('g')}.example.org`
  const chart = (size: string, more = '') =>
    chartOf('operator', {
      'crds/one.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ones.${group}}
spec:
  group: ${group}
  scope: ${more === 'Cluster' ? 'Cluster' : 'Namespaced'}
  names: {kind: One, plural: ones}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: ${size}}}}}}
`,
      'templates/all.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    })
  await succeeds(upgrade(namespace, chart('{type: integer}')))
  await succeeds(upgrade(namespace, chart('{type: integer, minimum: 3}')))
  await kubectlOk(['-n', namespace, 'create', '-f', '-'], {
    input: `apiVersion: ${group}/v1\nkind: One\nmetadata: {name: small}\nspec: {size: 3}\n`,
  })

  const mark = auditMark()
  expect(await upgrade(namespace, chart('{type: integer, minimum: 5}'))).toMatchObject({
    code: 6,
    stderr: expect.stringContaining(
      `CustomResourceDefinition/ones.${group}: v1 spec.size: minimum becomes 5\nOne ${namespace}/small: spec.size: minimum: got 3, want 5\n`,
    ),
  })
  expect(await upgrade(namespace, chart('{type: integer}', 'Cluster'))).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('spec.scope changes from "Namespaced" to "Cluster"'),
  })
  const calls = await auditedCalls(mark, ({ resource }) => resource === 'customresourcedefinitions')
  expect(calls.filter(({ verb, path }) => verb === 'patch' && !path.includes('dryRun'))).toEqual([])
  await succeeds(upgrade(namespace, chart('{type: integer, minimum: 1}')))
  const rule = '{type: integer, minimum: 1, x-kubernetes-validations: [{rule: self < 9}]}'
  expect(await upgrade(namespace, chart(rule))).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(
      `CustomResourceDefinition/ones.${group}: the rule at v1 spec.size: self < 9 is new, and not tried`,
    ),
  })
  await kubectlOk(['delete', 'crd', `ones.${group}`])
})

test('the CA of a webhook is left to whoever has put another in', async () => {
  const namespace = await freshNamespace()
  const name = uniqueName('hook')
  const hook = (rule: string) =>
    chartOf('hook', {
      'templates/all.yaml': `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: ${name}}
webhooks:
  - name: a.example.org
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Ignore
    clientConfig: {url: "https://127.0.0.1:1/", caBundle: ${CHART_CA}}
    namespaceSelector: {matchLabels: {nobody: has-this}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [${rule}]}]
`,
    })
  await succeeds(upgrade(namespace, hook('pods')))
  await kubectlOk(
    [
      'apply',
      '--server-side',
      '--force-conflicts',
      '--field-manager=cert-manager-cainjector',
      '-f',
      '-',
    ],
    {
      input: JSON.stringify({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name },
        webhooks: [
          {
            name: 'a.example.org',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: { caBundle: OTHER_CA, url: 'https://127.0.0.1:1/' },
          },
        ],
      }),
    },
  )
  const { stderr } = await succeeds(upgrade(namespace, hook('services')))
  expect(stderr).toBe(
    `webhooks[name="a.example.org"].clientConfig.caBundle of ValidatingWebhookConfiguration/${name} is left to "cert-manager-cainjector"\n`,
  )
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${name}`
  expect(await apiOk('GET', path)).toMatchObject({
    webhooks: [{ clientConfig: { caBundle: OTHER_CA }, rules: [{ resources: ['services'] }] }],
  })
  await succeeds(onCluster(Uninstall, ['web'], { namespace }))
})

test('an object is found though the API that its revision names is gone', async () => {
  const namespace = await freshNamespace()
  const budget =
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: old}\nspec: {maxUnavailable: 1}\n'
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'
  await succeeds(
    upgrade(namespace, chartOf('old', { 'templates/all.yaml': `${map}---\n${budget}` })),
  )
  const record = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.web.v1`
  const stored = await apiOk('GET', record)
  const text = Buffer.from(at(stored, 'data', 'release') as string, 'base64').toString('latin1')
  const release = decodeRelease(text)
  const manifest = release.manifest.replace('policy/v1', 'policy/v1beta1')
  const data = { release: Buffer.from(encodeRelease({ ...release, manifest })).toString('base64') }
  await apiOk('PUT', record, { ...stored, data })

  await succeeds(upgrade(namespace, chartOf('old', { 'templates/all.yaml': map })))
  const gone = await api('GET', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/old`)
  expect(gone.status).toBe(404)
})

test('six hundred objects, more than a page, take no more calls than writes, and a few', async () => {
  const namespace = await freshNamespace()
  const many = chartOf('many', {
    'templates/all.yaml':
      '{{- range until 600 }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm-{{ . }}}\ndata: {key: {{ $.Values.key | default "one" }}}\n{{- end }}\n',
  })
  const callsOf = async (run: () => Promise<Run>): Promise<number> => {
    const mark = auditMark()
    await succeeds(run())
    // Heartbeats come by time, not by objects.
    const ours = ({ userAgent, ...call }: AuditedCall): boolean =>
      userAgent.startsWith('kubectl-pkg') &&
      call.namespace === namespace &&
      !(call.resource === 'leases' && call.verb === 'update')
    return (await auditedCalls(mark, ours)).length
  }
  expect(await callsOf(() => onCluster(Install, ['web', many], { namespace }))).toBeLessThanOrEqual(
    610,
  )
  expect(await callsOf(() => upgrade(namespace, many, '--set', 'key=two'))).toBeLessThanOrEqual(610)
  expect(await callsOf(() => upgrade(namespace, many, '--set', 'key=two'))).toBeLessThanOrEqual(10)
  expect(await callsOf(() => onCluster(Uninstall, ['web'], { namespace }))).toBeLessThanOrEqual(610)
})
