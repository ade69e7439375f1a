import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { PkgError } from '../../src/base/errors.ts'
import { pullChart, pushChart } from '../../src/registry/oci.ts'
import type { OpenedRegistries, RegistryOptions } from '../../src/registry/oci-registry.ts'
import { openAuth, parseChallenges, type Credential } from '../../src/registry/registry-auth.ts'
import type { HttpRequest } from '../../src/http/exchange.ts'
import { listTags } from '../../src/registry/oci-tags.ts'
import { packageChart } from '../../src/chart/package-chart.ts'
import Update from '../../src/commands/dependency/update.ts'
import Pull from '../../src/commands/pull.ts'
import { chartOf, chartYaml, writeChart } from '../support/chart-builder.ts'
import { runCli } from '../support/run-cli.ts'
import { fakeRegistry, storeChart, type FakeRegistry, type Rule } from '../support/fake-registry.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SECRET: Credential = { username: 'ann', password: 'canary-password' }
const BASIC = `Basic ${Buffer.from('ann:canary-password').toString('base64')}`
const open: FakeRegistry[] = []

afterEach(async () => {
  for (const registry of open.splice(0)) await registry.close()
})

async function registryWith(rule?: Rule, address?: string): Promise<FakeRegistry> {
  const registry = await fakeRegistry(rule, address)
  open.push(registry)
  return registry
}

async function pull({ host }: FakeRegistry, options: RegistryOptions = {}): Promise<string> {
  const reference = { registry: host, repository: 'charts/web', tag: '1.0.0' }
  const known = { plainHttp: true, credentialFor: () => Promise.resolve(SECRET) }
  try {
    return (await pullChart(reference, { ...known, ...options })).fileName
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('canary')
    return `${error.exit} ${error.code}`
  }
}

/** Wants the given proof for everything, with this challenge. */
function guarded(proof: string, challenge: string, next: Rule = () => undefined): Rule {
  return (request) =>
    request.authorization === proof
      ? next(request)
      : { status: 401, headers: { 'WWW-Authenticate': challenge } }
}

const hasProof = ({ seen }: FakeRegistry) =>
  seen.filter((request) => request.authorization !== undefined)

test('a registry with basic authentication is told once and then in every request', async () => {
  const registry = await registryWith(guarded(BASIC, 'Basic realm="x"'))
  storeChart(registry)
  expect(await pull(registry)).toBe('web-1.0.0.tgz')
  expect(registry.seen.map(({ authorization }) => authorization)).toEqual([
    undefined,
    BASIC,
    BASIC,
    BASIC,
  ])
})

test('nothing is sent to a registry that asks for nothing', async () => {
  const registry = await registryWith()
  storeChart(registry)
  await pull(registry)
  expect(hasProof(registry)).toEqual([])
})

test('a token is fetched with the login, for the repository alone, and then used', async () => {
  const registry = await registryWith((request) => {
    if (request.path.startsWith('/token')) return { body: '{"token":"t0ken"}' }
    const challenge = `Bearer realm="http://${registry.host}/token?a=b",service="reg",scope="repository:other:*"`
    return guarded('Bearer t0ken', challenge)(request)
  })
  storeChart(registry)
  expect(await pull(registry)).toBe('web-1.0.0.tgz')
  const asked = registry.seen.filter(({ path }) => path.startsWith('/token'))
  expect(asked.map(({ path, authorization }) => ({ path, authorization }))).toEqual([
    { path: '/token?a=b&service=reg&scope=repository%3Acharts%2Fweb%3Apull', authorization: BASIC },
  ])
})

/** A registry with a chart that wants a token, which its token server gives with what is said. */
async function registryWithTokens(said: object = {}): Promise<FakeRegistry> {
  const registry = await registryWith((request) => {
    if (request.path.startsWith('/token')) {
      return { body: JSON.stringify({ token: 't0ken', ...said }) }
    }
    const challenge = `Bearer realm="http://${registry.host}/token",service="reg"`
    return guarded('Bearer t0ken', challenge)(request)
  })
  storeChart(registry)
  const tags = { body: Buffer.from('{"name":"charts/web","tags":["1.0.0"]}') }
  registry.content.set('/v2/charts/web/tags/list', tags)
  return registry
}

