import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { writeChart } from '../support/chart-builder.ts'
import { api, apiOk, freshNamespace } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

// Each walks through several runs of two programs.
// Runs of all tests in this process listen for signals.
process.setMaxListeners(50)

let chart = ''
beforeAll(() => {
  chart = writeChart(temporaryFolder(), {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: "9"\n',
    'values.yaml': 'text: one\nextra: true\nreplicas: 1\n',
    'templates/config.yaml': `
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  text: {{ .Values.text }}
  revision: "{{ .Release.Revision }}"
`,
    'templates/extra.yaml': `
{{ if .Values.extra }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-extra
stringData:
  key: {{ .Values.text }}
{{ end }}
`,
    'templates/deployment.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: { app: {{ .Release.Name }} }
  template:
    metadata:
      labels: { app: {{ .Release.Name }} }
    spec:
      containers:
        - name: app
          image: example.com/app:{{ .Values.text }}
`,
    'templates/hook.yaml': `
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade,pre-rollback,pre-delete
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: hook, image: example.com/hook }]
`,
    'templates/tests/test.yaml': `
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  containers: [{ name: test, image: example.com/test }]
`,
    'templates/NOTES.txt': 'Thank you for {{ .Release.Name }}.\n',
  })
})

/** Status and description of each revision, as `history` tells. */
function historyOf(json: string): string[] {
  const items = JSON.parse(json) as { revision: number; status: string; description: string }[]
  return items.map(({ revision, status, description }) => `${revision} ${status}: ${description}`)
}

async function textIn(namespace: string): Promise<string> {
  const { body } = await api('GET', `/api/v1/namespaces/${namespace}/configmaps/web`)
  return (body['data'] as { text: string } | undefined)?.text ?? 'gone'
}

/** Objects of the chart that are there; the revision in the ConfigMap is Helm's own matter. */
async function objectsIn(namespace: string): Promise<string[]> {
  const paths = [
    `/api/v1/namespaces/${namespace}/configmaps/web`,
    `/api/v1/namespaces/${namespace}/secrets/web-extra`,
    `/apis/apps/v1/namespaces/${namespace}/deployments/web`,
  ]
  const found = await Promise.all(paths.map((path) => api('GET', path)))
  return paths
    .filter((_, at) => found[at]?.status === 200)
    .map((path) => path.split('/').slice(-2).join('/'))
}

const ALL = ['configmaps/web', 'secrets/web-extra', 'deployments/web']
const READS = [
  'get manifest web',
  'get hooks web',
  'get notes web',
  'get values web',
  'get values web --all',
  'get values web --all -o json',
  // Without a revision Helm prints the labels of storage as well.
  'get metadata web --revision 2',
  'get metadata web --revision 2 -o yaml',
  'history web',
  'history web -o yaml',
  'list',
  'list -o json',
  'list --date --reverse',
  'list -q --filter ^w',
  'list --superseded',
  'list -l team=a',
] as const

describe.concurrent.each([
  { maker: 'Helm', isOurs: false },
  { maker: 'kubectl pkg', isOurs: true },
])('a release that $maker has made', ({ isOurs }) => {
  const make = async (namespace: string, line: string): Promise<void> => {
    if (isOurs) await pkgOk(namespace, line)
    else await helmOk(namespace, line)
  }

  test('reads the same by both', async () => {
    const namespace = await freshNamespace()
    await make(namespace, `install web ${chart} --labels team=a --set text=two`)
    await make(namespace, `upgrade web ${chart} --set text=three`)
    for (const line of READS) {
      expect([line, await pkgOk(namespace, line)]).toEqual([line, await helmOk(namespace, line)])
    }
    await make(namespace, `upgrade web ${chart} --reset-values`)
    for (const line of ['get values web', 'get values web -o json', 'get all web']) {
      expect([line, await pkgOk(namespace, line)]).toEqual([line, await helmOk(namespace, line)])
    }
  })

  test('lists the same while one takes it over from the other', async () => {
    const namespace = await freshNamespace()
    const rows = async () => {
      const [ours, helms] = await Promise.all([
        pkgOk(namespace, 'list -o json'),
        helmOk(namespace, 'list -o json'),
      ])
      expect(ours).toBe(helms)
      // Whose record tells what a list shows: Helm's own leave it out.
      const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/secrets`)
      return (items as { metadata: { name: string; annotations?: JsonObject } }[])
        .filter(({ metadata }) => metadata.annotations?.['kubectl-pkg/summary'] !== undefined)
        .map(({ metadata }) => metadata.name.split('.').at(-1))
    }
    await make(namespace, `install web ${chart}`)
    expect(await rows()).toEqual(isOurs ? ['v1'] : [])
    await helmOk(namespace, `upgrade web ${chart} --set text=two`)
    expect(await rows()).toEqual([])
    await pkgOk(namespace, `upgrade web ${chart} --set text=three`)
    expect(await rows()).toEqual(['v2', 'v3'])
    await helmOk(namespace, 'rollback web 1')
    expect(await rows()).toEqual(['v2'])
  })

  test('goes from one to the other and back, with every verb', async () => {
    const namespace = await freshNamespace()
    await make(namespace, `install web ${chart}`)
    expect([await textIn(namespace), await objectsIn(namespace)]).toEqual(['one', ALL])

    await pkgOk(namespace, `upgrade web ${chart} --set text=two,extra=false --wait`)
    expect([await textIn(namespace), await objectsIn(namespace)]).toEqual([
      'two',
      ['configmaps/web', 'deployments/web'],
    ])
    await helmOk(namespace, `upgrade web ${chart} --set text=three`)
    expect([await textIn(namespace), await objectsIn(namespace)]).toEqual(['three', ALL])
    await pkgOk(namespace, 'rollback web 2')
    expect([await textIn(namespace), await objectsIn(namespace)]).toEqual([
      'two',
      ['configmaps/web', 'deployments/web'],
    ])
    await helmOk(namespace, 'rollback web 1')
    expect([await textIn(namespace), await objectsIn(namespace)]).toEqual(['one', ALL])

    const history = historyOf(await pkgOk(namespace, 'history web -o json'))
    expect(history).toEqual([
      '1 superseded: Install complete',
      '2 superseded: Upgrade complete',
      '3 superseded: Upgrade complete',
      '4 superseded: Rollback to 2',
      '5 deployed: Rollback to 1',
    ])
    expect(history).toEqual(historyOf(await helmOk(namespace, 'history web -o json')))
    expect(await helmOk(namespace, 'test web')).toContain('Phase:          Succeeded')
    expect(await pkgOk(namespace, 'test web')).toContain('Succeeded')
  })

  test.each([
    { by: 'Helm', uninstall: helmOk },
    { by: 'kubectl pkg', uninstall: pkgOk },
  ])('is uninstalled by $by, with nothing left', async ({ uninstall }) => {
    const namespace = await freshNamespace()
    await make(namespace, `install web ${chart}`)
    await make(namespace, `upgrade web ${chart} --set text=two`)
    await uninstall(namespace, 'uninstall web')
    expect(await objectsIn(namespace)).toEqual([])
    const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/secrets`)
    expect(items).toEqual([])
  })

  test('comes back from a kept history by the other', async () => {
    const namespace = await freshNamespace()
    const [first, second] = isOurs ? [pkgOk, helmOk] : [helmOk, pkgOk]
    await first(namespace, `install web ${chart}`)
    await first(namespace, 'uninstall web --keep-history')
    expect(await objectsIn(namespace)).toEqual([])
    await second(namespace, 'rollback web 1')
    expect(await objectsIn(namespace)).toEqual(ALL)
    await second(namespace, 'uninstall web --keep-history')
    const history = historyOf(await first(namespace, 'history web -o json'))
    expect(history.at(-1)).toBe('2 uninstalled: Uninstallation complete')
    await first(namespace, `install web ${chart} --replace`)
    expect(await objectsIn(namespace)).toEqual(ALL)
  })
})

test('records in ConfigMaps go both ways too', async () => {
  const namespace = await freshNamespace()
  await helmOk(namespace, `install web ${chart}`, 'configmap')
  await pkgOk(namespace, `upgrade web ${chart} --set text=two --storage configmap`)
  expect(await pkgOk(namespace, 'list -q')).toBe('')
  expect(await pkgOk(namespace, ['list', '-q'], { HELM_DRIVER: 'configmap' })).toBe('web\n')
  await helmOk(namespace, 'rollback web 1', 'configmap')
  await pkgOk(namespace, ['uninstall', 'web'], { KUBECTL_PKG_STORAGE: 'configmap' })
  expect(await objectsIn(namespace)).toEqual([])
})

describe.concurrent('a record that Helm has left pending', () => {
  /** As a Helm that was killed in mid-upgrade leaves it. */
  async function leavePending(namespace: string): Promise<void> {
    await helmOk(namespace, `install web ${chart}`)
    await helmOk(namespace, `upgrade web ${chart} --set text=two`)
    const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.web.v2`
    const secret = await apiOk('GET', path)
    const { gunzipSync, gzipSync } = await import('node:zlib')
    const { release } = secret['data'] as { release: string }
    const text = Buffer.from(release, 'base64').toString('latin1')
    const record = JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()) as {
      info: { status: string }
    }
    record.info.status = 'pending-upgrade'
    const packed = gzipSync(JSON.stringify(record)).toString('base64')
    const metadata = secret['metadata'] as JsonObject
    const labels = { ...(metadata['labels'] as JsonObject), status: 'pending-upgrade' }
    await apiOk('PUT', path, {
      ...secret,
      metadata: { ...metadata, labels },
      data: { release: Buffer.from(packed).toString('base64') },
    })
  }

  test('is waited for, and then named', async () => {
    const namespace = await freshNamespace()
    await leavePending(namespace)
    const { code, err } = await pkg(namespace, `upgrade web ${chart} --lock-timeout 1s`)
    expect(code).toBe(4)
    expect(err).toMatch(
      /another run has left revision 2 of release "web" pending-upgrade, \d s ago/,
    )
    expect(err).toContain('--stale-after')
  })

  test.each([
    ['upgrade', '3 deployed: Upgrade complete', 'three'],
    ['rollback', '3 deployed: Rollback to 1', 'one'],
  ])('is taken over by %s when it is stale', async (verb, last, text) => {
    const namespace = await freshNamespace()
    await leavePending(namespace)
    const rest = verb === 'upgrade' ? `${chart} --set text=three` : '1'
    await pkgOk(namespace, `${verb} web ${rest} --stale-after 1s`)
    const history = historyOf(await helmOk(namespace, 'history web -o json'))
    expect([history.at(-1), await textIn(namespace)]).toEqual([last, text])
    expect(history.filter((line) => line.includes(' deployed'))).toHaveLength(1)
  })
})
