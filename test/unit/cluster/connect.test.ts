import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect, type ConnectRequest } from '../../../src/cluster/connect.ts'
import { findPod } from '../../../src/cluster/in-cluster.ts'
import { temporaryFolder } from '../../support/target.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** Writes a file of the test's folder and gives its path. */
function write(name: string, text: string, mode = 0o600): string {
  const path = join(folder.path, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

function open(own: Partial<ConnectRequest> = {}) {
  const env = { KUBECONFIG: join(folder.path, 'config'), PATH: join(folder.path, 'bin') }
  return connect({ flags: {}, env, home: folder.path, isTerminal: false, now: () => 1000, ...own })
}

const CONFIG = `current-context: here
clusters:
  - name: here
    cluster:
      server: https://api.test:6443/
users:
  - name: me
    user:
      token: t0ken
contexts:
  - name: here
    context: { cluster: here, user: me, namespace: apps }
`

/** The kubeconfig with a user of another kind. */
function configWith(user: string): string {
  return CONFIG.replace('token: t0ken', user)
}

test('a context gives the server, the namespace and the user', async () => {
  write('config', CONFIG)
  const { endpoint, context, namespace } = open()
  expect([endpoint.server, context, namespace]).toEqual(['https://api.test:6443', 'here', 'apps'])
  expect(await endpoint.credentials.current(undefined)).toEqual({ authorization: 'Bearer t0ken' })
})

test('nothing secret is shown to a server without TLS', async () => {
  write('config', CONFIG.replace('https://', 'http://'))
  expect(await open().endpoint.credentials.current(undefined)).toEqual({})
})

test.each([
  { what: 'not YAML', text: 'a:\n  - b\n c: d\n', line: 3, message: 'is not YAML' },
  { what: 'not a map', text: '- a\n', line: 1, message: 'is not a map' },
  {
    what: 'a server that is no text',
    text: CONFIG.replace('https://api.test:6443/', '5'),
    line: 5,
    message: 'cluster "here" of the kubeconfig has a "server" that is not a text',
  },
  {
    what: 'no server',
    text: CONFIG.replace('server:', 'sever:'),
    line: 4,
    message: 'has no server',
  },
  {
    what: 'a user twice',
    text: CONFIG.replace('contexts:', '  - name: me\n    user: {}\ncontexts:'),
    line: 11,
    message: 'user "me" of the kubeconfig is there twice in this file',
  },
  {
    what: 'data that is no base64',
    text: CONFIG.replace('      server', '      certificate-authority-data: "%%"\n      server'),
    line: 5,
    message: 'has a "certificate-authority-data" that is not base64',
  },
  {
    what: 'a file that is gone',
    text: CONFIG.replace('      server', '      certificate-authority: gone.crt\n      server'),
    line: 5,
    message: 'gone.crt: ENOENT',
  },
  {
    what: 'a removed provider',
    text: configWith('auth-provider: { name: gcp }'),
    line: 9,
    message: 'the auth-provider "gcp", which Kubernetes has removed',
  },
  {
    what: 'an old program',
    text: configWith('exec: { apiVersion: client.authentication.k8s.io/v1alpha1, command: x }'),
    line: 9,
    message: 'apiVersion "client.authentication.k8s.io/v1alpha1"',
  },
])('$what is told with its place', ({ text, line, message }) => {
  const file = write('config', text)
  expect(catching(open)).toMatchObject({
    code: 'KUBECONFIG_INVALID',
    message: expect.stringContaining(message) as unknown,
    span: { file, line },
  })
})

test.each([
  {
    flags: { context: 'her' },
    message: 'context "her" does not exist',
    details: ['known: here'],
    hint: 'Did you mean "here"?',
  },
  {
    flags: { context: 'else' },
    message: 'context "else" does not exist',
    details: ['known: here'],
    hint: 'Check --context, --kubeconfig and KUBECONFIG.',
  },
  { flags: { user: 'you' }, message: 'user "you" does not exist', details: ['known: me'] },
  {
    flags: { cluster: 'there' },
    message: 'cluster "there" does not exist',
    details: ['known: here'],
  },
])('$flags is told with what there is', ({ flags, message, details, ...rest }) => {
  write('config', CONFIG)
  expect(catching(() => open({ flags }))).toMatchObject({
    code: 'KUBECONFIG_INVALID',
    message: expect.stringContaining(message) as unknown,
    details,
    ...rest,
  })
})

test('errors quote no secret', () => {
  const secret = 'hunter2hunter2'
  for (const text of [
    configWith(`token: [${secret}]`),
    configWith(`client-key-data: "%${secret}"\n      client-certificate-data: YQ==`),
    configWith(`password: ${secret}\n      token: ${secret}`),
    `${configWith(`token: ${secret}`)}\n\ttoken: ${secret}`,
  ]) {
    write('config', text)
    const error = catching(open) as Error
    expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID' })
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(secret)
  }
})

test('no kubeconfig at all is told with both ways out', () => {
  expect(catching(open)).toMatchObject({
    code: 'KUBECONFIG_INVALID',
    message: 'no cluster is chosen',
    hint: expect.stringContaining('--target dir:PATH') as unknown,
  })
})

test('a kubeconfig that others can read is told of', () => {
  const file = write('config', CONFIG, 0o644)
  const told: string[] = []
  open({ onNotice: (text) => told.push(text) })
  expect(told).toEqual([`kubeconfig ${file} can be read by others; run: chmod 600 ${file}`])
})

test.each([
  { env: {}, proxy: undefined },
  { env: { HTTPS_PROXY: 'http://proxy.test:3128' }, proxy: 'http://proxy.test:3128' },
  { env: { https_proxy: 'proxy.test:3128' }, proxy: 'http://proxy.test:3128' },
  { env: { HTTP_PROXY: 'http://proxy.test:3128' }, proxy: undefined },
  { env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: 'other.test, api.test' }, proxy: undefined },
  { env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: '.test' }, proxy: undefined },
  { env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: 'test' }, proxy: undefined },
  { env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: 'api.test:443' }, proxy: 'http://p.test' },
  { env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: 'api.test:6443' }, proxy: undefined },
  { env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: '*' }, proxy: undefined },
  { env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: 'i.test' }, proxy: 'http://p.test' },
  {
    env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: '10.0.0.0/8' },
    server: 'https://10.1.2.3',
    proxy: undefined,
  },
  {
    env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: '10.0.0.0/16' },
    server: 'https://10.1.2.3',
    proxy: 'http://p.test',
  },
  {
    env: { HTTPS_PROXY: 'http://p.test', NO_PROXY: 'fd00::/8' },
    server: 'https://[fd00::1]:6443',
    proxy: undefined,
  },
  { env: { HTTPS_PROXY: 'http://p.test' }, server: 'https://127.0.0.1:6443', proxy: undefined },
  { env: { HTTPS_PROXY: 'http://p.test' }, server: 'https://localhost:6443', proxy: undefined },
])('the proxy for $env is $proxy', ({ env, server, proxy }) => {
  write('config', CONFIG)
  const KUBECONFIG = join(folder.path, 'config')
  expect(open({ env: { KUBECONFIG, ...env }, flags: { server } }).endpoint.proxy).toBe(proxy)
})

