import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import Login from '../../src/commands/registry/login.ts'
import Logout from '../../src/commands/registry/logout.ts'
import Package from '../../src/commands/package.ts'
import Push from '../../src/commands/push.ts'
import Tags from '../../src/commands/tags.ts'
import { pullChart } from '../../src/registry/oci.ts'
import { parseOciReference } from '../../src/registry/oci-reference.ts'
import { resolveTag } from '../../src/registry/oci-tags.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { runHelm } from '../support/oracle.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let plain: RealRegistry
let closed: RealRegistry
let home: string

const RICH = `description: A web server
home: https://web.example
sources: [https://git.example/web, https://git.example/other]
keywords: [a, b]
maintainers:
- name: Ann
  email: ann@example.com
- name: Bob
icon: https://web.example/i.png
appVersion: "1.16"
annotations:
  artifacthub.io/license: Apache-2.0
  org.opencontainers.image.title: ignored
kubeVersion: ">=1.20"
type: application
`

beforeAll(async () => {
  home = temporaryFolder()
  plain = await startRegistry()
  closed = await startRegistry({ tls: true, users: { ann: 'correct horse' } })
})

afterAll(async () => {
  await plain.stop()
  await closed.stop()
})

/** Packs a chart with our program and gives the archive's path. */
async function packed(name: string, version: string, more = RICH): Promise<string> {
  const folder = join(home, `${name}-${version}-source`)
  writeChart(folder, {
    'Chart.yaml': chartYaml(name, more).replace('version: 1.0.0', `version: ${version}`),
    'values.yaml': 'replicas: 1\n',
    'templates/config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
  })
  const { code, stderr } = await runCli(Package, [folder, '-d', home])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return join(home, `${name}-${version}.tgz`)
}

async function get(host: string, path: string): Promise<{ body: string; digest: string | null }> {
  const answer = await fetch(`http://${host}${path}`, {
    headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  return { body: await answer.text(), digest: answer.headers.get('docker-content-digest') }
}

test('what we push is, byte for byte, what Helm pushes', async () => {
  const archive = await packed('web', '1.2.3+build.7')

  const pushed = await runCli(Push, [archive, `oci://${plain.host}/ours`, '--plain-http'])
  const helm = runHelm(['push', archive, `oci://${plain.host}/theirs`, '--plain-http'])

  expect(pushed.stderr).toBe(helm.stderr.replaceAll('/theirs/', '/ours/'))
  const ours = await get(plain.host, '/v2/ours/web/manifests/1.2.3_build.7')
  const theirs = await get(plain.host, '/v2/theirs/web/manifests/1.2.3_build.7')
  expect(ours).toEqual(theirs)
})

test('Helm pulls what we pushed', async () => {
  const archive = await packed('api', '0.1.0')
  await runCli(Push, [archive, `oci://${plain.host}/ours`, '--plain-http'])
  const folder = join(home, 'by-helm')
  mkdirSync(folder)

  const helm = runHelm([
    ...['pull', `oci://${plain.host}/ours/api`, '--version', '0.1.0'],
    ...['--plain-http', '-d', folder],
  ])

  expect(helm.code).toBe(0)
  expect(readFileSync(join(folder, 'api-0.1.0.tgz'))).toEqual(readFileSync(archive))
})

test('we pull what Helm pushed, by version, by range, by tag and by digest', async () => {
  const archive = await packed('db', '2.0.0')
  const helm = runHelm(['push', archive, `oci://${plain.host}/theirs`, '--plain-http'])
  const [, digest = ''] = /Digest: (sha256:\w+)/.exec(helm.stderr) ?? []
  const options = { plainHttp: true }
  const base = parseOciReference(`oci://${plain.host}/theirs/db`)

  const tagged = { ...base, tag: '2.0.0' }
  expect(await resolveTag(base, '', options)).toEqual(tagged)
  expect(await resolveTag(base, '>=1 <3', options)).toEqual(tagged)
  for (const reference of [tagged, { ...base, digest }, { ...tagged, digest }]) {
    const pulled = await pullChart(reference, options)
    expect(pulled.archive).toEqual(readFileSync(archive))
    expect(pulled.manifest.digest).toBe(digest)
    expect(pulled.fileName).toBe('db-2.0.0.tgz')
  }
})

test('versions are listed newest first, as Helm orders them', async () => {
  for (const version of ['0.9.0', '1.10.0', '1.9.0', '1.10.0-rc.1']) {
    const archive = await packed('many', version, '')
    await runCli(Push, [archive, `oci://${plain.host}/list`, '--plain-http'])
  }

  const { stdout } = await runCli(Tags, [`oci://${plain.host}/list/many`, '--plain-http'])

  expect(stdout.toString()).toBe('1.10.0\n1.10.0-rc.1\n1.9.0\n0.9.0\n')
})

test('a login of ours serves Helm, and the registry wants it', async () => {
  const archive = await packed('web', '3.0.0')
  const config = join(home, 'login', 'config.json')
  const flags = ['--ca-file', closed.caFile, '--registry-config', config]
  const target = `oci://${closed.host}/charts`
  const push = () => runCli(Push, [archive, target, ...flags])

  expect(await push()).toMatchObject({
    code: 8,
    stderr: expect.stringContaining(`the registry ${closed.host} wants a login`),
  })
  const wrong = ['-u', 'ann', '-p', 'wrong', ...flags]
  expect((await runCli(Login, [closed.host, ...wrong])).code).toBe(8)
  const stdin = Buffer.from('correct horse\n')
  const login = ['-u', 'ann', '--password-stdin', ...flags]
  const { code, stderr } = await runCli(Login, [closed.host, ...login], { stdin })
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Login Succeeded') })

  expect((await push()).code).toBe(0)
  const helm = runHelm(['show', 'chart', `${target}/web`, '--version', '3.0.0', ...flags])
  expect(helm.stdout).toContain('version: 3.0.0')

  expect((await runCli(Logout, [closed.host, ...flags.slice(2)])).code).toBe(0)
  expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual({ auths: {} })
  expect((await push()).code).toBe(8)
})

test('a login of Helm serves us, and other entries of its file stay', async () => {
  const archive = await packed('web', '4.0.0')
  const config = join(home, 'helm-login.json')
  writeFileSync(config, '{"auths": {"other.example": {"auth": "YTpi"}}, "HttpHeaders": {"A": "b"}}')
  const flags = ['--ca-file', closed.caFile, '--registry-config', config]

  const login = runHelm([
    'registry',
    'login',
    closed.host,
    '-u',
    'ann',
    '-p',
    'correct horse',
    ...flags,
  ])
  expect(login.stderr).toContain('Login Succeeded')

  expect((await runCli(Push, [archive, `oci://${closed.host}/charts`, ...flags])).code).toBe(0)
  await runCli(Logout, [closed.host, '--registry-config', config])
  expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual({
    auths: { 'other.example': { auth: 'YTpi' } },
    HttpHeaders: { A: 'b' },
  })
})

test('a certificate that nobody vouches for is refused, unless told otherwise', async () => {
  const flags = ['--username', 'ann', '--password', 'correct horse']
  const target = `oci://${closed.host}/charts/none`

  const refused = await runCli(Tags, [target, ...flags])
  const taken = await runCli(Tags, [target, ...flags, '--insecure-skip-tls-verify'])

  expect({ code: refused.code, stderr: refused.stderr }).toEqual({
    code: 7,
    stderr: expect.stringContaining('Name its authority with --ca-file.'),
  })
  expect({ code: taken.code, stderr: taken.stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('CHART_NOT_FOUND'),
  })
})
