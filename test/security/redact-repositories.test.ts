import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { archiveOf, offer } from '../support/chart-site.ts'
import { startRepository, type FakeRepository } from '../support/fake-repository.ts'
import { storeChart, type FakeRegistry } from '../support/fake-registry.ts'
import { openGpg, type GpgHome } from '../support/gpg.ts'
import { runLine } from '../support/run-line.ts'

/* Each secret is a word of its own, so that a find says which of them got out, and where. */
const CANARIES = {
  repoPassword: 'canaryRepoPasswordR1',
  repoToken: 'canaryRepoTokenR2',
  urlPassword: 'canaryUrlPasswordR3',
  urlQuery: 'canaryUrlQueryR4',
  registryPassword: 'canaryRegistryPasswordR5',
  identityToken: 'canaryIdentityTokenR6',
  issuedToken: 'canaryIssuedTokenR7',
  signedQuery: 'canarySignedQueryR8',
  cookie: 'canaryCookieR9',
  gpgPassphrase: 'canaryGpgPassphraseR10',
  keyPassphrase: 'canaryKeyPassphraseR11',
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** What a secret may look like in bytes: also as part of a pair that was encoded whole. */
function formsOf(secret: string): string[] {
  const shifted = ['', 'x', 'xx'].map((before) =>
    base64(`${before}${secret}`)
      .slice(before.length === 0 ? 0 : 4)
      .slice(0, -4),
  )
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...shifted]
}

const FORMS = Object.entries(CANARIES).map(([name, secret]) => ({ name, forms: formsOf(secret) }))

/** Names of the secrets that bytes hold. */
function secretsIn(bytes: string): string[] {
  return FORMS.filter(({ forms }) => forms.some((form) => bytes.includes(form))).map(
    ({ name }) => name,
  )
}

let server: FakeRepository
let elsewhere: FakeRepository
let gpg: GpgHome
let secretRing = ''
let home = ''

beforeAll(() => {
  gpg = openGpg()
  gpg.makeKey('Ann <ann@example.com>', { passphrase: CANARIES.gpgPassphrase })
  secretRing = gpg.secretRing('Ann', CANARIES.gpgPassphrase)
})
afterAll(() => gpg.close())

/** How a server answers a request that is not served as it should be; all tell what they saw. */
type Mood = (response: ServerResponse, request: IncomingMessage) => void

const echo = (request: IncomingMessage): string =>
  JSON.stringify({
    error: `${request.url} with ${JSON.stringify(request.headers)}`,
    errors: [{ code: 'DENIED', message: JSON.stringify(request.headers), detail: request.url }],
  })
const answering =
  (status: number, headers: Record<string, string> = {}): Mood =>
  (response, request) => {
    const cookie = { 'Set-Cookie': `session=${CANARIES.cookie}` }
    response.writeHead(status, { ...cookie, ...headers }).end(echo(request))
  }

const MOODS: Record<string, Mood | undefined> = {
  'does what it is asked': undefined,
  'refuses with 401': answering(401, { 'WWW-Authenticate': 'Basic realm="charts"' }),
  'refuses with 403': answering(403),
  'finds nothing': answering(404),
  'fails with 500': answering(500, { 'Retry-After': '0' }),
  'sends a page of another kind': (response) => response.end('<html>log in</html>'),
  'breaks off': (response) => response.destroy(),
  'redirects to a signed address': (response) =>
    response
      .writeHead(307, { Location: `${elsewhere.url}/x?X-Amz-Signature=${CANARIES.signedQuery}` })
      .end(),
  'redirects to what is no address': (response) =>
    response.writeHead(302, { Location: `ftp://${CANARIES.signedQuery}@x/` }).end(),
  'redirects in a circle': (response, request) =>
    response
      .writeHead(302, { Location: `${request.url?.split('?')[0]}?t=${CANARIES.signedQuery}` })
      .end(),
}

const SLOW = new Set(['breaks off'])

const V2 = /^\/v2\//

/** Makes the server behave; what it serves in a good mood wants a login. */
function setMood(mood: Mood | undefined): void {
  const good: Mood = (response, request) => {
    const path = request.url?.split('?')[0] ?? ''
    if (V2.test(path) && request.headers.authorization === undefined) {
      const realm = `${server.url}/token?account=x`
      const challenge = `Bearer realm="${realm}",service="s",scope="repository:charts/web:pull"`
      return answering(401, { 'WWW-Authenticate': challenge })(response, request)
    }
    const found = files.get(path)
    if (found === undefined || typeof found === 'function') answering(404)(response, request)
    else response.writeHead(200, { 'Set-Cookie': `session=${CANARIES.cookie}` }).end(found)
  }
  const files = new Map(stored)
  files.set('/token', JSON.stringify({ token: CANARIES.issuedToken }))
  server.files.get = (path) => (mood === undefined || path === '/token' ? good : mood)
}

