import { isDeepStrictEqual } from 'node:util'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { apiOk, eventually, freshNamespace } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * What the real Helm writes from a chart is what `kubectl pkg` writes, to the last line break: else a
 * release that changes hands would change its objects.
 */

let folder = ''
let namespaces: [string, string] = ['', '']
beforeAll(() => {
  folder = temporaryFolder()
})
beforeEach(async () => {
  namespaces = [await freshNamespace(), await freshNamespace()]
})

test('a block of text at the end of a document ends as Helm has it', async () => {
  const block = (kind: string, name: string, annotations = ''): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${annotations}data:\n  text: ${kind}\n    one\n    two\n\n\n`
  const hook = '  annotations: { helm.sh/hook: post-install }\n'
  const chart = writeChart(`${folder}/blocks`, {
    'Chart.yaml': chartYaml('blocks'),
    'templates/a.yaml': `${block('|', 'clip')}---\n${block('|+', 'keep')}---\n${block('>', 'fold')}`,
    'templates/b.yaml': block('|-', 'strip'),
    'templates/hook.yaml': block('|', 'hook', hook),
    'templates/z.yaml': block('|', 'zero'),
  })
  const [helms, ours] = namespaces
  await helmOk(helms, `install web ${chart}`)
  await pkgOk(ours, `install web ${chart}`)

  const want = {
    clip: 'one\ntwo\n',
    keep: 'one\ntwo\n',
    fold: 'one two\n',
    strip: 'one\ntwo',
    hook: 'one\ntwo\n',
    zero: 'one\ntwo\n',
  }
  expect(await textsIn(helms)).toEqual(want)
  expect(await textsIn(ours)).toEqual(want)
  await expectNothingToDo(helms, chart)
  await expectNothingToDo(ours, chart)
})

test('the rules that Kubernetes sums up into a role are neither drift nor a conflict', async () => {
  const [first, second] = namespaces
  const role = (name: string, rest: string): string =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: {{ .Release.Namespace }}-${name}\n${rest}`
  const chart = writeChart(`${folder}/roles`, {
    'Chart.yaml': chartYaml('roles'),
    'templates/sum.yaml': role(
      'sum',
      '  labels: { size: "{{ .Values.size }}" }\naggregationRule: { clusterRoleSelectors: [{ matchLabels: { part-of: "{{ .Release.Namespace }}" } }] }\nrules: []\n',
    ),
    'templates/part.yaml': role(
      'part',
      '  labels: { part-of: "{{ .Release.Namespace }}" }\nrules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]\n',
    ),
  })
  await pkgOk(first, `install web ${chart}`)
  await helmOk(second, `install web ${chart}`)
  for (const namespace of namespaces) {
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${namespace}-sum`
    const summed = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
    const rules = async (): Promise<unknown> => (await apiOk('GET', path))['rules']
    await eventually(async () => isDeepStrictEqual(await rules(), summed))
    await expectNothingToDo(namespace, chart)
    expect((await pkg(namespace, `upgrade web ${chart} --set size=2`)).err).toBe('')
    expect(await rules()).toEqual(summed)
    await pkgOk(namespace, 'uninstall web')
  }
})

test('what the API server says in other words is no change of an upgrade', async () => {
  const named = (apiVersion: string, kind: string, rest: string): string =>
    `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: odd\n  labels: { none: null, size: "{{ .Values.size }}" }\n${rest}\n`
  const chart = writeChart(`${folder}/odd`, {
    'Chart.yaml': chartYaml('odd'),
    'templates/all.yaml': [
      named('v1', 'LimitRange', 'spec: { limits: [{ type: Container, default: { cpu: 1000m } }] }'),
      named('v1', 'ResourceQuota', 'spec: { hard: { pods: 10, requests.memory: 1024Gi } }'),
      named('v1', 'Secret', 'immutable: true\ndata:\n  a: |\n    aGVs\n    bG8='),
      named('v1', 'ConfigMap', 'immutable: true\ndata: { a: x, b: null }'),
      named('v1', 'ServiceAccount', 'secrets: []'),
      named('rbac.authorization.k8s.io/v1', 'Role', 'rules: []'),
      named(
        'networking.k8s.io/v1',
        'NetworkPolicy',
        'spec: { podSelector: {}, ingress: [{ from: [], ports: [{ port: 80 }] }] }',
      ),
    ].join(''),
  })
  const [first, second] = namespaces
  await helmOk(first, `install web ${chart}`)
  await pkgOk(second, `install web ${chart}`)
  for (const namespace of namespaces) {
    await expectNothingToDo(namespace, chart)
    expect(await pkgOk(namespace, `upgrade web ${chart}`)).toMatch(/^Release "web" is unchanged/)
    const planned = await pkgOk(namespace, `plan web ${chart} --set size=2 -o json`)
    const { changes } = JSON.parse(planned) as {
      changes: { op: string; kind: string; fields: { path: string }[] }[]
    }
    const told = changes.map(({ op, kind, fields }) => [op, kind, fields.map(({ path }) => path)])
    const kinds = ['LimitRange', 'ResourceQuota', 'Secret', 'ConfigMap', 'ServiceAccount', 'Role']
    const want = [...kinds, 'NetworkPolicy'].map((kind) => [
      'update',
      kind,
      ['metadata.labels.size'],
    ])
    expect(new Set(told)).toEqual(new Set(want))
  }
})

test('of an object that a chart makes twice the last one counts, as after an upgrade of Helm', async () => {
  const map = (text: string): string =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: map, labels: { helm.sh/chart: twice } }\ndata: { text: ${text} }\n`
  const chart = writeChart(`${folder}/twice`, {
    'Chart.yaml': chartYaml('twice'),
    'templates/all.yaml': `${map('first')}{{ if .Values.size }}\n${map('last-{{ .Values.size }}')}{{ end }}`,
  })
  const [helms, ours] = namespaces
  // Helm installs objects of a kind at the same time, and upgrades one after another.
  await helmOk(helms, `install web ${chart}`)
  await helmOk(helms, `upgrade web ${chart} --set size=1`)
  await pkgOk(ours, `install web ${chart} --set size=1`)
  expect(await textsIn(helms)).toEqual({ map: 'last-1' })
  expect(await textsIn(ours)).toEqual({ map: 'last-1' })
  await expectNothingToDo(ours, `${chart} --set size=1`)

  const { code, err } = await pkg(helms, `upgrade web ${chart} --set size=2`)
  expect([code, err]).toEqual([
    0,
    'the chart makes ConfigMap/map more than once; the last one counts\n',
  ])
  await helmOk(ours, `upgrade web ${chart} --set size=2`)
  expect(await textsIn(helms)).toEqual({ map: 'last-2' })
  expect(await textsIn(ours)).toEqual({ map: 'last-2' })
  await pkgOk(helms, 'uninstall web')
  expect(await textsIn(helms)).toEqual({})
})

test('the empty status of a generated CRD is no conflict in a release written without apply', async () => {
  const [namespace] = namespaces
  const group = `${namespace}.example.org`
  const chart = writeChart(`${folder}/crd`, {
    'Chart.yaml': chartYaml('crd'),
    'templates/crd.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: gadgets.${group}
  creationTimestamp: null
  labels: { size: "{{ .Values.size }}" }
spec:
  group: ${group}
  scope: Namespaced
  names: { kind: Gadget, plural: gadgets }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object } }
status:
  acceptedNames: { kind: "", plural: "" }
  conditions: []
  storedVersions: []
`,
  })
  await helmOk(namespace, `install web ${chart} --server-side=false`)
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.${group}`
  const accepted = { kind: 'Gadget', listKind: 'GadgetList', plural: 'gadgets', singular: 'gadget' }
  await eventually(async () => {
    const { status } = await apiOk('GET', path)
    return isDeepStrictEqual((status as JsonObject)['acceptedNames'], accepted)
  })
  expect(await pkg(namespace, `upgrade web ${chart} --set size=2`)).toMatchObject({ code: 0 })
  expect(await apiOk('GET', path)).toMatchObject({
    metadata: { labels: { size: '2' } },
    status: { acceptedNames: accepted },
  })
  await expectNothingToDo(namespace, `${chart} --set size=2`)
  await pkgOk(namespace, 'uninstall web')
})

async function textsIn(namespace: string): Promise<Record<string, string>> {
  const { items } = await apiOk('GET', `/api/v1/namespaces/${namespace}/configmaps`)
  const maps = (items as JsonObject[]).map(
    ({ metadata, data }) =>
      [(metadata as { name: string }).name, (data as { text?: string }).text ?? ''] as const,
  )
  return Object.fromEntries(maps.filter(([name]) => name !== 'kube-root-ca.crt'))
}

/** Expects that neither a plan nor a look at the live objects tells of a difference. */
async function expectNothingToDo(namespace: string, chart: string): Promise<void> {
  for (const line of ['drift web', 'diff web', `plan web ${chart}`]) {
    const { code, out, err } = await pkg(namespace, `${line} --detailed-exitcode`)
    expect([line, code, code === 0 ? '' : out + err]).toEqual([line, 0, ''])
  }
}
