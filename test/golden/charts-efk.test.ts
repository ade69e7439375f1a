import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { decodeJson } from '../../src/encoding/json.ts'
import type { GoMap } from '../../src/golang/value.ts'
import { objectKey, type KubeObject } from '../../src/manifest/object.ts'
import { checkAgainstSchema } from '../../src/values/validate.ts'
import { addOn } from '../add-ons/efk.ts'
import { fluentBitSchema } from '../support/fluent-bit-schema.ts'
import { at, listAt, textOf } from '../support/gates.ts'
import { pairwise } from '../support/pairwise.ts'
import { renderOnce } from '../support/render-add-on.ts'


async function objectsOf(set: string[]): Promise<KubeObject[]> {
  return (await renderOnce('efk', { set: set.filter(Boolean) })).objects
}

function named(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.find((each) => each.kind === kind && each.metadata.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name}`)
  return found
}

describe('every configuration that the chart renders for Fluent Bit', () => {
  const { parser = [], multiline = [], sources = [], excluded = [], sinks = [] } = addOn.switches
  const topologies = ['collector.topology=direct', 'collector.topology=aggregated']
  const store = addOn.switches['store']?.filter((each) => /external|none/.test(each)) ?? []
  const rows = pairwise({ topologies, store, parser, multiline, sources, excluded, sinks })
  const schema = Buffer.from(JSON.stringify(fluentBitSchema()))

  test.each(rows.map((row) => Object.values(row)))('%s %s %s %s %s %s %s', async (...set) => {
    const objects = await objectsOf(['tls.mode=secret,tls.secret=mine', ...set])
    const text = at(named(objects, 'ConfigMap', 'edge-efk-collector'), 'data', 'fluent-bit.yaml')
    const config = parse(textOf(text)) as JsonObject
    expect(checkAgainstSchema(schema, decodeJson(JSON.stringify(config)) as GoMap)).toBeUndefined()
    expect(unknownParsers(config)).toEqual([])
  })

  test('a key that no plugin knows is found', () => {
    const wrong = '{"service":{"flush":1},"pipeline":{"inputs":[{"name":"tail","paht":"/a"}],"outputs":[]}}'
    expect(checkAgainstSchema(schema, decodeJson(wrong) as GoMap)).toBeDefined()
  })
})

/** Parsers that are called by a name that none has; Fluent Bit brings those of languages. */
function unknownParsers(config: JsonObject): string[] {
  const names = [...listAt(config, 'parsers'), ...listAt(config, 'multiline_parsers')].map(
    ({ name }) => name,
  )
  const users = [
    ...listAt(config, 'pipeline', 'inputs'),
    ...listAt(config, 'pipeline', 'filters'),
    ...listAt(config, 'multiline_parsers'),
  ]
  const called = users.flatMap((user) =>
    [user['parser'], user['multiline.parser']].flatMap((each) =>
      typeof each === 'string' ? each.split(',') : [],
    ),
  )
  return called.filter((each) => !['java', 'python', 'go', 'ruby', ...names].includes(each))
}

/**
 * Settings that the programs know, of those that the chart writes.
 *
 * Source: the reference of settings of Elasticsearch 9, Kibana 9, OpenSearch 3 and its Dashboards.
 */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  'elasticsearch.yml':
    /^(?:cluster\.name|node\.name|network\.(?:host|publish_host)|discovery\.seed_hosts|node\.store\.allow_mmap|readiness\.port|ingest\.geoip\.downloader\.enabled|xpack\.ml\.enabled|xpack\.security\.(?:enabled|enrollment\.enabled|(?:http|transport)\.ssl\.(?:enabled|key|certificate|certificate_authorities|verification_mode)))$/,
  'opensearch.yml':
    /^(?:cluster\.name|node\.name|network\.(?:host|publish_host)|discovery\.seed_hosts|node\.store\.allow_mmap|plugins\.security\.(?:allow_default_init_securityindex|nodes_dn|restapi\.roles_enabled|system_indices\.enabled|ssl\.http\.enabled|ssl\.transport\.enforce_hostname_verification|ssl\.(?:http|transport)\.(?:pemkey|pemcert|pemtrustedcas)_filepath))$/,
  'kibana.yml':
    /^(?:server\.(?:name|host|port|publicBaseUrl|ssl\.(?:enabled|certificate|key))|elasticsearch\.(?:hosts|username|password|ssl\.certificateAuthorities)|telemetry\.optIn|xpack\.(?:encryptedSavedObjects|reporting|security)\.encryptionKey|xpack\.security\.secureCookies)$/,
  'opensearch_dashboards.yml':
    /^(?:server\.(?:name|host|port|ssl\.(?:enabled|certificate|key))|opensearch\.(?:hosts|username|password|requestHeadersAllowlist|ssl\.certificateAuthorities)|opensearch_security\.cookie\.(?:password|secure))$/,
}

test.each([
  ['elasticsearch', 'elasticsearch.yml', 'kibana.yml'],
  ['opensearch', 'opensearch.yml', 'opensearch_dashboards.yml'],
])('%s and its pages know all their settings', async (kind, ...files) => {
  const ui = 'ui.https=true,ui.ingress.enabled=true,ui.ingress.host=a.b,ui.ingress.tlsSecret=t'
  const objects = await objectsOf([`store.kind=${kind}`, ui])
  const found = files.map((file) => {
    const text = objects.flatMap((object) => at(object, 'data', file) ?? [])
    const settings = parse(textOf(text[0])) as JsonObject
    return [file, Object.keys(settings).filter((each) => SETTINGS[file]?.test(each) !== true)]
  })
  expect(found).toEqual(files.map((file) => [file, []]))
})

test('settings of the values win over those of the chart', async () => {
  const objects = await objectsOf(['store.config.node\\.store\\.allow_mmap=true'])
  const text = at(named(objects, 'ConfigMap', 'edge-efk-store'), 'data', 'elasticsearch.yml')
  expect(parse(textOf(text))).toMatchObject({ 'node.store.allow_mmap': true })
})

test.each(['elasticsearch', 'opensearch'])('%s sets up retention by JSON', async (kind) => {
  const objects = await objectsOf([`store.kind=${kind}`, 'retention.days=90'])
  const { data } = named(objects, 'ConfigMap', 'edge-efk-setup')
  const bodies = ['policy.json', 'template.json'].map(
    (file) => JSON.parse(textOf(at(data ?? null, file))) as Json,
  )
  expect(JSON.stringify(bodies[0])).toContain('"90d"')
  expect(at(bodies[1] ?? null, 'index_patterns')).toEqual(['logs-kubernetes-default'])
})

test('the generated key is PKCS #8, fits the certificate, and the certificate all nodes', async () => {
  const { data = null } = named(await objectsOf([]), 'Secret', 'edge-efk-tls')
  const text = (key: string): string => Buffer.from(textOf(at(data, key)), 'base64').toString()
  const certificate = new X509Certificate(text('tls.crt'))
  const key = createPrivateKey({ key: text('tls.key'), format: 'pem' })
  expect(text('tls.key')).toMatch(/^-----BEGIN PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END/)
  expect(certificate.checkPrivateKey(key)).toBe(true)
  expect(certificate.verify(new X509Certificate(text('ca.crt')).publicKey)).toBe(true)
  expect(
    ['edge-efk-store.edge.svc', 'edge-efk-store-2.edge-efk-store-nodes.edge.svc', 'edge-efk-aggregator.edge.svc'].map(
      (host) => certificate.checkHost(host),
    ),
  ).not.toContain(undefined)
})

test('a Job of other settings has another name', async () => {
  const names = await Promise.all(
    [['retention.days=30'], ['retention.days=30'], ['retention.days=31']].map(async (set) =>
      (await objectsOf(set)).filter(({ kind }) => kind === 'Job').map((job) => objectKey(job)),
    ),
  )
  expect(names[0]).toEqual(names[1])
  expect(names[0]).not.toEqual(names[2])
})

test.each([
  ['small', 2, 4],
  ['', 2, 4],
])('preset "%s" asks for less than %d CPU and %d GiB', async (preset, cpu, memory) => {
  const { objects } = await renderOnce('efk', { preset: preset === '' ? [] : [preset] })
  const requests = objects
    .filter(({ kind }) => ['DaemonSet', 'Deployment', 'StatefulSet'].includes(kind))
    .flatMap((object) =>
      listAt(object, 'spec', 'template', 'spec', 'containers').map((each) => ({
        count: Number(at(object, 'spec', 'replicas') ?? 1),
        asked: at(each, 'resources', 'requests'),
      })),
    )
  const sum = (name: string, units: Record<string, number>): number =>
    requests.reduce((all, { count, asked }) => {
      const [, number = '', unit = ''] = /^([\d.]+)(\D*)$/.exec(textOf(at(asked, name))) ?? []
      return all + count * Number(number) * (units[unit] ?? Number.NaN)
    }, 0)
  expect(sum('cpu', { '': 1, m: 0.001 })).toBeLessThan(cpu)
  expect(sum('memory', { Mi: 1 / 1024, Gi: 1 })).toBeLessThan(memory)
})

describe('values that do not go together', () => {
  test.each([
    ['store.kind=none', 'store.kind is none and no sink is enabled'],
    ['ui.image.tag=9.6.0', 'ui.image.tag 9.6.0 is newer than the store, 9.5.2'],
    ['store.kind=opensearch,ui.image.tag=3.9.0', 'newer than the store, 3.8.0'],
    [
      'store.kind=external,store.external.host=e,store.external.secret=s,store.external.uiSecret=u,store.external.version=9.4.5,ui.image.tag=9.5.2',
      'newer than the store, 9.4.5',
    ],
    ['store.kind=external', 'needs store.external.host'],
    ['store.kind=external,store.external.host=e,store.external.secret=s', 'need store.external.uiSecret'],
    ['tls.mode=secret', 'needs the Secret'],
    ['tls.mode=certManager', 'needs tls.issuer.name'],
    ['store.kind=opensearch,tls.mode=secret,tls.secret=s', 'needs tls.subject'],
    ['sinks.kafka.enabled=true', 'needs sinks.kafka.brokers'],
    ['sinks.syslog.enabled=true', 'needs sinks.syslog.host'],
    ['sinks.http.enabled=true', 'needs sinks.http.url'],
    ['sinks.forward.enabled=true', 'needs sinks.forward.host'],
    ['ui.ingress.enabled=true', 'needs ui.ingress.host'],
    ['sources.containers=false,sources.controlPlane=false', 'no source is enabled'],
    [
      'collector.kind=fluentd,sinks.kafka.enabled=true,sinks.kafka.brokers={a:1}',
      "Fluentd's official images hold the plugin of the store, of Kafka or of syslog",
    ],
  ])('%s', async (set, message) => {
    await expect(objectsOf([set])).rejects.toThrow(message)
  })
})

test('nobody but the collector has rights, and it reads pods and namespaces alone', async () => {
  const objects = await objectsOf(['collector.topology=aggregated'])
  const roles = objects.filter(({ kind }) => kind.endsWith('Role'))
  expect(roles.map((role) => role['rules'])).toEqual([
    [{ apiGroups: [''], resources: ['namespaces', 'pods'], verbs: ['get', 'list', 'watch'] }],
  ])
  const mounted = objects.filter(
    (each) => at(each, 'spec', 'template', 'spec', 'automountServiceAccountToken') === true,
  )
  expect(mounted.map((each) => each.kind)).toEqual(['DaemonSet'])
})

test('what the store needs is written before it, and logs are collected after its setup', async () => {
  const objects = await objectsOf([])
  const groups = objects.map((object) => {
    const group = at(object, 'metadata', 'annotations', 'helm.sh/resource-group')
    return [`${object.kind}/${object.metadata.name}`, group] as const
  })
  const inStore = groups.filter(([, group]) => group === 'store').map(([name]) => name)
  expect(inStore.toSorted()).toEqual([
    'ConfigMap/edge-efk-store',
    'Secret/edge-efk-keys',
    'Secret/edge-efk-realm',
    'Secret/edge-efk-tls',
    'Secret/edge-efk-users',
    'Service/edge-efk-store',
    'Service/edge-efk-store-nodes',
    'StatefulSet/edge-efk-store',
  ])
  const waiting = objects.filter((object) => {
    const annotations = at(object, 'metadata', 'annotations')
    return isJsonObject(annotations) && annotations['helm.sh/resource-group'] === 'setup'
  })
  expect(waiting.map(({ kind }) => kind).toSorted()).toEqual(['ConfigMap', 'Job'])
  expect(groups.find(([name]) => name.startsWith('DaemonSet'))?.[1]).toBeNull()
})
