import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { auditedCalls, auditedWrites, auditMark } from '../support/audit.ts'
import {
  accountToken,
  api,
  apiOk,
  clientCertificate,
  eventually,
  freshNamespace,
  helm,
  kubectl,
  kubectlOk,
  plane,
  uniqueName,
  volumeFor,
  writeKubeconfig,
} from '../support/plane.ts'
import { pkg } from '../support/plane-cli.ts'

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'registry.test/web:1' }] },
    },
  },
})

test('the server is a Kubernetes 1.35 and tells aggregated discovery', async () => {
  const version = await apiOk('GET', '/version')
  expect([version['major'], version['minor']]).toEqual(['1', '35'])
  expect(await kubectlOk(['api-resources', '-o', 'name'])).toContain('deployments.apps\n')
})

test('an administrator comes in by client certificate, and by token', async () => {
  const whoAmI = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']
  const kubeconfig = `${plane().kubeconfig}-by-certificate`
  expect(await kubectlOk(whoAmI, { kubeconfig })).toBe('admin')
  expect(await kubectlOk(whoAmI)).toBe('admin-by-token')
  expect(await kubectlOk(whoAmI, { kubeconfig: writeKubeconfig({}) })).toBe('admin-by-token')
})

test('so does the program', async () => {
  const namespace = await freshNamespace()
  const KUBECONFIG = `${plane().kubeconfig}-by-certificate`
  const mark = auditMark()
  expect(await pkg(namespace, 'list', { KUBECONFIG })).toMatchObject({ code: 0, err: '' })
  const calls = await auditedCalls(mark, (call) => call.namespace === namespace)
  expect([...new Set(calls.map(({ user }) => user))]).toEqual(['admin'])
})

test('a user comes in by a certificate of their own, in the groups that it names', async () => {
  const { certificate, key } = await clientCertificate('eve', ['readers'])
  const flags = [`--client-certificate=${certificate}`, `--client-key=${key}`]
  const whoAmI = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo}']
  expect(JSON.parse(await kubectlOk([...whoAmI, ...flags]))).toMatchObject({
    username: 'eve',
    groups: ['readers', 'system:authenticated'],
  })
})

test('nobody comes in by an unknown token, and an account may only what its rules say', async () => {
  const namespace = await freshNamespace()
  const maps = `/api/v1/namespaces/${namespace}/configmaps`
  expect((await api('GET', maps, undefined, { token: 'unknown' })).status).toBe(401)
  const token = await accountToken(namespace, [
    { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
  ])
  expect((await api('GET', maps, undefined, { token })).status).toBe(200)
  expect((await api('POST', maps, { metadata: { name: 'a' } }, { token })).status).toBe(403)
})

test('a Deployment becomes available, and its pods say something', async () => {
  const namespace = await freshNamespace()
  await apiOk('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(2))
  await kubectlOk(['wait', '-n', namespace, '--for=condition=Available', 'deployment/web'])
  expect(await kubectlOk(['logs', '-n', namespace, 'deployment/web'])).toBe(
    'starting\nlistening on :8080\n',
  )
})

test('a Job completes', async () => {
  const namespace = await freshNamespace()
  await kubectlOk(['create', 'job', 'once', '-n', namespace, '--image=registry.test/once:1'])
  await kubectlOk(['wait', '-n', namespace, '--for=condition=Complete', 'job/once'])
})

test('a claim is bound to the volume that was made for it', async () => {
  const namespace = await freshNamespace()
  await volumeFor(namespace, 'data')
  await apiOk('POST', `/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  await kubectlOk(['wait', '-n', namespace, '--for=jsonpath={.status.phase}=Bound', 'pvc/data'])
})

test('a LoadBalancer has an address, unless it is told to have none', async () => {
  const namespace = await freshNamespace()
  const services = `/api/v1/namespaces/${namespace}/services`
  const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] }
  const annotations = { 'simulated.test/no-address': 'true' }
  await apiOk('POST', services, { metadata: { name: 'never', annotations }, spec })
  await apiOk('POST', services, { metadata: { name: 'soon' }, spec })
  const address = 'jsonpath={.status.loadBalancer.ingress[0].ip}'
  await kubectlOk(['wait', '-n', namespace, `--for=${address}=192.0.2.1`, 'service/soon'])
  expect(await kubectlOk(['get', '-n', namespace, 'service/never', '-o', address])).toBe('')
})

test('the audit log counts the writes of one namespace, and no dry run', async () => {
  const namespace = await freshNamespace()
  const maps = `/api/v1/namespaces/${namespace}/configmaps`
  const mark = auditMark()
  await apiOk('POST', maps, { metadata: { name: 'a' } })
  await apiOk('POST', `${maps}?dryRun=All`, { metadata: { name: 'b' } })
  await apiOk('GET', `${maps}/a`)
  await apiOk('DELETE', `${maps}/a`)
  const here = (call: { namespace: string }) => call.namespace === namespace
  const calls = await auditedCalls(mark, here)
  expect(calls.map(({ verb, status }) => [verb, status])).toEqual([
    ['create', 201],
    ['create', 201],
    ['get', 200],
    ['delete', 200],
  ])
  const writes = await auditedWrites(mark, here)
  expect(writes.map(({ verb, resource, name, user }) => [verb, resource, name, user])).toEqual([
    ['create', 'configmaps', 'a', 'admin-by-token'],
    ['delete', 'configmaps', 'a', 'admin-by-token'],
  ])
})

test('a CustomResourceDefinition is established', async () => {
  const group = `${uniqueName('group')}.test`
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  await apiOk('POST', crds, {
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object' } },
        },
      ],
    },
  })
  await kubectlOk(['wait', '--for=condition=Established', `crd/things.${group}`])
  await apiOk('DELETE', `${crds}/things.${group}`)
})

test('a namespace goes, with all that is in it', async () => {
  const namespace = await freshNamespace()
  await apiOk('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(1))
  await apiOk('DELETE', `/api/v1/namespaces/${namespace}`)
  await eventually(async () => (await api('GET', `/api/v1/namespaces/${namespace}`)).status === 404)
})

test('the real Helm and the real kubectl work here', async () => {
  const namespace = await freshNamespace()
  expect(await helm(['list', '-n', namespace, '-o', 'json'])).toEqual({
    code: 0,
    stdout: '[]\n',
    stderr: '',
  })
  const missing = await kubectl(['get', 'configmap', 'none', '-n', namespace])
  expect(missing.code).toBe(1)
  expect(missing.stderr).toContain('"none" not found')
})

test('a simulated node deletes a pod only when somebody has', async () => {
  const namespace = await freshNamespace()
  const pods = `/api/v1/namespaces/${namespace}/pods`
  await apiOk('POST', pods, {
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'registry.test/web:1' }] },
  })
  const simulator = JSON.parse(readFileSync(join(dirname(plane().authority), 'kwok'), 'utf8')) as {
    users: [{ user: { token: string } }]
  }
  const { token } = simulator.users[0].user
  const answer = await api('DELETE', `${pods}/web`, undefined, { token })
  expect(answer.body['message']).toMatch(/nobody has deleted this pod/)
  await apiOk('DELETE', `${pods}/web`)
  await eventually(async () => (await api('GET', `${pods}/web`)).status === 404)
})