const tokensOf = ({ seen }: FakeRegistry) =>
  seen.filter(({ path }) => path.startsWith('/token')).length

test('one token serves for all that a run asks of a repository', async () => {
  const registry = await registryWithTokens({ expires_in: 300 })
  const args = [`oci://${registry.host}/charts/web`, '--version', '^1', '--plain-http']
  const { code } = await runCli(Pull, [...args, '-d', temporaryFolder()])
  expect(code).toBe(0)
  expect(registry.seen.map(({ path }) => path.split('?')[0])).toEqual([
    '/v2/charts/web/tags/list',
    '/token',
    '/v2/charts/web/tags/list',
    '/v2/charts/web/manifests/1.0.0',
    expect.stringContaining('/blobs/'),
    expect.stringContaining('/blobs/'),
  ])
})

test('what is asked at the same time waits for one token', async () => {
  const registry = await registryWithTokens()
  const registries: OpenedRegistries = new Map()
  const reference = { registry: registry.host, repository: 'charts/web' }
  const known = { plainHttp: true, credentialFor: () => Promise.resolve(SECRET), registries }
  await Promise.all([
    pullChart({ ...reference, tag: '1.0.0' }, known),
    listTags(reference, known),
    listTags(reference, known),
  ])
  expect(tokensOf(registry)).toBe(1)
})

test('a token whose life is over is not shown any more', async () => {
  const registry = await registryWithTokens({ expires_in: 1 })
  expect(await pull(registry)).toBe('web-1.0.0.tgz')
  expect(tokensOf(registry)).toBeGreaterThan(1)
})

test('the token of one login serves no other', async () => {
  const registry = await registryWithTokens()
  const registries: OpenedRegistries = new Map()
  await pull(registry, { registries })
  await pull(registry, { registries, credentialFor: () => Promise.resolve(undefined) })
  expect(tokensOf(registry)).toBe(2)
})

test('an identity token is exchanged, not sent as a password', async () => {
  const registry = await registryWith((request) => {
    if (request.path === '/token') return { body: '{"access_token":"t0ken"}' }
    return guarded(
      'Bearer t0ken',
      `Bearer realm="http://${registry.host}/token",service="reg"`,
    )(request)
  })
  storeChart(registry)
  const identityToken = 'canary-identity'
  const credentialFor = () => Promise.resolve({ username: '', password: '', identityToken })
  expect(await pull(registry, { credentialFor })).toBe('web-1.0.0.tgz')
  const asked = registry.seen.find(({ path }) => path === '/token')
  expect(asked?.method).toBe('POST')
  expect(Object.fromEntries(new URLSearchParams(asked?.body.toString()))).toEqual({
    service: 'reg',
    scope: 'repository:charts/web:pull',
    grant_type: 'refresh_token',
    client_id: 'kubectl-pkg',
    refresh_token: identityToken,
  })
})

test('a login that is refused is not tried for ever', async () => {
  const registry = await registryWith(() => ({
    status: 401,
    headers: { 'WWW-Authenticate': 'Basic' },
  }))
  expect(await pull(registry)).toBe('8 REGISTRY_DENIED')
  expect(registry.seen).toHaveLength(2)
})

test.each([
  ['http on an address elsewhere', 'http://127.0.0.2:9/token'],
  ['the cloud’s metadata', 'http://169.254.169.254/latest/meta-data'],
  ['an address in one number', 'http://2130706434/token'],
  ['an IPv6 address', 'http://[::1]:9/token'],
  ['a file', 'file:///etc/passwd'],
  ['a name elsewhere', 'http://localhost:9/token'],
])('a token server that is %s gets no request', async (_, realm) => {
  const registry = await registryWith(guarded('never', `Bearer realm="${realm}"`))
  expect(await pull(registry)).toBe('8 REGISTRY_DENIED')
})

