import { expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { auditedWrites, auditMark } from '../support/audit.ts'
import { at, listAt } from '../support/gates.ts'
import { api, apiOk, freshNamespace, kubectlOk, uniqueName } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'

const CHART = new URL('../../charts/istio', import.meta.url).pathname
const ADMISSION = '/apis/admissionregistration.k8s.io/v1'

/** Other suites make objects of Istio's too: only those of a revision are checked here. */
async function install(namespace: string, revision: string, set = ''): Promise<string> {
  const words = ['install', `mesh-${revision}`, CHART, '--preset', 'small', '--wait']
  return pkgOk(namespace, [...words, ...settings(revision, set)])
}

function settings(revision: string, set = ''): string[] {
  return ['--set', [`revision=${revision},gateways=null`, set].filter(Boolean).join(',')]
}

/** What istiod does to its validating webhooks once it answers. */
async function serveWebhooks(name: string): Promise<void> {
  const patch = [
    { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: 'LS0tCg==' },
    { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Fail' },
  ]
  const object = ['validatingwebhookconfiguration', name, '--type=json']
  const flags = ['--field-manager=pilot-discovery', `--patch=${JSON.stringify(patch)}`]
  await kubectlOk(['patch', ...object, ...flags])
}

async function policiesOf(name: string): Promise<Json[]> {
  const found = await apiOk('GET', `${ADMISSION}/validatingwebhookconfigurations/${name}`)
  return listAt(found, 'webhooks').map((webhook) => [
    at(webhook, 'failurePolicy'),
    at(webhook, 'clientConfig', 'caBundle'),
  ])
}

test('what istiod writes into its webhooks outlives upgrades and rollbacks, and is no drift', async () => {
  const namespace = await freshNamespace()
  const revision = uniqueName('r')
  const name = `${namespace}-istiod-${revision}`
  await install(namespace, revision)
  expect(await policiesOf(name)).toEqual([['Ignore', null]])
  await serveWebhooks(name)

  const words = ['upgrade', `mesh-${revision}`, CHART, '--preset', 'small', '--wait']
  const { code, err } = await pkg(namespace, [...words, ...settings(revision, 'istiod.replicas=2')])
  expect({ code, err }).toEqual({
    code: 0,
    err: expect.stringContaining(
      `failurePolicy of ValidatingWebhookConfiguration/${name} is left to "pilot-discovery"`,
    ) as string,
  })
  expect(await policiesOf(name)).toEqual([['Fail', 'LS0tCg==']])
  expect((await pkg(namespace, `drift mesh-${revision}`)).code).toBe(0)

  await pkgOk(namespace, `rollback mesh-${revision} 1 --wait`)
  expect(await policiesOf(name)).toEqual([['Fail', 'LS0tCg==']])
  await pkgOk(namespace, `uninstall mesh-${revision}`)
})

test('webhooks go before all of istiod, so that nothing asks one that is gone', async () => {
  const namespace = await freshNamespace()
  const revision = uniqueName('r')
  await install(namespace, revision, 'mesh.mutualTls=STRICT')
  const mark = auditMark()
  await pkgOk(namespace, `uninstall mesh-${revision}`)

  const mine = `${namespace}-istiod-${revision}`
  const deletes = await auditedWrites(
    mark,
    ({ verb, name, userAgent, namespace: where, resource }) =>
      verb === 'delete' &&
      userAgent.startsWith('kubectl-pkg') &&
      (name === mine || where === namespace) &&
      !['leases', 'secrets'].includes(resource),
  )
  const resources = deletes.map(({ resource }) => resource)
  expect(resources.slice(0, 3).sort()).toEqual([
    'mutatingwebhookconfigurations',
    'peerauthentications',
    'validatingwebhookconfigurations',
  ])
  expect(resources.slice(3)).toEqual(
    expect.arrayContaining(['services', 'deployments', 'clusterroles', 'configmaps']),
  )
})

test('a namespace moves to the next revision with its tag', async () => {
  const namespace = await freshNamespace()
  const [before, after, tag] = [uniqueName('a'), uniqueName('b'), uniqueName('t')]
  const served = async (): Promise<Json[]> => {
    const path = `${ADMISSION}/mutatingwebhookconfigurations?labelSelector=istio.io%2Ftag%3D${tag}`
    const services = listAt(await apiOk('GET', path), 'items').flatMap((item: JsonObject) =>
      listAt(item, 'webhooks').map((webhook) => at(webhook, 'clientConfig', 'service', 'name')),
    )
    return [...new Set(services)]
  }
  await install(namespace, before, `revisionTags={${tag}}`)
  await install(namespace, after)
  expect(await served()).toEqual([`istiod-${before}`])

  await pkgOk(namespace, ['upgrade', `mesh-${before}`, CHART, ...settings(before)])
  expect(await served()).toEqual([])
  const moved = settings(after, `revisionTags={${tag}}`)
  await pkgOk(namespace, ['upgrade', `mesh-${after}`, CHART, ...moved])
  expect(await served()).toEqual([`istiod-${after}`])

  await pkgOk(namespace, `uninstall mesh-${before}`)
  const { status } = await api('GET', `/api/v1/namespaces/${namespace}/services/istiod-${after}`)
  expect(status).toBe(200)
  await pkgOk(namespace, `uninstall mesh-${after}`)
})

const route = (host: string, subset: string, weight: number): JsonObject => ({
  destination: { host, subset },
  weight,
})

test.each<{ what: string; http: JsonObject[] }>([
  {
    what: 'all requests to one version',
    http: [{ route: [{ destination: { host: 'reviews', subset: 'v1' } }] }],
  },
  {
    what: 'one person to another version',
    http: [
      {
        match: [{ headers: { 'end-user': { exact: 'jason' } } }],
        route: [{ destination: { host: 'reviews', subset: 'v2' } }],
      },
      { route: [{ destination: { host: 'reviews', subset: 'v1' } }] },
    ],
  },
  {
    what: 'half and half',
    http: [{ route: [route('reviews', 'v1', 50), route('reviews', 'v3', 50)] }],
  },
])('a VirtualService of v1alpha3 is accepted: $what', async ({ http }) => {
  const namespace = await freshNamespace()
  const revision = uniqueName('r')
  await install(namespace, revision)
  const object = {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'VirtualService',
    metadata: { name: 'reviews' },
    spec: { hosts: ['reviews'], http },
  }
  const path = `/apis/networking.istio.io/v1alpha3/namespaces/${namespace}/virtualservices`
  const { status } = await api('POST', `${path}?fieldValidation=Strict&dryRun=All`, object)
  expect(status).toBe(201)
  await pkgOk(namespace, `uninstall mesh-${revision}`)
})
