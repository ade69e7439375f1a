import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/base/json.ts'
import { startPlane, stopPlane, type PlaneState } from '../../controlplane/planes.mjs'
import { freePorts } from '../../support/free-ports.ts'
import { at, listAt } from '../../support/gates.ts'
import { kubectl, kubectlOk, writeKubeconfig, type Run } from '../../support/plane.ts'
import { runLine } from '../../support/run-line.ts'
import { eventuallyGiven, start, type Running } from '../processes.ts'
import { certManagerPrograms } from './programs.mjs'

/*
 * cert-manager's own programs with the arguments of the chart's Deployments and the rights of its
 * ServiceAccounts. They watch the whole of a cluster, so they have one of their own.
 */

const CHART = 'charts/cert-manager'
/** Namespace of the release. */
const CERTS = 'certs'
/** A namespace whose objects the webhook does not check: it must not be reached for them. */
const UNCHECKED = 'unchecked'
/** A namespace whose objects it checks. */
const SHOP = 'shop'

const name = `cert-manager-${process.pid}`
const home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-cert-manager-'))
const programs: Running[] = []
let state: PlaneState
let webhookPort = 0
let installed: Promise<unknown>

process.setMaxListeners(50)

beforeAll(async () => {
  state = await startPlane(name, { owned: true })
  await apply(namespace(UNCHECKED, { 'cert-manager.io/disable-validation': 'true' }))
  await apply(namespace(SHOP, {}))
  const [https = 0, health = 0] = await freePorts(2)
  webhookPort = https
  installed = pkg(
    `install certs ${CHART} --namespace ${CERTS} --create-namespace --wait`,
    `--set=issuers.own.namespace=${UNCHECKED},issuers.own.selfSigned.crlDistributionPoints={}`,
    '--set=issuers.first.selfSigned.crlDistributionPoints={}',
  )
  await eventuallyGiven(
    async () => {
      const words = ['get', 'deployment', 'certs-cert-manager-webhook', '--namespace', CERTS]
      return (await kubectl(words, state)).code === 0 || undefined
    },
    { programs },
  )
  await startProgram('controller')
  await startProgram('cainjector')
  await startProgram('webhook', [
    `--secure-port=${https}`,
    `--healthz-port=${health}`,
    '--metrics-listen-address=0',
    '--dynamic-serving-dns-names=localhost',
  ])
})

afterAll(async () => {
  await Promise.all(programs.map((each) => each.stop()))
  await stopPlane(name)
  rmSync(home, { recursive: true })
})

test('the first installation goes on once its webhook can be asked, and its issuers become ready', async () => {
  await reachWebhookByUrl()
  await installed
  for (const issuer of ['clusterissuers.cert-manager.io/first', 'issuers.cert-manager.io/own']) {
    const conditions = listAt(await get(issuer, UNCHECKED), 'status', 'conditions')
    expect(conditions).toMatchObject([{ type: 'Ready', status: 'True' }])
  }
})

test('cainjector gives the webhook its authority, and so the API server asks it', async () => {
  await authorityWritten('validatingwebhookconfiguration')
  await authorityWritten('mutatingwebhookconfiguration')
  const { code, stderr } = await answered(
    certificate(SHOP, 'broken', { name: 'own', kind: 'Issuer' }, { duration: '1m' }),
  )
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining(
      'admission webhook "webhook.cert-manager.io" denied the request: spec.duration',
    ) as string,
  })
})

test('that issuer signs', async () => {
  await apply(certificate(UNCHECKED, 'web', { name: 'own', kind: 'Issuer' }))
  const text = readCertificate(await secretOf(UNCHECKED, 'web', 'tls.crt'))
  expect(text).toContain('DNS:web.example.com')
  expect(text).toMatch(/Issuer: CN ?= ?web\n/)
})

test('an authority of its own signs for namespaces by a ClusterIssuer', async () => {
  const issuer = (issuerName: string, spec: JsonObject): JsonObject => ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'ClusterIssuer',
    metadata: { name: issuerName },
    spec,
  })
  await apply(issuer('root', { selfSigned: {} }))
  const root = { name: 'root', kind: 'ClusterIssuer' }
  await apply(certificate(CERTS, 'authority', root, { isCA: true }))
  const authority = await secretOf(CERTS, 'authority', 'tls.crt')
  await apply(issuer('house', { ca: { secretName: 'authority' } }))
  await apply(certificate(SHOP, 'web', { name: 'house', kind: 'ClusterIssuer' }))
  const files = [authority, await secretOf(SHOP, 'web', 'tls.crt')].map((pem, index) => {
    const file = join(home, `${index}.crt`)
    writeFileSync(file, pem)
    return file
  })
  const verified = execFileSync('openssl', ['verify', '-CAfile', ...files], { encoding: 'utf8' })
  expect(verified).toContain(': OK')
})

test('an Ingress that names an issuer gets its certificate', async () => {
  await apply({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'shop',
      namespace: SHOP,
      annotations: { 'cert-manager.io/cluster-issuer': 'root' },
    },
    spec: {
      tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }],
      defaultBackend: { service: { name: 'shop', port: { number: 80 } } },
    },
  })
  expect(readCertificate(await secretOf(SHOP, 'shop-tls', 'tls.crt'))).toContain(
    'DNS:shop.example.com',
  )
})