let stored: FakeRepository['files']

beforeEach(async () => {
  server = await startRepository()
  elsewhere = await startRepository('127.0.0.2')
  elsewhere.files.get = () => answering(403)
  offer(server, [
    { name: 'web', archive: archiveOf('web') },
    { name: 'db', archive: archiveOf('db') },
  ])
  stored = new Map(server.files)
  const content: FakeRegistry['content'] = new Map()
  storeChart({ content })
  for (const [path, { body }] of content) stored.set(path, body)
  stored.set('/v2/', '{}')
  stored.set('/api/charts', '{"saved":true}')
  stored.set('/v2/_catalog', '{"repositories":["charts/web"]}')
  stored.set('/v2/charts/web/tags/list', '{"name":"charts/web","tags":["1.0.0"]}')
  told.clear()
  seen.clear()
  succeeded.clear()
  home = mkdtempSync(join(tmpdir(), 'kubectl-pkg-canaries-'))
  prepare()
})
afterEach(async () => {
  await Promise.all([server.close(), elsewhere.close()])
  rmSync(home, { recursive: true, force: true })
})

/** Files that hold secrets because a person put them there; nothing else may. */
const KEPT = new Set([
  'config/repositories.yaml',
  'helm/registry/config.json',
  'docker/config.json',
])

function prepare(): void {
  const host = new URL(server.url).host
  const withLogin = `http://ann:${CANARIES.urlPassword}@${host}`
  const write = (name: string, text: string) => {
    mkdirSync(join(home, name, '..'), { recursive: true })
    writeFileSync(join(home, name), text, { mode: 0o600 })
  }
  const entries = [
    { name: 'basic', url: server.url, username: 'ann', password: CANARIES.repoPassword },
    { name: 'bearer', url: `${server.url}/`, bearer_token: CANARIES.repoToken },
    { name: 'inurl', url: withLogin },
    { name: 'query', url: `${server.url}/?token=${CANARIES.urlQuery}` },
  ]
  write('config/repositories.yaml', JSON.stringify({ apiVersion: '', repositories: entries }))
  write(
    'helm/registry/config.json',
    JSON.stringify({
      auths: {
        [host]: { auth: base64(`ann:${CANARIES.registryPassword}`) },
        'other.example': { identitytoken: CANARIES.identityToken },
      },
    }),
  )
  write('docker/config.json', JSON.stringify({ auths: {} }))
  const declared = ['basic', 'bearer', 'inurl', 'query'].map(
    (alias) => `- {name: web, version: "^1", repository: "@${alias}", alias: from${alias}}\n`,
  )
  writeChart(join(home, 'parent'), {
    'Chart.yaml': chartYaml('parent', `dependencies:\n${declared.join('')}`),
  })
  writeChart(join(home, 'plain'), { 'Chart.yaml': chartYaml('plain') })
  writeFileSync(join(home, 'plain-1.0.0.tgz'), archiveOf('plain'))
}

/** Runs a line; gives which secrets it printed or wrote, and where. */
async function leaks(argv: readonly string[], stdin = ''): Promise<string[]> {
  const env = {
    HOME: home,
    KUBECTL_PKG_CONFIG_HOME: join(home, 'config'),
    KUBECTL_PKG_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'helm'),
    DOCKER_CONFIG: join(home, 'docker'),
    COSIGN_PASSWORD: CANARIES.keyPassphrase,
  }
  const { code, stdout, stderr } = await runLine(argv, {
    env,
    cwd: home,
    now: Date.now(),
    stdin: Buffer.from(stdin),
  })
  if (code === 0) succeeded.add(argv.slice(0, COMMANDS_OF_TWO.has(argv[0] ?? '') ? 2 : 1).join(' '))
  const found = [
    ...secretsIn(stdout.toString('latin1')).map((name) => `${name} on standard output`),
    ...secretsIn(stderr).map((name) => `${name} on standard error: ${stderr}`),
    ...written().flatMap(({ path, bytes }) => secretsIn(bytes).map((name) => `${name} in ${path}`)),
  ].filter((leak) => !told.has(leak))
  for (const leak of found) told.add(leak)
  return found
}

/** Commands that did what they were asked. */
const succeeded = new Set<string>()
const COMMANDS_OF_TWO = new Set(['cache', 'repo', 'search', 'dependency', 'bundle', 'registry'])