test('the proxy of the kubeconfig comes first, and must be of a kind that is known', () => {
  const withProxy = (url: string): string =>
    CONFIG.replace('      server', `      proxy-url: ${url}\n      server`)
  write('config', withProxy('https://own.test:1'))
  const env = { KUBECONFIG: join(folder.path, 'config'), HTTPS_PROXY: 'http://p.test' }
  expect(open({ env }).endpoint.proxy).toBe('https://own.test:1')
  write('config', withProxy('socks4://me:secret@own.test'))
  const error = catching(open) as Error
  expect(error.message).toBe('the proxy "socks4://own.test" cannot be used')
})

test('a pod uses its service account', async () => {
  const files = { token: 'of-a-pod\n', namespace: 'home\n', 'ca.crt': 'PEM' }
  for (const [name, text] of Object.entries(files)) write(`account/${name}`, text)
  const account = join(folder.path, 'account')
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
  const pod = findPod(env, account)
  expect(pod).toMatchObject({
    server: 'https://[fd00::1]:443',
    namespace: 'home',
    certificateAuthority: 'PEM',
  })
  expect(await pod?.credentials.current(undefined)).toEqual({ authorization: 'Bearer of-a-pod' })
  expect(findPod({ ...env, POD_NAMESPACE: 'other' }, account)?.namespace).toBe('other')
  expect(findPod({}, account)).toBeUndefined()
  expect(findPod(env, join(folder.path, 'nowhere'))).toBeUndefined()
})

