import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect as connectSocket, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { userAgentOf } from '../../src/cli/user-agent.ts'
import { openDiscovery } from '../../src/cluster/discovery-client.ts'
import { makeAuthority } from './certificates.mjs'
import { auditedCalls, auditMark } from '../support/audit.ts'
import { freshNamespace, plane } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { openPlaneCluster, type PlaneClusterOptions } from '../support/plane-cluster.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const NO_CACHE = { folder: undefined, server: '', ca: undefined, now: Date.now }
const once = { tries: 1, shortest: 1, longest: 1, patience: 1 }

async function version(options: PlaneClusterOptions): Promise<number> {
  const { transport } = openPlaneCluster({ transport: { retries: once }, ...options })
  closing.push(() => transport.close())
  return (await transport.request({ method: 'GET', path: '/version' })).status
}

test('a server whose certificate nobody vouches for is not talked to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-authority-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  await makeAuthority(folder)
  const flags = { certificateAuthority: join(folder, 'ca.crt') }
  await expect(version({ flags })).rejects.toMatchObject({
    code: 'CLUSTER_UNREACHABLE',
    message: expect.stringContaining('its certificate is not trusted') as unknown,
    hint: expect.stringContaining('certificate-authority') as unknown,
  })
  expect(await version({ flags: { isUnverified: true } })).toBe(200)
})

test('a server with another name is not talked to', async () => {
  await expect(version({ flags: { tlsServerName: 'other.test' } })).rejects.toMatchObject({
    message: expect.stringContaining('its certificate is for another name') as unknown,
  })
})

test('a server that speaks no TLS, or only TLS, is told of', async () => {
  const { server } = plane()
  const flags = { server: server.replace('https:', 'http:') }
  expect(await version({ flags })).toBe(400)
  const plain = await listen((socket) => socket.end('hello\n'))
  const wrong = version({ flags: { server: `https://127.0.0.1:${plain}` } })
  await expect(wrong).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
})

test('credentials that the server does not know are told of', async () => {
  const { cluster } = openPlaneCluster({
    flags: {
      token: 'hunter2hunter2',
      server: plane().server,
      certificateAuthority: plane().authority,
    },
    env: { KUBECONFIG: '/nowhere' },
  })
  const listing = cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'default' })
  await expect(listing).rejects.toMatchObject({
    code: 'NOT_AUTHENTICATED',
    exit: 8,
    message: 'cannot ask what the API server serves: Unauthorized',
  })
})

test.each([{ password: '' }, { password: 'me:p%40ss@' }])(
  'a proxy with "$password" passes calls on, and sees only where they go',
  async ({ password }) => {
    const heads: string[] = []
    const port = await listen((socket) => {
      socket.once('data', (data) => {
        heads.push(data.toString('latin1'))
        const onward = connectSocket(Number(new URL(plane().server).port), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
          socket.pipe(onward).pipe(socket)
        })
        onward.on('error', () => socket.destroy())
        socket.on('error', () => onward.destroy())
      })
    })
    const { host } = new URL(plane().server)
    const env = {
      KUBECONFIG: plane().kubeconfig,
      HTTPS_PROXY: `http://${password}127.0.0.1:${port}`,
    }
    // The machine itself is never reached by a proxy: it needs a name that is not known here.
    const far = plane().server.replace('127.0.0.1', 'far.test')
    const flags = { server: far, tlsServerName: 'localhost' }
    expect(await version({ env, flags })).toBe(200)
    expect(heads[0]).toContain(`CONNECT ${host.replace('127.0.0.1', 'far.test')} HTTP/1.1`)
    const secret = Buffer.from('me:p@ss').toString('base64')
    const expected = password === '' ? [] : [secret]
    expect(/proxy-authorization: Basic (\S+)/i.exec(heads[0] ?? '')?.slice(1) ?? []).toEqual(
      expected,
    )
  },
)

test.each([
  { login: '', hello: '050100' },
  { login: 'me:p%40ss@', hello: '050102' },
])('a SOCKS proxy with "$login" passes calls on', async ({ login, hello }) => {
  const seen: string[] = []
  const { port: own } = new URL(plane().server)
  const port = await listen((socket) => {
    // Each step of RFC 1928 as the server's side of it; answers come in pieces.
    const answers = [hello === '050100' ? '0500' : '0502', ...(login === '' ? [] : ['0100'])]
    socket.on('data', (data) => {
      seen.push(data.toString('hex'))
      const answer = answers.shift()
      if (answer !== undefined) {
        socket.write(Buffer.from(answer, 'hex'))
        return
      }
      socket.removeAllListeners('data')
      const onward = connectSocket(Number(own), '127.0.0.1', () => {
        socket.write(Buffer.from('050000', 'hex'))
        setTimeout(() => {
          socket.write(Buffer.from('010a0000010050', 'hex'))
          socket.pipe(onward).pipe(socket)
        }, 20)
      })
      onward.on('error', () => socket.destroy())
    })
  })
  const env = { KUBECONFIG: plane().kubeconfig, HTTPS_PROXY: `socks5://${login}127.0.0.1:${port}` }
  const server = plane().server.replace('127.0.0.1', 'far.test')
  expect(await version({ env, flags: { server, tlsServerName: 'localhost' } })).toBe(200)
  const wanted = `0501000308${Buffer.from('far.test').toString('hex')}${Number(own).toString(16).padStart(4, '0')}`
  const password = login === '' ? [] : ['01026d650470407373']
  expect(seen).toEqual([hello, ...password, wanted])
})

