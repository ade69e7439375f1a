import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, inject } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { makeCertificate } from '../controlplane/certificates.mjs'
import type { PlaneState } from '../controlplane/planes.mjs'
import { oracle } from './oracle.ts'

/** What a program that ran left behind. */
export interface Run {
  code: number
  stdout: string
  stderr: string
}

/** An answer of the API server. */
export interface ApiAnswer {
  status: number
  body: JsonObject
}

/** What a kubeconfig is made of; what is left out is the administrator's, at the API server. */
export interface KubeconfigParts {
  server?: string
  /** A file with certificates. */
  authority?: string
  token?: string
  namespace?: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 })
const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-plane-'))
const namespaces = new Set<string>()

afterAll(async () => {
  // A plane of the run's own goes with all that is in it, which takes it much less.
  if (process.env['KUBECTL_PKG_CONTROLPLANE'] !== undefined)
    for (const name of namespaces) await api('DELETE', `/api/v1/namespaces/${name}`)
  rmSync(folder, { recursive: true, force: true })
  agent.destroy()
})

/** Gives the control plane of this run. */
export function plane(): PlaneState {
  return inject('controlplane')
}

/**
 * Makes a namespace that pods can be made in; it goes with the run.
 *
 * @param labels such as `pod-security.kubernetes.io/enforce`
 */
export async function freshNamespace(labels: Record<string, string> = {}): Promise<string> {
  const name = uniqueName('test')
  namespaces.add(name)
  await apiOk('POST', '/api/v1/namespaces', { metadata: { name, labels } })
  const account = `/api/v1/namespaces/${name}/serviceaccounts/default`
  await eventually(async () => (await api('GET', account)).status === 200)
  return name
}

/** Makes a name that no other test has, for what lives outside of namespaces. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`
}

/** Calls the API server as an administrator, or by the token given; the body is JSON or an apply's YAML. */
export function api(
  method: string,
  path: string,
  body?: Json,
  options: { token?: string; type?: string; accept?: string } = {},
): Promise<ApiAnswer> {
  const { server, authority, token } = plane()
  const headers = {
    authorization: `Bearer ${options.token ?? token}`,
    'content-type': options.type ?? 'application/json',
    accept: options.accept ?? 'application/json',
  }
  return new Promise((resolve, reject) => {
    const ca = readFileSync(authority)
    const sent = request(`${server}${path}`, { method, ca, agent, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.on('end', () => {
        const json = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : { text }
        resolve({ status: answer.statusCode ?? 0, body: json })
      })
    })
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Calls the API server as an administrator and gives the body; @throws when it refuses. */
export async function apiOk(method: string, path: string, body?: Json): Promise<JsonObject> {
  const answer = await api(method, path, body)
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** Runs the real kubectl as an administrator, or with another kubeconfig. */
export function kubectl(args: string[], options: RunOptions = {}): Promise<Run> {
  return run('kubectl', args, options)
}

/** Runs the real Helm as an administrator, or with another kubeconfig. */
export function helm(args: string[], options: RunOptions = {}): Promise<Run> {
  return run('helm', args, options)
}

export interface RunOptions {
  kubeconfig?: string
  input?: string
  cwd?: string
  env?: Record<string, string>
}

/** Runs kubectl and gives its output; @throws when it fails. */
export async function kubectlOk(args: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, options)
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
  return stdout
}

function run(name: 'kubectl' | 'helm', args: string[], options: RunOptions): Promise<Run> {
  const program = oracle(name)
  if (program === undefined) throw new Error(`the real ${name} is only there for Linux on x64`)
  const { kubeconfig = plane().kubeconfig, input = '', cwd, env: more = {} } = options
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    TZ: 'UTC',
    KUBECONFIG: kubeconfig,
    ...more,
  }
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { env, maxBuffer: 1 << 30, ...(cwd === undefined ? {} : { cwd }) },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

/** Writes a kubeconfig into a temporary folder and gives its path. */
export function writeKubeconfig(parts: KubeconfigParts): string {
  const { server, authority, token } = { ...plane(), ...parts }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [
      {
        name: 'test',
        context: { cluster: 'test', user: 'test', namespace: parts.namespace ?? 'default' },
      },
    ],
    'current-context': 'test',
  }
  const file = join(folder, `${uniqueName('kubeconfig')}.json`)
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

/**
 * Makes a service account that may do what the rules allow in its namespace, and gives its token.
 *
 * @param rules PolicyRules of a Role; none for an account without rights
 */
export async function accountToken(namespace: string, rules: JsonObject[]): Promise<string> {
  const name = uniqueName('account')
  const core = `/api/v1/namespaces/${namespace}`
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  await apiOk('POST', `${core}/serviceaccounts`, { metadata: { name } })
  await apiOk('POST', `${rbac}/roles`, { metadata: { name }, rules })
  await apiOk('POST', `${rbac}/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  })
  const made = await apiOk('POST', `${core}/serviceaccounts/${name}/token`, { spec: {} })
  return (made['status'] as JsonObject)['token'] as string
}

/** Gives the files of a client certificate for a user, who has no rights of their own. */
export async function clientCertificate(
  user: string,
  groups: string[] = [],
): Promise<{ certificate: string; key: string }> {
  const files = dirname(plane().authority)
  const name = uniqueName('client')
  await makeCertificate(files, name, { user, groups })
  return { certificate: join(files, `${name}.crt`), key: join(files, `${name}.key`) }
}

/** Makes a volume that only the named claim can have, since nothing here provides volumes. */
export async function volumeFor(namespace: string, claim: string, size = '10Gi'): Promise<string> {
  const name = uniqueName('volume')
  await apiOk('POST', '/api/v1/persistentvolumes', {
    metadata: { name },
    spec: {
      capacity: { storage: size },
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace, name: claim },
      hostPath: { path: '/nowhere' },
    },
  })
  return name
}

/** Waits until the test gives true, with pauses; @throws after the time, two minutes unless told. */
export async function eventually(
  test: () => Promise<boolean>,
  ms = 120_000,
  pause = 50,
): Promise<void> {
  const deadline = Date.now() + ms
  while (!(await test())) {
    if (Date.now() > deadline) throw new Error(`did not come true in ${ms} ms: ${test.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