test('an account of ACME is asked for with the rights of the chart', async () => {
  const [port = 0] = await freePorts(1)
  await apply({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: { name: 'acme', namespace: SHOP },
    spec: {
      acme: {
        server: `http://127.0.0.1:${port}/directory`,
        privateKeySecretRef: { name: 'acme-account' },
        solvers: [{ http01: { ingress: { ingressClassName: 'traefik' } } }],
      },
    },
  })
  const key = await secretOf(SHOP, 'acme-account', 'tls.key')
  expect(key).toContain('PRIVATE KEY')
})

test('no object that the programs asked the API server for was refused', () => {
  const users = ['controller', 'cainjector', 'webhook'].map(
    (program) => `system:serviceaccount:${CERTS}:certs-cert-manager-${program}`,
  )
  const calls = readFileSync(state.audit, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JsonObject)
    .filter((call) => users.includes(at(call, 'user', 'username') as string))
  const refused = calls.filter(
    (call) => at(call, 'objectRef') !== null && at(call, 'responseStatus', 'code') === 403,
  )
  expect(refused.map(({ verb, requestURI }) => [verb, requestURI])).toEqual([])
  expect(new Set(calls.map((call) => at(call, 'user', 'username')))).toEqual(new Set(users))
})

/** Starts a program as its Deployment would, as the account of its pods. */
async function startProgram(program: string, more: string[] = []): Promise<void> {
  const deployment = await get(`deployment/certs-cert-manager-${program}`, CERTS)
  const pod = at(deployment, 'spec', 'template', 'spec')
  const account = at(pod, 'serviceAccountName') as string
  const token = await kubectlOk(['create', 'token', account, '--namespace', CERTS], state)
  const { server, authority } = state
  const kubeconfig = writeKubeconfig({ server, authority, token: token.trim() })
  const args = at(listAt(pod, 'containers')[0] ?? {}, 'args') as string[]
  const words = [program, ...args, `--kubeconfig=${kubeconfig}`, ...more]
  programs.push(start(certManagerPrograms.ensure()['cert-manager'], words))
}

/** There is no network of Services here: the API server asks the webhook by a URL instead. */
async function reachWebhookByUrl(): Promise<void> {
  for (const [kind, path] of [
    ['validatingwebhookconfiguration', 'validate'],
    ['mutatingwebhookconfiguration', 'mutate'],
  ] as const) {
    const value = { url: `https://localhost:${webhookPort}/${path}` }
    const patch = [{ op: 'replace', path: '/webhooks/0/clientConfig', value }]
    const words = ['patch', kind, 'certs-certs-cert-manager', '--type=json']
    await kubectlOk([...words, `--patch=${JSON.stringify(patch)}`], state)
  }
}

async function authorityWritten(kind: string): Promise<void> {
  await eventuallyGiven(
    async () =>
      at(
        await get(`${kind}/certs-certs-cert-manager`, CERTS),
        'webhooks',
        0,
        'clientConfig',
        'caBundle',
      ) ?? undefined,
    { programs },
  )
}

function namespace(of: string, labels: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: of, labels } }
}

function certificate(
  where: string,
  called: string,
  issuerRef: JsonObject,
  more: JsonObject = {},
): JsonObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: called, namespace: where },
    spec: {
      secretName: called,
      commonName: called,
      dnsNames: [`${called}.example.com`],
      privateKey: { algorithm: 'ECDSA', size: 256 },
      issuerRef,
      ...more,
    },
  }
}

/** Waits for a key of a Secret and gives its text. */
function secretOf(where: string, secret: string, key: string): Promise<string> {
  return eventuallyGiven(
    async () => {
      const words = ['get', 'secret', secret, '--namespace', where, '--output=json']
      const { code, stdout } = await kubectl(words, state)
      const text = code === 0 ? at(JSON.parse(stdout) as Json, 'data', key) : null
      return typeof text === 'string' ? Buffer.from(text, 'base64').toString() : undefined
    },
    { programs },
  )
}

function readCertificate(pem: string): string {
  const args = ['x509', '-noout', '-text']
  return execFileSync('openssl', args, { input: pem, encoding: 'utf8' })
}

async function pkg(line: string, ...more: string[]): Promise<void> {
  const env = { KUBECONFIG: state.kubeconfig, HOME: home }
  const { code, stderr } = await runLine([...line.split(' '), ...more], { env, now: Date.now() })
  const outputs = programs.map((each) => each.output().slice(-4000))
  if (code !== 0) throw new Error([`${line} ended with ${code}: ${stderr}`, ...outputs].join('\n'))
}

async function get(what: string, where: string): Promise<Json> {
  const words = ['get', what, '--namespace', where, '--output=json']
  return JSON.parse(await kubectlOk(words, state)) as Json
}

async function apply(object: JsonObject): Promise<void> {
  const { code, stderr } = await answered(object)
  if (code !== 0) throw new Error(stderr)
}

/** Creates an object once the webhook that checks it can be reached; gives what is said of it. */
function answered(object: JsonObject): Promise<Run> {
  return eventuallyGiven(
    async () => {
      const made = await create(object)
      return made.stderr.includes('failed calling webhook') ? undefined : made
    },
    { programs },
  )
}

function create(object: JsonObject): Promise<Run> {
  return kubectl(['create', '--filename=-'], {
    kubeconfig: state.kubeconfig,
    input: JSON.stringify(object),
  })
}