test('the token of a file is read again when the file changes', async () => {
  write('config', configWith('tokenFile: token'))
  write('token', 'one')
  const { credentials } = open().endpoint
  const first = await credentials.current(undefined)
  await new Promise((resolve) => setTimeout(resolve, 20))
  write('token', 'two')
  expect(await credentials.renew(first, undefined)).toBe(true)
  expect([first, await credentials.current(undefined)]).toEqual([
    { authorization: 'Bearer one' },
    { authorization: 'Bearer two' },
  ])
  expect(await credentials.renew({ authorization: 'Bearer two' }, undefined)).toBe(false)
})

test('a token of OpenID Connect is shown while it is good', async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const idToken = (exp: number): string => `${part({ alg: 'none' })}.${part({ exp })}.x`
  const provider = (token: string): string =>
    configWith(`auth-provider: { name: oidc, config: { id-token: ${token}, client-id: me } }`)
  const good = idToken(Date.now() / 1000 + 1000)
  write('config', provider(good))
  expect(await open().endpoint.credentials.current(undefined)).toEqual({
    authorization: `Bearer ${good}`,
  })
  write('config', provider(idToken(1)))
  await expect(open().endpoint.credentials.current(undefined)).rejects.toMatchObject({
    code: 'CREDENTIALS_FAILED',
    exit: 8,
    message: expect.stringContaining('refresh-token') as unknown,
  })
})