test('a proxy that refuses is named, without its password', async () => {
  const port = await listen((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'))
  })
  const proxy = `http://me:hunter2@127.0.0.1:${port}`
  const env = { KUBECONFIG: plane().kubeconfig, HTTPS_PROXY: proxy }
  const far = version({ env, flags: { server: 'https://far.test:6443' } })
  await expect(far).rejects.toThrow(
    `cannot reach the API server at https://far.test:6443: the proxy 127.0.0.1:${port} does not connect: it answered 407`,
  )
})

test('discovery is read from the cache, and the cache is for this cluster only', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'kubectl-pkg-cache-'))
  closing.push(() => rmSync(cache, { recursive: true }))
  const countOf = async (options: PlaneClusterOptions): Promise<string[]> => {
    const paths: string[] = []
    const { transport, discovery } = openPlaneCluster({ cache, ...options })
    const request = transport.request.bind(transport)
    transport.request = (call) => {
      paths.push(call.path)
      return request(call)
    }
    expect(await discovery.find('apps/v1', 'Deployment')).toMatchObject({
      name: 'deployments',
      isNamespaced: true,
      subresources: ['scale', 'status'],
    })
    transport.close()
    return paths.sort()
  }
  const all = ['/api', '/apis', '/version']
  expect(await countOf({})).toEqual(all)
  expect(await countOf({})).toEqual([])
  expect(await countOf({ flags: { isUnverified: true } })).toEqual(all)
})

test('servers of before aggregated discovery are asked group by group', async () => {
  const { transport, discovery } = openPlaneCluster()
  const whole = await discovery.current()
  const request = transport.request.bind(transport)
  transport.request = ({ accept: _accept, ...call }) => request(call)
  const old = await openDiscovery(transport, NO_CACHE).current()
  const known = (all: typeof whole) => all.resources.map((each) => JSON.stringify(each)).sort()
  const sorted = (all: typeof whole) => ({
    ...all,
    resources: all.resources.map((each) => ({
      ...each,
      verbs: each.verbs.toSorted(),
      subresources: each.subresources.toSorted(),
    })),
  })
  expect(known(sorted(old))).toEqual(known(sorted(whole)))
  expect(old.apiVersions.toSorted()).toEqual(whole.apiVersions.toSorted())
})

test('the server is told what program asks, in what version and on what machine', async () => {
  const namespace = await freshNamespace()
  const mark = auditMark()
  await pkgOk(namespace, 'list')
  const calls = await auditedCalls(mark, (call) => call.namespace === namespace)
  const agents = new Set(calls.map(({ userAgent }) => userAgent))
  // Commands that run in a test are of no version.
  expect([...agents]).toEqual([userAgentOf('0.0.0')])
  expect(userAgentOf('1.2.3')).toMatch(/^kubectl-pkg\/\d+\.\d+\.\d+\S* \([a-z]+\/[a-z0-9]+\)$/)
})

test('programs for credentials are run unless that is denied', async () => {
  const { server, authority, token } = plane()
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-exec-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const apiVersion = 'client.authentication.k8s.io/v1'
  const credential = { apiVersion, kind: 'ExecCredential', status: { token } }
  const exec = {
    apiVersion,
    command: '/bin/echo',
    args: [JSON.stringify(credential)],
    interactiveMode: 'Never',
  }
  const file = join(folder, 'config')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'a', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: 'a', user: { exec } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    'current-context': 'a',
  }
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  const list = (more: string, env = {}) =>
    pkg('default', `list --kubeconfig ${file}${more}`, { HOME: folder, ...env })
  expect(await list('')).toMatchObject({ code: 0 })
  expect(await list(' --exec-plugins allow')).toMatchObject({ code: 0 })
  const denied = [
    await list(' --exec-plugins deny'),
    await list('', { KUBECTL_PKG_EXEC_PLUGINS: 'deny' }),
  ]
  for (const { code, err } of denied) {
    expect([code, err]).toEqual([8, expect.stringContaining('"/bin/echo" may not be run')])
  }
  mkdirSync(join(folder, '.kube'))
  writeFileSync(join(folder, '.kube/kuberc'), 'credentialPluginPolicy: DenyAll\n')
  expect(await list(' --exec-plugins allow')).toMatchObject({ code: 8 })
})

async function listen(handle: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    handle(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}