/** Which hosts get the login for a token when the registry names a realm. */
async function realmGets(origin: string, realm: string, trustRealm = false): Promise<string> {
  const sent: HttpRequest[] = []
  const auth = openAuth({
    origin: new URL(origin),
    trustRealm,
    credential: () => Promise.resolve(SECRET),
    send: (request) => {
      sent.push(request)
      return Promise.resolve({
        status: 200,
        headers: new Map(),
        body: Buffer.from('{"token":"t"}'),
      })
    },
  })
  const headers = new Map([['www-authenticate', `Bearer realm="${realm}"`]])
  try {
    await auth.answer({ status: 401, headers, body: Buffer.alloc(0) }, undefined, undefined)
  } catch (error) {
    if (error instanceof PkgError) return `${error.code}, ${sent.length} requests`
    throw error
  }
  return sent.map((request) => request.headers?.['Authorization'] ?? 'nothing').join()
}

test.each([
  ['https://registry-1.docker.io', 'https://auth.docker.io/token'],
  ['https://ghcr.io', 'https://ghcr.io/token'],
  ['https://registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
  ['https://registry.digitalocean.com', 'https://api.digitalocean.com/v2/auth'],
  ['https://127.0.0.1:5000', 'https://127.0.0.1:5001/token'],
])('the login for %s goes to its token server %s', async (origin, realm) => {
  expect(await realmGets(origin, realm)).toBe(BASIC)
})

test.each([
  ['https://ghcr.io', 'https://evil.io/token'],
  ['https://registry.example.com', 'https://example.com.evil.net/token'],
  ['https://registry.example.com', 'https://evilexample.com/token'],
  ['https://registry.example.co.uk', 'https://evil.co.uk/token'],
  ['https://example.co.uk', 'https://evil.co.uk/token'],
  ['https://ghcr.io', 'http://ghcr.io/token'],
  ['https://registry.example.com', 'https://user:pw@evil.net/token'],
])('the login for %s does not go to %s', async (origin, realm) => {
  expect(await realmGets(origin, realm)).toBe('REGISTRY_DENIED, 0 requests')
})

test('--pass-credentials lets it, but never in the clear', async () => {
  expect(await realmGets('https://ghcr.io', 'https://sso.example.net/token', true)).toBe(BASIC)
  expect(await realmGets('https://ghcr.io', 'http://sso.example.net/token', true)).toBe(
    'REGISTRY_DENIED, 0 requests',
  )
})

test.each([
  ['to another port', '127.0.0.1'],
  ['to another host', '127.0.0.2'],
])('a redirect %s gets no login, and neither does the way back', async (_, address) => {
  const elsewhere: FakeRegistry = await registryWith(
    ({ path }) => ({ status: 307, headers: { Location: `${registry.url}/back${path}` } }),
    address,
  )
  const registry: FakeRegistry = await registryWith((request) => {
    const { path, authorization } = request
    if (path.startsWith('/back/')) return { ...registry.content.get(path.slice('/back'.length)) }
    if (authorization !== BASIC) return guarded(BASIC, 'Basic')(request)
    if (!path.includes('/blobs/')) return undefined
    return { status: 307, headers: { Location: `${elsewhere.url}${path}` } }
  })
  storeChart(registry)
  expect(await pull(registry)).toBe('web-1.0.0.tgz')
  expect(elsewhere.seen).toHaveLength(2)
  expect(hasProof(elsewhere)).toEqual([])
  expect(hasProof(registry).filter(({ path }) => path.startsWith('/back/'))).toEqual([])
})

test('another host that asks for a login gets none', async () => {
  const elsewhere = await registryWith(guarded(BASIC, 'Basic'), '127.0.0.2')
  const registry = await registryWith(
    guarded(BASIC, 'Basic', ({ path }) =>
      path.includes('/blobs/') ? { status: 302, headers: { Location: elsewhere.url } } : undefined,
    ),
  )
  storeChart(registry)
  expect(await pull(registry)).toBe('8 REGISTRY_DENIED')
  expect(hasProof(elsewhere)).toEqual([])
})

test.each([
  ['a circle', (host: string) => `http://${host}/v2/charts/web/manifests/1.0.0`],
  ['a file', () => 'file:///etc/passwd'],
  ['data', () => 'data:application/json,%7B%7D'],
  ['what is no URL', () => 'http://['],
])('a redirect to %s ends the pull', async (_, location) => {
  const registry: FakeRegistry = await registryWith(() => ({
    status: 302,
    headers: { Location: location(registry.host) },
  }))
  expect(await pull(registry)).toBe('7 REGISTRY_FAILED')
  expect(registry.seen.length).toBeLessThan(8)
})

test('an upload that is sent to another host goes there without the login', async () => {
  const elsewhere = await registryWith(() => ({ status: 201 }), '127.0.0.2')
  const registry = await registryWith(
    guarded(BASIC, 'Basic', ({ method }) =>
      method === 'POST'
        ? { status: 202, headers: { Location: `${elsewhere.url}/up?x=1` } }
        : undefined,
    ),
  )
  const archive = packageChart(chartOf({})).bytes
  const { digest } = await pushChart(
    { archive, target: `oci://${registry.host}/charts`, created: new Date(0) },
    { plainHttp: true, credentialFor: () => Promise.resolve(SECRET) },
  )
  expect(digest).toMatch(/^sha256:/)
  expect(elsewhere.seen.map(({ path }) => path)).toEqual([
    expect.stringMatching(/^\/up\?x=1&digest=sha256/),
    expect.stringMatching(/^\/up\?x=1&digest=sha256/),
  ])
  expect(hasProof(elsewhere)).toEqual([])
})

async function tags({ host }: FakeRegistry): Promise<string[] | string> {
  try {
    return await listTags({ registry: host, repository: 'charts/web' }, { plainHttp: true })
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    return `${error.exit} ${error.code}: ${error.message.replaceAll(host, 'HOST')}`
  }
}

/** Serves a list of tags in pages of this size. */
function paged(all: readonly string[], size: number): Rule {
  return ({ path }) => {
    const { searchParams } = new URL(path, 'http://x')
    const start = all.indexOf(searchParams.get('last') ?? '') + 1
    const page = all.slice(start, start + size)
    const isLast = start + size >= all.length
    const link = `</v2/charts/web/tags/list?last=${page.at(-1)}&n=${size}>; rel="next"`
    return {
      headers: isLast ? {} : { Link: link },
      body: JSON.stringify({ name: 'charts/web', tags: page }),
    }
  }
}

test('10,000 tags come page by page', async () => {
  const all = Array.from({ length: 10_000 }, (_, at) => `1.0.${at}`)
  const registry = await registryWith(paged(all, 500))
  expect(await tags(registry)).toEqual(all)
  expect(registry.seen).toHaveLength(20)
})

test('pages in a circle, at another host or without an end are refused', async () => {
  const link =
    (to: string): Rule =>
    () => ({ headers: { Link: `<${to}>; rel="next"` }, body: '{"tags":["1.0.0"]}' })
  expect(await tags(await registryWith(link('/v2/charts/web/tags/list?n=1000')))).toBe(
    '6 OCI_INVALID: oci://HOST/charts/web: its pages lead in a circle',
  )
  expect(await tags(await registryWith(link('http://127.0.0.2:9/')))).toBe(
    '6 OCI_INVALID: oci://HOST/charts/web: its next page is at another host',
  )
  let page = 0
  const many = JSON.stringify({ tags: Array(50_000).fill('1.0.0') })
  const endless = await registryWith(() => ({
    headers: { Link: `</more?${page++}>; rel=next` },
    body: many,
  }))
  expect(await tags(endless)).toBe(
    '6 OCI_INVALID: oci://HOST/charts/web: it has more than 200000 tags',
  )
})

test('a list of tags that is none is refused, and one of nothing is empty', async () => {
  expect(await tags(await registryWith(() => ({ body: '{"tags":[1]}' })))).toMatch(/^6 OCI_INVALID/)
  expect(await tags(await registryWith(() => ({ body: '<html>' })))).toMatch(/^6 OCI_INVALID/)
  expect(await tags(await registryWith(() => ({ body: '{"tags":null}' })))).toEqual([])
})

test.each([
  ['Basic realm="x"', [['basic', { realm: 'x' }]]],
  [
    'Bearer realm="https://a/b?c=d,e",service=reg , scope="repository:a:pull,push"',
    [['bearer', { realm: 'https://a/b?c=d,e', service: 'reg', scope: 'repository:a:pull,push' }]],
  ],
  [
    'Negotiate, Basic realm="a \\"b\\"", Bearer realm="c"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'a "b"' }],
      ['bearer', { realm: 'c' }],
    ],
  ],
  ['BEARER REALM="x",realm="y"', [['bearer', { realm: 'x' }]]],
  ['', []],
  ['"', []],
  ['Bearer realm="unfinished', [['bearer', { realm: '' }]]],
])('the challenge %s is read', (header, want) => {
  const read = parseChallenges(header).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ])
  expect(read).toEqual(want)
})

