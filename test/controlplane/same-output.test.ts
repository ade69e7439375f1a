import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { apiOk, freshNamespace } from '../support/plane.ts'
import { helmOk, pkg, pkgOk } from '../support/plane-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/* Scripts read what Helm prints as JSON and YAML, and its records: ours are field by field the same. */

const folder = temporaryFolder()
const CM =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-{{ .Chart.Name }}\n'
const HOOK =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: before\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade\n    helm.sh/hook-weight: "-5"\n'
const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}
`
const SUB = { 'charts/sub/Chart.yaml': chartYaml('sub'), 'charts/sub/templates/cm.yaml': CM }
const LOCK =
  'digest: sha256:643d5437104296e21d906ecb15b2c96ad278f20cfc4af53b12bb6069bd853726\ngenerated: "2026-01-02T03:04:05.678+01:00"\n'

const CHARTS: Record<string, Record<string, string>> = {
  bare: { 'templates/cm.yaml': CM },
  empty: { 'values.yaml': '', 'templates/cm.yaml': CM, 'Chart.lock': `dependencies: []\n${LOCK}` },
  unlocked: { 'values.yaml': '{}\n', 'templates/cm.yaml': CM, 'Chart.lock': LOCK },
  workload: { 'templates/cm.yaml': CM, 'templates/web.yaml': DEPLOYMENT },
  hooks: {
    'values.yaml': 'a: 1\nb: [1, 2.5, x]\nc: {d: null}\nbig: 123456789012\n',
    'templates/cm.yaml': CM,
    'templates/hook.yaml': HOOK,
    'templates/NOTES.txt': 'Hello {{ .Release.Name }}\n',
    'values.schema.json': '{"type": "object"}',
    'files/a.txt': 'a\n',
  },
  subcharts: {
    'Chart.yaml': `${chartYaml('subcharts')}deprecated: true\nannotations: {a: "1"}\nmaintainers: [{name: me}]\ndependencies:\n- {name: sub, version: 1.x, alias: other, condition: other.on, tags: [t]}\n- {name: sub, version: ">0", repository: "", import-values: [data]}\n`,
    ...SUB,
    'charts/sub/values.yaml': 'exports: {data: {told: 1}}\n',
    'templates/cm.yaml': CM,
  },
  alone: { ...SUB, 'templates/cm.yaml': CM },
}

/** What tells one run, or one object of a name, from another. */
const OWN = new Set([
  'creationTimestamp',
  'generated',
  'managedFields',
  'modtime',
  'resourceVersion',
  'run',
  'schemamodtime',
  'uid',
])
/** Helm shows what its records are labelled with beside the person's own labels. */
const OF_RECORDS = ['modifiedAt', 'name', 'owner', 'status', 'version']

function comparable(value: Json, namespace: string): Json {
  if (Array.isArray(value)) return value.map((item) => comparable(item, namespace))
  if (typeof value === 'string') {
    const text = value.replaceAll(namespace, 'NAMESPACE')
    return text.replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z| ?[+-]\d\d:?\d\d(?: UTC)?)/g, 'TIME')
  }
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !OWN.has(key))
      .map(([key, item]) => [key, comparable(item, namespace)]),
  )
}

function withoutLabels(value: Json): Json {
  if (!isJsonObject(value)) return value
  const { labels, ...rest } = value
  const kept = Object.entries(isJsonObject(labels) ? labels : {}).filter(
    ([key]) => !OF_RECORDS.includes(key),
  )
  return kept.length === 0 ? rest : { ...rest, labels: Object.fromEntries(kept) }
}

/** For which event a hook has run is noted by us alone. */
function withoutEvent(record: Json): Json {
  if (!isJsonObject(record) || !Array.isArray(record['hooks'])) return record
  const hooks = record['hooks'].filter(isJsonObject).map(({ last_run: ran, ...hook }) => {
    const { event: _event, ...rest } = isJsonObject(ran) ? ran : {}
    return { ...hook, last_run: rest }
  })
  return { ...record, hooks }
}

async function recordOf(namespace: string, revision: number): Promise<Json> {
  const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.web.v${revision}`
  const { data } = await apiOk('GET', path)
  const text = isJsonObject(data) && typeof data['release'] === 'string' ? data['release'] : ''
  const packed = Buffer.from(Buffer.from(text, 'base64').toString(), 'base64')
  return JSON.parse(gunzipSync(packed).toString()) as JsonObject
}

test.for(Object.keys(CHARTS))('what is told of %s is what Helm tells', async (name) => {
  const chart = writeChart(join(folder, name), { 'Chart.yaml': chartYaml(name), ...CHARTS[name] })
  const verbs = [
    `install web ${chart} -o json`,
    'status web -o json',
    `upgrade web ${chart} --set one=1 -o json`,
    'status web -o json',
    'get metadata web -o json',
    'get values web -o json',
    'get values web --all -o json',
    'history web -o json',
    'list -o json',
  ]
  const told = async (run: typeof pkgOk, namespace: string): Promise<Json[]> => {
    const results: Json[] = []
    for (const verb of verbs) {
      const result = JSON.parse(await run(namespace, verb)) as Json
      results.push(withoutLabels(comparable(result, namespace)))
    }
    for (const verb of ['get values web', 'get values web --all', 'history web', 'list']) {
      results.push(comparable(await run(namespace, `${verb} -o yaml`), namespace))
    }
    const records = [await recordOf(namespace, 1), await recordOf(namespace, 2)]
    return [...results, ...records.map((record) => comparable(withoutEvent(record), namespace))]
  }
  const ours = await told(pkgOk, await freshNamespace())
  expect(ours).toEqual(await told(helmOk as typeof pkgOk, await freshNamespace()))
})

test('a chart that is deprecated is told as such', async () => {
  const namespace = await freshNamespace()
  const chart = join(folder, 'subcharts')
  for (const verb of ['install', 'upgrade']) {
    const { err } = await pkg(namespace, `${verb} web ${chart} --set sub.x=${verb}`)
    expect(err.match(/warning: the chart "subcharts" is deprecated/g)).toHaveLength(1)
  }
})
