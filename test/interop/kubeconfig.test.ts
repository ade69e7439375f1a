import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/cluster/connect.ts'
import { openTransport } from '../../src/cluster/http-transport.ts'
import type { KubeFlags } from '../../src/cluster/kubeconfig-choice.ts'
import { makeAuthority, makeCertificate } from '../controlplane/certificates.mjs'
import { oracle } from '../support/oracle.ts'

/*
 * The real kubectl and this program make the same call with the same kubeconfigs and flags;
 * what a server sees of both must be the same, and where kubectl gives up, so must we.
 *
 * In two cases it is another on purpose: where there are no credentials kubectl asks for a
 * name, and it shows the token of a file even when --token gives another.
 */

const kubectl = oracle('kubectl')
const folder = mkdtempSync(join(tmpdir(), 'kubectl-pkg-kubeconfig-'))
const seen: string[] = []
let close: () => void = () => undefined
let server = ''

beforeAll(async () => {
  await makeAuthority(folder)
  await makeCertificate(folder, 'server', {
    user: 'server',
    hosts: ['IP:127.0.0.1', 'DNS:other.test'],
  })
  await makeCertificate(folder, 'jane', { user: 'jane' })
  await makeCertificate(folder, 'joe', { user: 'joe' })
  const pem = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const tls = { key: pem('server.key'), cert: pem('server.crt'), ca: pem('ca.crt') }
  const listener = createServer(
    { ...tls, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const socket = request.socket as TLSSocket & { servername?: string | false }
      const certificate = socket.getPeerCertificate()
      const { authorization = 'nobody' } = request.headers
      const impersonated = Object.entries(request.headers)
        .filter(([name]) => name.startsWith('impersonate'))
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
      const who = Object.keys(certificate).length === 0 ? 'none' : String(certificate.subject.CN)
      seen.push(
        `${authorization} cert=${who} sni=${socket.servername || ''} ${impersonated.flat().join(' ')}`.trim(),
      )
      response.end('{}')
    },
  )
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  server = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`
  close = () => listener.close()
  writeFiles()
})

afterAll(() => {
  close()
  rmSync(folder, { recursive: true, force: true })
})

interface Section {
  [key: string]: unknown
}

function kubeconfig(parts: {
  clusters?: Section
  users?: Section
  contexts?: Section
  current?: string
}): string {
  const list = (kind: string, sections: Section = {}): unknown[] =>
    Object.entries(sections).map(([name, body]) => ({ name, [kind]: body }))
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: list('cluster', parts.clusters),
    users: list('user', parts.users),
    contexts: list('context', parts.contexts),
    ...(parts.current === undefined ? {} : { 'current-context': parts.current }),
  })
}

const base64 = (name: string): string => readFileSync(join(folder, name)).toString('base64')

function writeFiles(): void {
  mkdirSync(join(folder, 'below'))
  const cluster = { server, 'certificate-authority': 'ca.crt' }
  const user = (name: string): Section => ({
    'client-certificate': `${name}.crt`,
    'client-key': `${name}.key`,
  })
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  write(
    'main',
    kubeconfig({
      clusters: {
        here: cluster,
        data: { server, 'certificate-authority-data': base64('ca.crt') },
        insecure: { server, 'insecure-skip-tls-verify': true },
        both: { ...cluster, 'insecure-skip-tls-verify': true },
        untrusted: { server },
        named: { ...cluster, 'tls-server-name': 'other.test' },
        misnamed: { ...cluster, 'tls-server-name': 'wrong.test' },
        noserver: { 'certificate-authority': 'ca.crt' },
        noca: { server, 'certificate-authority': 'gone.crt' },
      },
      users: {
        jane: user('jane'),
        joe: { 'client-certificate-data': base64('joe.crt'), 'client-key-data': base64('joe.key') },
        token: { token: 't0ken' },
        tokenfile: { tokenFile: 'token' },
        tokens: { token: 't0ken', tokenFile: 'token' },
        basic: { username: 'me', password: 'pässword' },
        both: { token: 't0ken', username: 'me', password: 'x' },
        nokey: { 'client-certificate': 'jane.crt' },
        all: { ...user('jane'), token: 't0ken' },
        as: {
          token: 't0ken',
          as: 'somebody',
          'as-groups': ['a', 'b'],
          'as-uid': 'u1',
          'as-user-extra': { 'Key/x': ['v', 'w'] },
        },
        asgroup: { token: 't0ken', 'as-groups': ['a'] },
        exec: { exec: execOf('plugin', ['one', 'two words']) },
        execpath: { exec: execOf('./below/plugin') },
        execmissing: { exec: execOf('./gone') },
        execfails: { exec: execOf('./below/fails') },
        execold: {
          exec: {
            ...execOf('./below/plugin'),
            apiVersion: 'client.authentication.k8s.io/v1alpha1',
          },
        },
        execcert: { exec: execOf('./below/certificate') },
        execother: { exec: execOf('./below/other') },
        exectoken: { token: 't0ken', exec: execOf('./below/fails') },
        execmode: { exec: { ...execOf('./below/plugin'), interactiveMode: 'Sometimes' } },
        execalways: { exec: { ...execOf('./below/plugin'), interactiveMode: 'Always' } },
      },
      contexts: Object.fromEntries([
        ...[
          'jane',
          'joe',
          'token',
          'tokenfile',
          'tokens',
          'basic',
          'both',
          'nokey',
          'all',
          'as',
          'asgroup',
        ].map((name) => [name, { cluster: 'here', user: name }]),
        ...[
          'exec',
          'execpath',
          'execmissing',
          'execfails',
          'execold',
          'execcert',
          'execother',
          'exectoken',
          'execmode',
          'execalways',
        ].map((name) => [name, { cluster: 'here', user: name }]),
        ...['data', 'insecure', 'both', 'untrusted', 'named', 'misnamed', 'noserver', 'noca'].map(
          (name) => [`c-${name}`, { cluster: name, user: 'token' }],
        ),
        ['nobody', { cluster: 'here' }],
        ['nouser', { cluster: 'here', user: 'gone' }],
        ['nocluster', { cluster: 'gone', user: 'token' }],
      ]),
      current: 'jane',
    }),
  )
  write(
    'second',
    kubeconfig({
      clusters: {
        here: { server: 'https://127.0.0.1:1' },
        second: { ...cluster, 'certificate-authority': 'ca.crt' },
      },
      users: { jane: { token: 'not this one' }, late: { token: 'late' } },
      contexts: {
        jane: { cluster: 'second', user: 'late' },
        second: { cluster: 'second', user: 'late' },
        mixed: { cluster: 'here', user: 'late' },
      },
      current: 'second',
    }),
  )
  write('nocurrent', kubeconfig({ clusters: { here: cluster } }))
  write(
    'below/relative',
    kubeconfig({
      clusters: { here: { server, 'certificate-authority': '../ca.crt' } },
      users: { jane: { 'client-certificate': '../jane.crt', 'client-key': '../jane.key' } },
      contexts: { here: { cluster: 'here', user: 'jane' } },
      current: 'here',
    }),
  )
  write('empty', '')
  write('broken', 'a: [')
  write('list', '- a')
  write(
    'twice',
    JSON.stringify({
      users: [
        { name: 'a', user: {} },
        { name: 'a', user: {} },
      ],
    }),
  )
  write(
    'types',
    JSON.stringify({
      clusters: [{ name: 'a', cluster: { server: 5 } }],
      contexts: [{ name: 'a', context: { cluster: 'a' } }],
      'current-context': 'a',
    }),
  )
  write(
    'yaml',
    `clusters:\n- name: here\n  cluster: &c\n    server: ${server}\n    certificate-authority: ca.crt\nusers:\n- name: a\n  user: {token: "t0ken"}\ncontexts:\n- context:\n    cluster: here\n    user: a\n  name: 1.5x\ncurrent-context: 1.5x\n`,
  )
  write('token', 'of a file\n')
  const plugin = (name: string, status: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${status}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const credential = (status: object, version = 'v1'): string =>
    `cat <<'END'\n${JSON.stringify({ apiVersion: `client.authentication.k8s.io/${version}`, kind: 'ExecCredential', status })}\nEND`
  mkdirSync(join(folder, 'bin'))
  plugin(
    'bin/plugin',
    `printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$1-$2-$OWN-$(printf %s "$KUBERNETES_EXEC_INFO" | tr -d '\\n' | base64 -w0)"`,
  )
  plugin(
    'below/plugin',
    credential({ token: 'of-a-program', expirationTimestamp: '2099-01-01T00:00:00Z' }),
  )
  plugin('below/fails', 'echo no luck >&2; exit 3')
  plugin('below/other', credential({ token: 'x' }, 'v1beta1'))
  plugin(
    'below/certificate',
    credential({
      clientCertificateData: readFileSync(join(folder, 'joe.crt'), 'utf8'),
      clientKeyData: readFileSync(join(folder, 'joe.key'), 'utf8'),
    }),
  )
}