/** What a run left behind the next one need not tell of again. */
const told = new Set<string>()

/** Files as they were looked at last; what a run did not touch holds no more than before. */
const seen = new Map<string, string>()

/** Every new or changed file below the home but those that hold logins, which nobody else may read. */
function written(): { path: string; bytes: string }[] {
  const paths = readdirSync(home, { recursive: true, encoding: 'utf8' })
  return paths
    .filter((path) => {
      const stat = statSync(join(home, path), { bigint: true })
      const state = [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join()
      if (!stat.isFile() || KEPT.has(path) || seen.get(path) === state) return false
      seen.set(path, state)
      return true
    })
    .map((path) => ({ path, bytes: `${path}\n${readFileSync(join(home, path), 'latin1')}` }))
}

/** Lines that ask a server; each is tried in every mood of it. */
function lines(): string[][] {
  const host = new URL(server.url).host
  const withLogin = `http://ann:${CANARIES.urlPassword}@${host}`
  const withToken = `${server.url}/web-1.0.0.tgz?token=${CANARIES.urlQuery}`
  const oci = `oci://${host}/charts`
  const plain = '--plain-http'
  const typed = ['--username', 'ann', '--password', CANARIES.repoPassword]
  const target = ['--target', `dir:${join(home, 'target')}`]
  return [
    ['repo', 'add', 'one', `${withLogin}/?token=${CANARIES.urlQuery}`],
    ['repo', 'add', 'two', server.url, ...typed],
    ['repo', 'update'],
    ['repo', 'list'],
    ['repo', 'list', '-o', 'json'],
    ...['basic', 'bearer', 'inurl', 'query'].flatMap((name) => [
      ['repo', 'update', name],
      ['pull', `${name}/web`, '-d', home],
      ['show', 'chart', `${name}/web`, '--verify'],
      ['versions', `${name}/web`],
      ['template', `${name}/web`, '--version', '^9'],
      ['publish', join(home, 'plain'), name],
    ]),
    ['install', 'web', 'basic/web', ...target],
    ['outdated', 'web', ...target],
    ['outdated', '--releases', '--from', withLogin, ...target],
    ['cache', 'list'],
    ['cache', 'verify'],
    ['search', 'repo', 'web', '--versions'],
    ['search', 'hub', 'web', '--endpoint', withLogin],
    ['pull', `${withLogin}/web-1.0.0.tgz`, '--prov', '-d', home],
    ['pull', withToken, '--verify', '-d', home],
    ['pull', 'web', '--repo', withLogin, '-d', home],
    ['pull', 'nothing', '--repo', `${server.url}?token=${CANARIES.urlQuery}`, '-d', home],
    ['template', `${withLogin}/values`, ...typed],
    ['template', join(home, 'plain'), '-f', `${withLogin}/values.yaml?t=${CANARIES.urlQuery}`],
    ['dependency', 'update', join(home, 'parent')],
    ['dependency', 'build', join(home, 'parent'), '--verify'],
    ['dependency', 'tree', join(home, 'parent')],
    ['outdated', join(home, 'parent')],
    ['publish', join(home, 'plain'), `${withLogin}/?token=${CANARIES.urlQuery}`, ...typed],
    ['publish', join(home, 'plain'), oci, plain],
    ['push', join(home, 'plain-1.0.0.tgz'), oci, plain, ...typed],
    ['pull', `${oci}/web`, plain, '-d', home],
    ['pull', `${oci}/web:1.0.0`, plain, '-d', home, '--pass-credentials'],
    ['search', 'oci', oci.replace(/\/charts$/, ''), plain],
    ['tags', `${oci}/web`, plain],
    ['versions', `${oci}/web`, plain, ...typed],
    ['verify', `${oci}/web:1.0.0`, plain, '--key', join(home, 'plain-1.0.0.tgz')],
    ['bundle', 'create', `${oci}/web:1.0.0`, plain, '--file', join(home, 'b.tar')],
    ['bundle', 'create', 'inurl/web', '--file', join(home, 'b.tar')],
    ['bundle', 'apply', join(home, 'b.tar'), oci, plain],
    ['registry', 'login', host, plain, '-u', 'ann', '-p', CANARIES.registryPassword],
    ['registry', 'logout', host],
  ]
}

test.each(Object.keys(MOODS))(
  'nothing shows a secret of repositories and registries when the server %s',
  async (name) => {
    setMood(MOODS[name])
    const found: string[] = []
    for (const line of lines()) {
      // Registries that fail are asked again, which takes time.
      const outputs = SLOW.has(name) ? [['--debug']] : [['--debug'], ['-o', 'json']]
      for (const more of outputs) {
        for (const leak of await leaks([...line, ...more])) found.push(`${line.join(' ')}: ${leak}`)
      }
    }
    expect(found).toEqual([])
    if (MOODS[name] === undefined) expect([...succeeded].sort()).toEqual(SUCCEED)
  },
)

/** Commands that a server in a good mood lets do their work, so that what they say is looked at. */
const SUCCEED = [
  'bundle create',
  'cache list',
  'cache verify',
  'dependency tree',
  'dependency update',
  'install',
  'outdated',
  'publish',
  'pull',
  'registry login',
  'registry logout',
  'repo add',
  'repo list',
  'repo update',
  'search oci',
  'search repo',
  'tags',
  'versions',
]

/** Lines that handle keys and references without a server; `at` is the path of a file of the home. */
const LOCAL: { line: (at: (path: string) => string) => string[]; stdin?: string }[] = [
  { line: (at) => ['keygen', '--output', at('pair')] },
  { line: () => ['sign', 'oci://x.example/a:1', '--key', 'nothing.key', '--debug'] },
  { line: (at) => ['sign', 'oci://127.0.0.1:1/a:1', '--key', at('pair.key'), '--plain-http'] },
  { line: (at) => [...PACKAGE(at), '--passphrase-file', '-'], stdin: CANARIES.gpgPassphrase },
  { line: (at) => [...PACKAGE(at), '--passphrase-file', '-'], stdin: `${CANARIES.gpgPassphrase}x` },
  { line: (at) => [...PACKAGE(at), '--passphrase-file', at('passphrase'), '--debug'] },
  { line: () => ['pull', `oci://ann:${CANARIES.urlPassword}@x.example/charts/web`] },
  { line: () => ['pull', `http://ann:${CANARIES.urlPassword}@[bad/web-1.0.0.tgz`] },
  { line: () => ['repo', 'add', 'x', `http://ann:${CANARIES.urlPassword}@127.0.0.1:1`] },
  { line: () => ['repo', 'add', 'x', `ftp://ann:${CANARIES.urlPassword}@127.0.0.1`] },
  {
    line: () => [
      'registry',
      'login',
      `ann:${CANARIES.urlPassword}@x.example`,
      '-u',
      'a',
      '-p',
      'b',
    ],
  },
  {
    line: () => ['registry', 'login', '127.0.0.1:1', '-u', 'ann', '--password-stdin'],
    stdin: CANARIES.registryPassword,
  },
  {
    line: () => ['repo', 'add', 'x', 'http://127.0.0.1:1', '--token-stdin'],
    stdin: CANARIES.repoToken,
  },
  { line: () => ['template', 'web', '--repo', `https://ann:${CANARIES.urlPassword}@127.0.0.1:1/`] },
  { line: () => ['env'] },
  { line: () => ['repo', 'list', '-o', 'yaml'] },
]

const PACKAGE = (at: (path: string) => string) => [
  ...['package', at('plain'), '-d', at(''), '--sign', '--key', 'Ann', '--keyring', secretRing],
]

test('nothing shows a secret of keys and of what was typed', async () => {
  writeFileSync(join(home, 'passphrase'), `${CANARIES.gpgPassphrase}\n`)
  KEPT.add('passphrase')
  const found: string[] = []
  for (const { line, stdin = '' } of LOCAL) {
    const argv = line((path) => join(home, path))
    for (const leak of await leaks(argv, stdin)) found.push(`${argv.join(' ')}: ${leak}`)
  }
  expect(found).toEqual([])
  expect(existsSync(join(home, 'plain-1.0.0.tgz.prov'))).toBe(true)
})

test('files that hold logins are for their owner alone, and hold what they are for', () => {
  for (const path of ['config/repositories.yaml', 'helm/registry/config.json']) {
    expect((statSync(join(home, path)).mode & 0o777).toString(8)).toBe('600')
  }
  const bytes = readFileSync(join(home, 'config/repositories.yaml'), 'latin1')
  expect(secretsIn(bytes)).toEqual(['repoPassword', 'repoToken', 'urlPassword', 'urlQuery'])
})

test.each([
  { text: 'plain', bytes: `x ${CANARIES.cookie} y` },
  { text: 'encoded', bytes: base64(CANARIES.cookie) },
  { text: 'encoded in a pair', bytes: base64(`ann:${CANARIES.cookie}`) },
  { text: 'encoded in a shorter pair', bytes: base64(`a:${CANARIES.cookie}`) },
])('a secret that is $text would be found', ({ bytes }) => {
  expect(secretsIn(bytes)).toEqual(['cookie'])
})
