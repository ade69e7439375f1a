import { createServer, type Server } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isJsonObject, type Json } from '../../src/base/json.ts'
import { at, textOf } from '../support/gates.ts'
import { eventually, kubectl } from '../support/plane.ts'
import { pkg } from '../support/plane-cli.ts'
import { startPlane, stopPlane, type PlaneState } from './planes.mjs'

/*
 * An API that nobody answers for holds up discovery and the deletion of namespaces. So this
 * plane is nobody else's.
 */

const API = 'APIService/v1beta1.metrics.k8s.io'
const name = `metrics-${process.pid}`
let own: PlaneState
let server: Server | undefined

beforeAll(async () => {
  own = await startPlane(name, { owned: true })
})
afterAll(async () => {
  server?.close()
  await stopPlane(name)
})

test('metrics-server is not ready before its API answers, and why it does not is told', async () => {
  const begun = Date.now()
  const { code, err } = await install('lonely', '10s')
  expect(code).not.toBe(0)
  expect(err).toMatch(new RegExp(`timed out after 10 s waiting for ${API}: `))
  expect(err).toMatch(/FailedDiscoveryCheck|MissingEndpoints|ServiceAccessError|ServicePortError/)
  expect(Date.now() - begun).toBeLessThan(100_000)
  expect(await run('uninstall', 'metrics', '--wait', '-n', 'lonely')).toMatchObject({
    code: 0,
  })
  expect(await get('apiservices', 'v1beta1.metrics.k8s.io')).toBeNull()
})

test('it is ready as soon as somebody with its certificate answers', async () => {
  const installed = install('heard', '60s')
  await answerInItsPlace('heard')
  const { code, err } = await installed
  expect({ code, end: err.trimEnd().split('\n').at(-1) }).toEqual({
    code: 0,
    end: `${API}: ready, is available`,
  })
  await eventually(async () => {
    const args = ['api-resources', '--api-group=metrics.k8s.io', '-o', 'name']
    const { stdout } = await kubectl(args, { kubeconfig: own.kubeconfig })
    return stdout === 'nodes.metrics.k8s.io\n'
  })
})

function install(namespace: string, timeout: string): ReturnType<typeof run> {
  const words = ['install', 'metrics', 'charts/metrics-server', '--preset', 'small']
  return run(...words, '--create-namespace', '--wait', '--timeout', timeout, '-n', namespace)
}

async function run(...words: string[]): ReturnType<typeof pkg> {
  const namespace = words.pop() ?? ''
  return pkg(namespace, words.slice(0, -1), { KUBECONFIG: own.kubeconfig })
}

/** Serves the API at a port of this machine, to which the Service is led. */
async function answerInItsPlace(namespace: string): Promise<void> {
  let secret: Json = null
  await eventually(async () => {
    secret = await get('secrets', 'metrics-metrics-server', namespace)
    return secret !== null && (await get('apiservices', 'v1beta1.metrics.k8s.io')) !== null
  })
  const data = (key: string): Buffer => Buffer.from(textOf(at(secret, 'data', key)), 'base64')
  server = createServer({ cert: data('tls.crt'), key: data('tls.key') }, (_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(RESOURCES))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const toHere = {
    spec: { type: 'ExternalName', externalName: 'localhost', clusterIP: null, clusterIPs: null },
  }
  await patch(['service', 'metrics-metrics-server', '-n', namespace], toHere)
  await patch(['service', 'metrics-metrics-server', '-n', namespace], {
    spec: { ports: [{ port, name: 'here' }] },
  })
  await patch(['apiservice', 'v1beta1.metrics.k8s.io'], { spec: { service: { port } } })
}

const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'metrics.k8s.io/v1beta1',
  resources: [
    {
      name: 'nodes',
      singularName: '',
      namespaced: false,
      kind: 'NodeMetrics',
      verbs: ['get', 'list'],
    },
  ],
}

async function patch(words: string[], body: Json): Promise<void> {
  const args = ['patch', ...words, '--type=merge', '-p', JSON.stringify(body)]
  const { code, stderr } = await kubectl(args, { kubeconfig: own.kubeconfig })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

async function get(kind: string, object: string, namespace = 'default'): Promise<Json> {
  const args = ['get', kind, object, '-n', namespace, '-o', 'json', '--ignore-not-found']
  const { stdout } = await kubectl(args, { kubeconfig: own.kubeconfig })
  const found: Json = stdout === '' ? null : (JSON.parse(stdout) as Json)
  return isJsonObject(found) ? found : null
}