function execOf(command: string, args: string[] = []): Section {
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command,
    args,
    env: [{ name: 'OWN', value: 'env' }],
    interactiveMode: 'IfAvailable',
    provideClusterInfo: true,
  }
}

type Case = [files: string, args: string[]]

const CASES: Case[] = [
  ...[
    'jane',
    'joe',
    'token',
    'tokenfile',
    'tokens',
    'basic',
    'both',
    'nokey',
    'all',
    'as',
    'asgroup',
    'nouser',
    'nocluster',
    'gone',
  ].map((context): Case => ['main', ['--context', context]]),
  ...[
    'exec',
    'execpath',
    'execmissing',
    'execfails',
    'execold',
    'execcert',
    'execother',
    'exectoken',
    'execmode',
    'execalways',
  ].map((context): Case => ['main', ['--context', context]]),
  ...['data', 'insecure', 'both', 'untrusted', 'named', 'misnamed', 'noserver', 'noca'].map(
    (cluster): Case => ['main', ['--context', `c-${cluster}`]],
  ),
  ['main', []],
  ['main:second', []],
  ['second:main', []],
  ['main:second', ['--context', 'second']],
  ['main:second', ['--context', 'mixed']],
  ['gone:second::main', []],
  ['gone', []],
  ['nocurrent:second', []],
  ['nocurrent', []],
  ['below/relative', []],
  ['empty:second', []],
  ['empty', []],
  ['broken:second', []],
  ['list', []],
  ['twice:second', []],
  ['types', []],
  ['yaml', []],
  ['second', ['--kubeconfig', 'main']],
  ['second', ['--kubeconfig', 'gone']],
  ['main', ['--user', 'joe']],
  ['main', ['--user', 'gone']],
  ['main', ['--cluster', 'named']],
  ['main', ['--cluster', 'gone']],
  ['main', ['--token', 'flagged']],
  ['main', ['--token', 'flagged', '--context', 'token']],
  ['main', ['--token', 'flagged', '--context', 'basic']],
  ['main', ['--token', 'flagged', '--context', 'exec']],
  ['main', ['--as', 'root', '--as-group', 'x', '--as-group', 'y', '--as-uid', '7']],
  ['main', ['--as', 'root', '--context', 'as']],
  ['main', ['--as-group', 'x']],
  ['main', ['--client-certificate', 'joe.crt', '--client-key', 'joe.key']],
  ['main', ['--client-certificate', 'joe.crt', '--client-key', 'joe.key', '--context', 'joe']],
  ['main', ['--client-certificate', 'joe.crt', '--context', 'token']],
  ['main', ['--certificate-authority', 'jane.crt']],
  ['main', ['--certificate-authority', 'ca.crt', '--context', 'c-untrusted']],
  ['main', ['--certificate-authority', 'ca.crt', '--context', 'c-insecure']],
  ['main', ['--insecure-skip-tls-verify']],
  ['main', ['--insecure-skip-tls-verify', '--context', 'c-data']],
  ['main', ['--insecure-skip-tls-verify', '--certificate-authority', 'ca.crt']],
  ['main', ['--tls-server-name', 'other.test']],
  ['main', ['--tls-server-name', 'wrong.test']],
  ['main', ['--server', 'SERVER', '--context', 'c-misnamed']],
  ['empty', ['--server', 'SERVER', '--certificate-authority', 'ca.crt', '--token', 'flagged']],
]