test('an index cannot send what was typed for its server to a registry elsewhere', async () => {
  const home = temporaryFolder()
  const flags = ['--username', 'ann', '--password', 'canary-password', '--plain-http', '-d', home]
  const elsewhere = await registryWith(guarded(BASIC, 'Basic'), '127.0.0.2')
  storeChart(elsewhere)
  const entry = `- {name: web, version: 1.0.0, urls: ["oci://${elsewhere.host}/charts/web:1.0.0"]}`
  const index = await registryWith(() => ({
    body: `apiVersion: v1\nentries:\n  web:\n  ${entry}\n`,
  }))
  const { code } = await runCli(Pull, ['web', '--repo', index.url, ...flags], {
    env: { HOME: home, KUBECTL_PKG_CACHE_HOME: home, KUBECTL_PKG_CONFIG_HOME: home },
  })
  expect(code).toBe(8)
  expect(hasProof(index)).not.toEqual([])
  expect(elsewhere.seen).not.toEqual([])
  expect(hasProof(elsewhere)).toEqual([])
})

test('what was typed goes to the registries that the chart names, not to those its dependencies name', async () => {
  const home = temporaryFolder()
  const named = await registryWith(guarded(BASIC, 'Basic'))
  const elsewhere = await registryWith(guarded(BASIC, 'Basic'), '127.0.0.2')
  for (const registry of [named, elsewhere]) storeChart(registry)
  const wants = (list: string) => chartYaml('x', `dependencies: [${list}]\n`)
  const web = ({ host }: FakeRegistry) =>
    `{name: web, version: 1.0.0, repository: "oci://${host}/charts"}`
  writeChart(join(home, 'x'), { 'Chart.yaml': wants(web(elsewhere)) })
  const direct = writeChart(join(home, 'direct'), { 'Chart.yaml': wants(web(named)) })
  const nested = writeChart(join(home, 'nested'), {
    'Chart.yaml': wants('{name: x, version: 1.0.0, repository: "file://../x"}'),
  })
  const flags = ['--username', 'ann', '--password', 'canary-password', '--plain-http']
  const env = { HOME: home, KUBECTL_PKG_CACHE_HOME: home, KUBECTL_PKG_CONFIG_HOME: home }
  const update = async (folder: string) => (await runCli(Update, [folder, ...flags], { env })).code
  expect(await update(direct)).toBe(0)
  expect(hasProof(named)).not.toEqual([])
  expect(await update(nested)).toBe(8)
  expect(elsewhere.seen).not.toEqual([])
  expect(hasProof(elsewhere)).toEqual([])
})
