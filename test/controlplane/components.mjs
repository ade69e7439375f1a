import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeAuthority, makeCertificate } from './certificates.mjs'
import { failingStages } from './stages.mjs'

const here = import.meta.dirname
const LOOPBACK = '127.0.0.1'

/** The parties that come with a token of their own, and may do everything. */
const USERS = {
  admin: 'admin-by-token',
  'kube-controller-manager': 'system:kube-controller-manager',
  'kube-scheduler': 'system:kube-scheduler',
  kwok: 'simulator',
}

/** Controllers that would only cost time here: no volumes to attach, no networks to number. */
const IDLE_CONTROLLERS = [
  // EndpointSlices are made by another.
  'endpoints-controller',
  'endpointslice-mirroring-controller',
  'persistentvolume-attach-detach-controller',
  'persistentvolume-expander-controller',
  'node-ipam-controller',
  'bootstrap-signer-controller',
  'token-cleaner-controller',
  'certificatesigningrequest-cleaner-controller',
  'legacy-serviceaccount-token-cleaner-controller',
  'ttl-controller',
]

/**
 * Writes the keys, certificates, tokens and kubeconfigs of a control plane into `<folder>/files`.
 *
 * @param ports free ports: `api`, `etcd`, `peer`, `kubelet`
 * @returns what starts the programs: their names and arguments, etcd and the API server first
 */
export async function prepareComponents(folder, ports) {
  const files = join(folder, 'files')
  await makeAuthority(files)
  await Promise.all([
    makeCertificate(files, 'server', {
      user: 'kube-apiserver',
      hosts: [`IP:${LOOPBACK}`, 'DNS:localhost', 'DNS:kubernetes.default.svc'],
    }),
    makeCertificate(files, 'admin', { user: 'admin', groups: ['system:masters'] }),
    makeCertificate(files, 'front', { user: 'front-proxy' }),
    makeCertificate(files, 'accounts', { user: 'service accounts' }),
  ])
  const tokens = writeTokens(files)
  const server = `https://${LOOPBACK}:${ports.api}`
  for (const [name, token] of Object.entries(tokens))
    writeKubeconfig(files, name, { server, user: { token } })
  const [cert, key] = [join(files, 'admin.crt'), join(files, 'admin.key')]
  const [authority, user] = [
    join(files, 'ca.crt'),
    { 'client-certificate': cert, 'client-key': key },
  ]
  // Of a certificate the server checks every call's signatures, which takes an eighth of its time.
  writeKubeconfig(folder, 'kubeconfig', { server, user: { token: tokens.admin }, authority })
  writeKubeconfig(folder, 'kubeconfig-by-certificate', { server, user, authority })
  writeSimulator(files)
  return { server, token: tokens.admin, components: components(folder, files, ports) }
}

function components(folder, files, ports) {
  return {
    etcd: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=http://${LOOPBACK}:${ports.etcd}`,
      `--advertise-client-urls=http://${LOOPBACK}:${ports.etcd}`,
      `--listen-peer-urls=http://${LOOPBACK}:${ports.peer}`,
      `--initial-advertise-peer-urls=http://${LOOPBACK}:${ports.peer}`,
      `--initial-cluster=default=http://${LOOPBACK}:${ports.peer}`,
      '--unsafe-no-fsync',
      '--quota-backend-bytes=4294967296',
      '--log-level=warn',
    ],
    'kube-apiserver': apiServer(folder, files, ports),
    'kube-controller-manager': controllerManager(files),
    'kube-scheduler': [
      `--kubeconfig=${join(files, 'kube-scheduler')}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
    ],
    kwok: [
      `--kubeconfig=${join(files, 'kwok')}`,
      '--manage-all-nodes',
      '--cidr=10.128.0.0/14',
      `--node-ip=${LOOPBACK}`,
      `--node-port=${ports.kubelet}`,
      `--server-address=${LOOPBACK}:${ports.kubelet}`,
      '--node-lease-duration-seconds=0',
      `--tls-cert-file=${join(files, 'server.crt')}`,
      `--tls-private-key-file=${join(files, 'server.key')}`,
      ...['node', 'pod', 'service'].map(
        (name) => `--config=${join(here, 'stages', `${name}.yaml`)}`,
      ),
      `--config=${join(files, 'simulator.yaml')}`,
    ],
  }
}

function apiServer(folder, files, ports) {
  const [authority, accounts] = [join(files, 'ca.crt'), join(files, 'accounts')]
  return [
    `--etcd-servers=http://${LOOPBACK}:${ports.etcd}`,
    `--bind-address=${LOOPBACK}`,
    `--advertise-address=${LOOPBACK}`,
    // The addresses of Endpoints may not be of the loopback range.
    '--endpoint-reconciler-type=none',
    `--secure-port=${ports.api}`,
    `--cert-dir=${files}`,
    `--tls-cert-file=${join(files, 'server.crt')}`,
    `--tls-private-key-file=${join(files, 'server.key')}`,
    `--client-ca-file=${authority}`,
    `--token-auth-file=${join(files, 'tokens.csv')}`,
    `--requestheader-client-ca-file=${authority}`,
    '--requestheader-allowed-names=front-proxy',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${join(files, 'front.crt')}`,
    `--proxy-client-key-file=${join(files, 'front.key')}`,
    '--authorization-mode=Node,RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${accounts}.crt`,
    `--service-account-signing-key-file=${accounts}.key`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
    '--kubelet-preferred-address-types=InternalIP',
    `--audit-policy-file=${join(here, 'audit-policy.yaml')}`,
    `--audit-log-path=${join(folder, 'audit.log')}`,
    '--profiling=false',
    '--shutdown-delay-duration=0s',
  ]
}

function controllerManager(files) {
  return [
    `--kubeconfig=${join(files, 'kube-controller-manager')}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${join(files, 'accounts.key')}`,
    `--root-ca-file=${join(files, 'ca.crt')}`,
    `--controllers=${['*', ...IDLE_CONTROLLERS.map((name) => `-${name}`)].join()}`,
    // Simulated nodes give no sign of life, and are not missed.
    '--node-monitor-period=24h',
    '--node-monitor-grace-period=240h',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ]
}

function writeTokens(files) {
  const tokens = {}
  const rows = Object.entries(USERS).map(([name, user]) => {
    tokens[name] = randomBytes(24).toString('hex')
    return `${tokens[name]},${user},${user},system:masters`
  })
  writeFileSync(join(files, 'tokens.csv'), `${rows.join('\n')}\n`, { mode: 0o600 })
  return tokens
}

function writeKubeconfig(folder, name, { server, user, authority = join(folder, 'ca.crt') }) {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  }
  writeFileSync(join(folder, name), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
}

/** Writes how pods fail; every container has said something, also before its last restart. */
function writeSimulator(files) {
  const lines = {
    'current.log': ['starting', 'listening on :8080'],
    'previous.log': ['starting', 'cannot open /etc/app/config.yaml: no such file', 'exit 1'],
  }
  for (const [name, texts] of Object.entries(lines)) {
    const rows = texts.map((text, at) => `2026-01-01T00:00:0${at}.000000000Z stdout F ${text}\n`)
    writeFileSync(join(files, name), rows.join(''))
  }
  const logs = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'all' },
    spec: {
      logs: [
        {
          logsFile: join(files, 'current.log'),
          previousLogsFile: join(files, 'previous.log'),
        },
      ],
    },
  }
  const documents = [logs, ...failingStages()].map((each) => JSON.stringify(each))
  writeFileSync(join(files, 'simulator.yaml'), documents.join('\n---\n'))
}
