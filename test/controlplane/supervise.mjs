// Runs one control plane in the folder of its argument until it is told to end, or, when
// standard input is a pipe, until the process that holds the other end is gone.
import { spawn } from 'node:child_process'
import {
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { prepareComponents } from './components.mjs'
import { ensurePrograms } from './programs.mjs'

const folder = process.argv[2]
const children = new Map()
/** Goroutines begin with a stack of the usual size; growing it took a twelfth of the API server. */
const STACKS = 'adaptivestackstart=1'
const POLICIES = '/apis/admissionregistration.k8s.io/v1'

process.once('SIGTERM', () => end(0))
process.once('SIGINT', () => end(0))
if (fstatSync(0).isFIFO() || fstatSync(0).isSocket())
  process.stdin.once('end', () => end(0)).resume()
await main().catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  end(1)
})

async function main() {
  const programs = ensurePrograms()
  for (const name of ['files', 'logs']) mkdirSync(join(folder, name), { recursive: true })
  const [api, etcd, peer, kubelet] = await freePorts(4)
  const plane = await prepareComponents(folder, { api, etcd, peer, kubelet })
  const call = caller(plane)
  for (const name of ['etcd', 'kube-apiserver']) run(name, programs[name], plane.components[name])
  await until('the API server is ready', () => call('GET', '/readyz'))
  for (const name of ['kube-controller-manager', 'kube-scheduler', 'kwok'])
    run(name, programs[name], plane.components[name])
  await Promise.all(['a', 'b', 'c'].map((zone) => call('POST', '/api/v1/nodes', node(zone))))
  for (const each of deletionRule()) await call('POST', `${POLICIES}/${each.plural}`, each.object)
  await until('nodes can be used', async () => (await usableNodes(call)) === 3)
  await until('namespaces have accounts', () =>
    call('GET', '/api/v1/namespaces/default/serviceaccounts/default'),
  )
  writeState({ server: plane.server, token: plane.token })
}

function run(name, program, args) {
  const log = openSync(join(folder, 'logs', `${name}.log`), 'a')
  // A plane lives for minutes: memory is cheaper than a third of its time spent on garbage.
  const env = { GOGC: '800', GOMEMLIMIT: '2GiB', GODEBUG: STACKS, ...process.env }
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', log, log] })
  children.set(name, child)
  const gone = (reason) => {
    process.stderr.write(`${name} ended (${reason}); its log ends with\n${lastLines(name)}\n`)
    end(1)
  }
  child.once('error', (error) => gone(error.message))
  child.once('exit', (code, signal) => gone(code ?? signal))
}

function lastLines(name) {
  return readFileSync(join(folder, 'logs', `${name}.log`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-8)
    .join('\n')
}

/** Nothing of a plane is kept, so nothing is asked to end in order. */
function end(code) {
  for (const child of children.values()) child.removeAllListeners('exit').kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.exit(code)
}

function writeState(state) {
  const file = join(folder, 'state.json')
  const whole = {
    ...state,
    supervisor: process.pid,
    kubeconfig: join(folder, 'kubeconfig'),
    authority: join(folder, 'files', 'ca.crt'),
    audit: join(folder, 'audit.log'),
  }
  writeFileSync(`${file}.new`, `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function node(zone) {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${zone}`,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': `node-${zone}`,
        'topology.kubernetes.io/region': 'region',
        'topology.kubernetes.io/zone': `zone-${zone}`,
      },
    },
  }
}

/**
 * A kubelet names the pod that it deletes by its uid, kwok by its name alone and at times twice: so
 * the second time it may hit the pod that came after. Its calls count only for pods that somebody
 * else has deleted.
 */
function deletionRule() {
  const metadata = { name: 'simulated-nodes-delete-what-was-deleted' }
  const pods = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['DELETE'] }
  const expression =
    "request.userInfo.username != 'simulator' || has(oldObject.metadata.deletionTimestamp)"
  const binding = { policyName: metadata.name, validationActions: ['Deny'] }
  return [
    {
      plural: 'validatingadmissionpolicies',
      object: {
        metadata,
        spec: {
          matchConstraints: { resourceRules: [pods] },
          validations: [{ expression, message: 'nobody has deleted this pod' }],
        },
      },
    },
    { plural: 'validatingadmissionpolicybindings', object: { metadata, spec: binding } },
  ]
}

async function usableNodes(call) {
  const { items } = await call('GET', '/api/v1/nodes')
  return items.filter((each) => each.status.phase === 'Running' && !each.spec.taints).length
}

/** Makes the function that calls the API: method, path and body to the parsed answer. */
function caller({ server, token }) {
  const ca = readFileSync(join(folder, 'files', 'ca.crt'))
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const sent = request(`${server}${path}`, { method, ca, headers }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part) => (text += part))
        answer.on('end', () => {
          if (answer.statusCode >= 300) reject(new Error(`${method} ${path}: ${text}`))
          else resolve(text.startsWith('{') ? JSON.parse(text) : text)
        })
      })
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
}

async function until(what, test) {
  const deadline = Date.now() + 120_000
  for (;;) {
    const outcome = await test().catch((error) => error)
    if (outcome && !(outcome instanceof Error)) return
    if (Date.now() > deadline) throw new Error(`gave up waiting until ${what}: ${outcome}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = createServer()
          server.listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