test.runIf(kubectl !== undefined).each(CASES)('KUBECONFIG=%s kubectl %j', async (files, given) => {
  const env = {
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    HOME: folder,
    KUBECONFIG: files
      .split(':')
      .map((name) => (name === '' ? '' : join(folder, name)))
      .join(':'),
  }
  const args = given.map((arg) => (arg === 'SERVER' ? server : arg))
  const theirs = await told(() => runKubectl(args, env))
  const ours = await told(() => runOurs(args, env))
  expect(ours).toEqual(theirs)
})

/** What the server sees of a run, or that nothing came of it. */
async function told(run: () => Promise<boolean>): Promise<string> {
  seen.length = 0
  const isFine = await run()
  return isFine ? [...new Set(seen)].join('\n') : 'failed'
}

function runKubectl(args: string[], env: Record<string, string>): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(kubectl ?? '', [...args, 'get', '--raw', '/probe'], {
      cwd: folder,
      env,
      stdio: 'ignore',
    })
    child.once('close', (code) => resolve(code === 0))
  })
}

async function runOurs(args: string[], env: Record<string, string>): Promise<boolean> {
  const absolute = (path: string | undefined) =>
    path === undefined ? undefined : join(folder, path)
  const value = (name: string): string | undefined => args[args.indexOf(name) + 1 || args.length]
  const flags: KubeFlags = {
    kubeconfig: absolute(value('--kubeconfig')),
    context: value('--context'),
    cluster: value('--cluster'),
    user: value('--user'),
    server: value('--server'),
    token: value('--token'),
    tlsServerName: value('--tls-server-name'),
    isUnverified: args.includes('--insecure-skip-tls-verify') || undefined,
    certificateAuthority: absolute(value('--certificate-authority')),
    clientCertificate: absolute(value('--client-certificate')),
    clientKey: absolute(value('--client-key')),
    as: value('--as'),
    asGroups: args.flatMap((arg, index) => (arg === '--as-group' ? [args[index + 1] ?? ''] : [])),
    asUid: value('--as-uid'),
  }
  try {
    const { endpoint } = connect({ flags, env, home: folder, isTerminal: false, now: Date.now })
    const retries = { tries: 1, shortest: 1, longest: 1, patience: 1 }
    const transport = openTransport(endpoint, { userAgent: 'test', retries })
    const { status } = await transport.request({ method: 'GET', path: '/probe' })
    transport.close()
    return status === 200
  } catch (error) {
    expect(error).toMatchObject({ name: 'PkgError' })
    return false
  }
}