describe('a program for credentials', () => {
  const EXEC = `exec:
        apiVersion: client.authentication.k8s.io/v1
        command: login
        args: [a, "b c", "$HOME;id"]
        interactiveMode: Never`

  /** A program that counts its runs and writes what it is told. */
  function program(script: string, name = 'bin/login'): void {
    write(name, `#!/bin/sh\necho "$@" >> ${folder.path}/runs\n${script}\n`, 0o755)
  }

  const credential = (status: object): string => {
    const value = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }
    return `/bin/cat <<'END'\n${JSON.stringify(value)}\nEND`
  }

  const runs = (): string[] => readFileSync(join(folder.path, 'runs'), 'utf8').trim().split('\n')

  test('is run once for all calls, without a shell', async () => {
    write('config', configWith(EXEC))
    program(`/bin/sleep 0.1\n${credential({ token: 'fresh' })}`)
    const { credentials } = open().endpoint
    const all = await Promise.all(Array.from({ length: 8 }, () => credentials.current(undefined)))
    expect(new Set(all.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer fresh']),
    )
    expect(runs()).toEqual(['a b c $HOME;id'])
  })

  test('is run again when its token has ended, and once when a token was refused', async () => {
    write('config', configWith(EXEC))
    program(credential({ token: 'short', expirationTimestamp: '2026-01-01T00:00:00Z' }))
    let time = Date.parse('2025-12-31T23:59:00Z')
    const { credentials } = open({ now: () => time }).endpoint
    const first = await credentials.current(undefined)
    await credentials.current(undefined)
    expect(runs()).toHaveLength(1)
    program(credential({ token: 'next', expirationTimestamp: '2027-01-01T00:00:00Z' }))
    time = Date.parse('2026-01-01T00:00:00Z')
    expect(await credentials.current(undefined)).toEqual({ authorization: 'Bearer next' })
    expect(runs()).toHaveLength(2)
    await Promise.all([credentials.renew(first, undefined), credentials.renew(first, undefined)])
    expect(runs()).toHaveLength(2)
    const refused = { authorization: 'Bearer next' }
    await Promise.all([
      credentials.renew(refused, undefined),
      credentials.renew(refused, undefined),
    ])
    expect(runs()).toHaveLength(3)
  })

  test.each([
    { what: 'fails', script: 'exit 3', message: 'it ended with exit status 3' },
    { what: 'writes nothing', script: 'exit 0', message: 'what it wrote is not an ExecCredential' },
    { what: 'writes no credentials', script: credential({}), message: 'it wrote no credentials' },
    {
      what: 'writes half a certificate',
      script: credential({ clientKeyData: 'x' }),
      message: 'it wrote only one of certificate and key',
    },
    {
      what: 'writes another version',
      script: credential({ token: 'x' }).replace('/v1"', '/v1beta1"'),
      message: 'it wrote apiVersion "client.authentication.k8s.io/v1beta1"',
    },
    {
      what: 'writes without end',
      script: '/usr/bin/yes hunter2hunter2',
      message: 'it wrote more than 1048576 bytes',
    },
  ])('that $what is an error', async ({ script, message }) => {
    write('config', configWith(EXEC))
    program(script)
    const error = (await open()
      .endpoint.credentials.current(undefined)
      .catch((reason: unknown) => reason)) as Error
    expect(error).toMatchObject({ code: 'CREDENTIALS_FAILED', exit: 8 })
    expect(error.message).toContain(message)
    expect(error.message).not.toContain('hunter2')
  })

  test('that is not there is an error with the advice of the kubeconfig', async () => {
    write('config', configWith(`${EXEC}\n        installHint: Get it from example.test.`))
    await expect(open().endpoint.credentials.current(undefined)).rejects.toMatchObject({
      code: 'CREDENTIALS_FAILED',
      message: 'the program "login" gave no credentials for user "me": the program is not there',
      hint: 'Get it from example.test.',
    })
  })

  test('ends with the signal, and all that it has started', async () => {
    write('config', configWith(EXEC))
    const begun = join(folder.path, 'begun')
    program(`/bin/sleep 600 &\necho $! > ${begun}.new\n/bin/mv ${begun}.new ${begun}\nwait`)
    const end = new AbortController()
    const run = open().endpoint.credentials.current(end.signal)
    await expect.poll(() => existsSync(begun)).toBe(true)
    end.abort(new Error('stop'))
    await expect(run).rejects.toThrow('stop')
    const sleeper = readFileSync(begun, 'utf8').trim()
    await expect.poll(() => hasEnded(sleeper)).toBe(true)
  })

  test.each([
    { kuberc: 'credentialPluginPolicy: DenyAll', isAllowed: false },
    { kuberc: 'credentialPluginPolicy: AllowAll', isAllowed: true },
    { kuberc: 'kind: Preference', isAllowed: true },
    {
      kuberc: 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: login}]',
      isAllowed: true,
    },
    {
      kuberc: 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: other}]',
      isAllowed: false,
    },
    { kuberc: 'credentialPluginPolicy: Allowlist', isAllowed: false },
    { kuberc: 'credentialPluginPolicy: Alowlist', isAllowed: false },
    { kuberc: 'credentialPluginAllowlist: [{name: login}]', isAllowed: false },
    { kuberc: 'a: [', isAllowed: false },
  ])('is allowed by kuberc $kuberc: $isAllowed', async ({ kuberc, isAllowed }) => {
    write('config', configWith(EXEC))
    write('.kube/kuberc', kuberc)
    program(credential({ token: 'fresh' }))
    const token = await open()
      .endpoint.credentials.current(undefined)
      .catch(() => undefined)
    expect(token !== undefined).toBe(isAllowed)
    const denied = open({ isExecDenied: true }).endpoint.credentials.current(undefined)
    await expect(denied).rejects.toThrow(/may not be run/)
  })

  test('is never taken from the working folder', async () => {
    write('config', configWith(EXEC))
    program(credential({ token: 'fresh' }), 'login')
    const env = { KUBECONFIG: join(folder.path, 'config'), PATH: `.:${folder.path}/none::` }
    await expect(open({ env }).endpoint.credentials.current(undefined)).rejects.toThrow('not there')
  })
})

/** Whether a process has ended, also when nobody has asked how. */
function hasEnded(id: string): boolean {
  try {
    process.kill(Number(id), 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
  const stat = `/proc/${id}/stat`
  return existsSync(stat) && readFileSync(stat, 'utf8').includes(') Z ')
}

function catching(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
