import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import BundleApply from '../../src/commands/bundle/apply.ts'
import BundleCreate from '../../src/commands/bundle/create.ts'
import BundleVerify from '../../src/commands/bundle/verify.ts'
import Install from '../../src/commands/install.ts'
import Keygen from '../../src/commands/keygen.ts'
import Package from '../../src/commands/package.ts'
import Push from '../../src/commands/push.ts'
import Sign from '../../src/commands/sign.ts'
import Template from '../../src/commands/template.ts'
import Verify from '../../src/commands/verify.ts'
import { writeTar } from '../../src/chart/tar-write.ts'
import { chartYaml, writeChart } from '../support/chart-builder.ts'
import { openGpg } from '../support/gpg.ts'
import { runHelm } from '../support/oracle.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli, type CommandClass } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let source: RealRegistry
let closed: RealRegistry
let home: string
let image: string
let web: string
let key: string

const env = () => ({ HOME: home, COSIGN_PASSWORD: '' })

beforeAll(async () => {
  home = temporaryFolder()
  source = await startRegistry()
  closed = await startRegistry()
  image = `${source.host}/apps/web:1`
  await pushImage()
  key = join(home, 'key')
  await run(Keygen, '-o', key)
  web = writeChart(join(home, 'web'), {
    'Chart.yaml': chartYaml('web', 'dependencies: [{name: db, version: 1.0.0, repository: ""}]\n'),
    'templates/pod.yaml': pod('{{ .Values.image }}'),
    'values.yaml': `image: ${image}\n`,
    'charts/db/Chart.yaml': chartYaml('db'),
    'charts/db/templates/pod.yaml': pod(image),
  })
  await pushSigned()
})

afterAll(async () => {
  await source.stop()
  await closed.stop()
})

const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: "{{ .Chart.Name }}"}\nspec: {containers: [{name: a, image: "${name}"}]}\n`

async function run(command: CommandClass, ...argv: string[]) {
  const { code, stdout, stderr } = await runCli(command, argv, {
    env: env(),
    now: Date.now() + 60_000,
  })
  return { code, stdout: stdout.toString(), stderr }
}

async function ok(command: CommandClass, ...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, ...argv)
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
  return stdout
}

const sha = (bytes: Buffer | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Puts an image for two platforms into the registry, by its own interface. */
async function pushImage(): Promise<void> {
  const base = `http://${source.host}/v2/apps/web`
  const upload = async (bytes: Buffer) => {
    const start = await fetch(`${base}/blobs/uploads/`, { method: 'POST' })
    const url = new URL(start.headers.get('location') ?? '')
    url.searchParams.set('digest', sha(bytes))
    await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) })
    return { digest: sha(bytes), size: bytes.length }
  }
  const put = async (tag: string, mediaType: string, content: object) => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType, ...content })
    const answer = await fetch(`${base}/manifests/${tag}`, {
      method: 'PUT',
      headers: { 'Content-Type': mediaType },
      body,
    })
    expect(answer.status).toBe(201)
    return { mediaType, digest: sha(body), size: Buffer.byteLength(body) }
  }
  const manifests: object[] = []
  for (const architecture of ['amd64', 'arm64']) {
    const config = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      ...(await upload(Buffer.from(JSON.stringify({ architecture, os: 'linux' })))),
    }
    const layer = {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      ...(await upload(Buffer.alloc(300_000, architecture))),
    }
    const manifest = await put(
      `only-${architecture}`,
      'application/vnd.oci.image.manifest.v1+json',
      { config, layers: [layer] },
    )
    manifests.push({ ...manifest, platform: { os: 'linux', architecture } })
  }
  await put('1', 'application/vnd.oci.image.index.v1+json', { manifests })
}

/** Puts a signed chart `api` into the registry. */
async function pushSigned(): Promise<void> {
  const folder = writeChart(join(home, 'api'), { 'Chart.yaml': chartYaml('api') })
  await ok(Package, folder, '-d', home)
  const target = `oci://${source.host}/charts`
  await ok(Push, join(home, 'api-1.0.0.tgz'), target, '--plain-http')
  await ok(Sign, `${target}/api:1.0.0`, '--key', `${key}.key`, '--plain-http')
}

async function create(name: string, ...flags: string[]): Promise<string> {
  const file = join(home, name)
  await ok(BundleCreate, ...flags, '--file', file, '--plain-http')
  return file
}

const api = () => `oci://${source.host}/charts/api:1.0.0`

test('all images that cannot be had are named at once, and nothing is written', async () => {
  const gone = `${source.host}/apps/gone:1`
  const dead = ['127.0.0.1:1/apps/a:1', '127.0.0.1:1/apps/b:1']
  const chart = writeChart(join(home, 'many'), {
    'Chart.yaml': chartYaml('many'),
    'templates/pods.yaml': [image, gone, ...dead].map(pod).join('---\n'),
  })
  const file = join(home, 'many.tar')
  const { code, stderr } = await run(
    BundleCreate,
    chart,
    '--images',
    '--file',
    file,
    '--plain-http',
  )
  expect(code).not.toBe(0)
  expect(stderr).toContain('Error: 3 of 4 images cannot be had\n')
  expect(stderr).toContain(`${gone}: ${source.host}/apps/gone:1: not found`)
  expect(stderr).toContain('127.0.0.1:1/apps/a:1: ')
  expect(stderr).toContain('127.0.0.1:1/apps/b:1: not asked for, as 127.0.0.1:1 failed before')
  expect(existsSync(file)).toBe(false)
})

test('a bundle has the same bytes whenever it is made, and is whole', async () => {
  const first = await create('first.tar', web, api(), '--images')
  const second = await create('second.tar', api(), web, '--images')
  expect(sha(readFileSync(first))).toBe(sha(readFileSync(second)))

  const { stdout } = await run(BundleVerify, first, '--require-images', '-o', 'json')
  const report = JSON.parse(stdout) as {
    items: { kind: string; name: string }[]
    blobs: number
    missingImages: string[]
  }
  expect(report.items.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    `image ${image}`,
    'chart api:1.0.0',
    expect.stringMatching(/^signature api:sha256-[0-9a-f]{64}\.sig$/),
    'chart web:1.0.0',
  ])
  // The image: two layers, two configurations, two manifests, an index. Each chart: three. The
  // signature: payload, configuration, manifest.
  expect({ blobs: report.blobs, missing: report.missingImages }).toEqual({
    blobs: 7 + 3 + 3 + 3,
    missing: [],
  })
})

test('one platform alone is taken when it is asked for, and another one is named', async () => {
  const file = await create('amd64.tar', web, '--images', '--platform', 'linux/amd64')
  expect(JSON.parse((await run(BundleVerify, file, '-o', 'json')).stdout)).toMatchObject({
    blobs: 3 + 3,
    missingImages: [],
  })
  const { code, stderr } = await run(
    BundleCreate,
    web,
    '--images',
    '--platform',
    'linux/s390x',
    '--file',
    join(home, 'no.tar'),
    '--plain-http',
  )
  expect({ code, stderr }).toEqual({
    code: 6,
    stderr: expect.stringContaining('It has linux/amd64, linux/arm64.'),
  })
})

test('images that are not in the bundle are told of', async () => {
  const file = await create('bare.tar', web)
  expect((await run(BundleVerify, file)).stdout).toContain(`missing\t${image}`)
  const { code, stderr } = await run(BundleVerify, file, '--require-images')
  expect({ code, stderr }).toEqual({
    code: 5,
    stderr: expect.stringContaining('BUNDLE_INCOMPLETE'),
  })
})

test('with a key every chart must be signed by it', async () => {
  const signed = await create('signed.tar', api())
  const mixed = await create('mixed.tar', api(), web)
  await run(Keygen, '-o', join(home, 'other'))
  expect((await run(BundleVerify, signed, '--key', `${key}.pub`)).code).toBe(0)
  expect((await run(BundleVerify, signed, '--key', `${join(home, 'other')}.pub`)).code).toBe(5)
  const { code, stderr } = await run(BundleVerify, mixed, '--key', `${key}.pub`)
  expect({ code, stderr }).toEqual({
    code: 5,
    stderr: expect.stringContaining('web:1.0.0 has no signature'),
  })
  expect(
    (
      await run(
        BundleApply,
        mixed,
        `oci://${closed.host}/no`,
        '--key',
        `${key}.pub`,
        '--plain-http',
      )
    ).code,
  ).toBe(5)
})

test('what is applied to a registry is pulled by Helm, verified, and has its image', async () => {
  const file = await create('apply.tar', web, api(), '--images')
  const target = `oci://${closed.host}/mirror`
  const table = await ok(BundleApply, file, target, '--plain-http')
  expect(table).toContain(`${closed.host}/mirror/web:1.0.0@sha256:`)

  const folder = join(home, 'pulled')
  mkdirSync(folder)
  const helm = runHelm([
    'pull',
    `${target}/web`,
    '--version',
    '1.0.0',
    '--plain-http',
    '--untar',
    '-d',
    folder,
  ])
  expect(helm.code).toBe(0)
  expect(readFileSync(join(folder, 'web', 'charts', 'db', 'Chart.yaml'), 'utf8')).toContain(
    'name: db',
  )
  expect(
    (await run(Verify, `${target}/api:1.0.0`, '--key', `${key}.pub`, '--plain-http')).code,
  ).toBe(0)
  const found = await fetch(`http://${closed.host}/v2/mirror/apps/web/manifests/1`, {
    headers: { Accept: 'application/vnd.oci.image.index.v1+json' },
  })
  expect(found.status).toBe(200)
  expect((await found.json()) as object).toHaveProperty(
    'manifests.1.platform.architecture',
    'arm64',
  )
})

test('a chart does not take the place of another one with its version, unless told', async () => {
  const target = `oci://${closed.host}/kept`
  const file = await create('first.tar', web)
  await ok(BundleApply, file, target, '--plain-http')
  await ok(BundleApply, file, target, '--plain-http')
  writeFileSync(join(web, 'README.md'), 'other')
  const other = await create('other.tar', web)
  rmSync(join(web, 'README.md'))
  const refused = await run(BundleApply, other, target, '--plain-http')
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain(`${closed.host}/kept/web:1.0.0 is published already`)
  await ok(BundleApply, other, target, '--plain-http', '--force')
})

test('what was applied is run under the names that it has now', async () => {
  const file = await create('mapped.tar', web, '--images')
  const map = join(home, 'images.json')
  const target = `oci://${closed.host}/mapped`
  const dry = await ok(BundleApply, file, target, '--plain-http', '--dry-run', '--image-map', map)
  expect(existsSync(map)).toBe(false)
  expect((await fetch(`http://${closed.host}/v2/mapped/web/tags/list`)).status).toBe(404)

  const table = await ok(BundleApply, file, target, '--plain-http', '--image-map', map)
  expect(table).toBe(dry)
  const images = JSON.parse(readFileSync(map, 'utf8')) as Record<string, string>
  expect(Object.keys(images)).toEqual([image])
  const [, digest = ''] = (images[image] ?? '').split('@')
  expect(images[image]).toBe(`${closed.host}/mapped/apps/web:1@${digest}`)
  const answer = await fetch(`http://${closed.host}/v2/mapped/apps/web/manifests/${digest}`, {
    headers: { Accept: 'application/vnd.oci.image.index.v1+json' },
  })
  expect(answer.status).toBe(200)

  const rendered = await run(Template, 'x', web, '--image-map', map)
  expect(rendered.stdout.match(/image: .*\}/g)).toEqual(
    Array.from({ length: 2 }, () => `image: "${images[image]}"}]}`),
  )
  expect(rendered.stderr).toBe('')

  const other = await run(
    ...([Install, 'x', web, '--set', 'image=other:1', '--image-map', map] as const),
    ...['--target', `dir:${join(home, 'mapped')}`],
  )
  expect(other).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('the image map does not have other:1 of Pod/web'),
  })
})

test.each([
  { text: 'a: [1]', why: 'it must be a map of names of images' },
  { text: '{', why: '' },
  { text: undefined, why: 'no such file' },
])('an image map $text is refused', async ({ text, why }) => {
  const map = join(home, `map-${why.length}`)
  if (text !== undefined) writeFileSync(map, text)
  const { code, stderr } = await run(Template, 'x', web, '--image-map', map)
  expect({ code, stderr }).toEqual({
    code: 6,
    stderr: expect.stringMatching(new RegExp(`cannot read the image map .*${why}`)),
  })
})

test('a folder has no place for images, which is said', async () => {
  const file = await create('folder-images.tar', web, '--images')
  const { code, stderr } = await runCli(BundleApply, [file, join(home, 'no-images')])
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(
      /^notice: \d+ images and signatures stay in the bundle; a registry takes them\n$/,
    ),
  })
})

test('a folder becomes a static repository of the charts, with their provenance files', async () => {
  const gpg = openGpg()
  try {
    gpg.makeKey('Ann <ann@example.com>', { kind: 'ed25519' })
    const ring = gpg.publicRing('Ann')
    const signed = join(home, 'signed')
    const sign = ['--sign', '--key', 'Ann', '--keyring', gpg.secretRing('Ann')]
    await ok(Package, web, '-d', signed, ...sign)
    const archive = join(signed, 'web-1.0.0.tgz')
    const file = await create('folder.tar', archive)
    const folder = join(home, 'repository')

    const dry = await ok(BundleApply, file, folder, '--dry-run', '-o', 'json')
    expect(JSON.parse(dry)).toEqual([
      { kind: 'chart', name: 'web:1.0.0', reference: 'web-1.0.0.tgz' },
    ])
    expect(existsSync(folder)).toBe(false)

    const trusted = ['--verify', '--keyring', ring]
    await ok(BundleVerify, file, ...trusted)
    await ok(BundleApply, file, folder, ...trusted)
    for (const name of ['web-1.0.0.tgz', 'web-1.0.0.tgz.prov']) {
      expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(signed, name)))
    }
    expect(readFileSync(join(folder, 'index.yaml'), 'utf8')).toContain(
      sha(readFileSync(archive)).slice('sha256:'.length),
    )
    expect(runHelm(['verify', join(folder, 'web-1.0.0.tgz'), '--keyring', ring]).code).toBe(0)

    const unsigned = await create('unsigned.tar', web)
    for (const args of [[unsigned], [unsigned, join(home, 'never')]]) {
      const command = args.length === 1 ? BundleVerify : BundleApply
      const { code, stderr } = await run(command, ...args, ...trusted)
      expect({ code, stderr }).toEqual({
        code: 5,
        stderr: expect.stringContaining('web-1.0.0.tgz has no provenance file'),
      })
    }
    expect(existsSync(join(home, 'never'))).toBe(false)

    const other = writeChart(join(home, 'other'), { 'Chart.yaml': chartYaml('web') })
    const others = await create('other.tar', other)
    expect(await run(BundleApply, others, folder)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('VERSION_PUBLISHED'),
    })
    await ok(BundleApply, others, folder, '--force')
  } finally {
    gpg.close()
  }
})

test('a chart without its dependencies makes no bundle, and nothing is left of it', async () => {
  const bare = writeChart(join(home, 'bare'), {
    'Chart.yaml': chartYaml('bare', 'dependencies: [{name: db, version: 1.0.0, repository: ""}]\n'),
  })
  const file = join(home, 'bare-bundle.tar')
  const { code, stderr } = await run(BundleCreate, bare, '--file', file)
  expect({ code, stderr }).toEqual({
    code: 6,
    stderr: expect.stringContaining('DEPENDENCY_MISSING'),
  })
  expect(() => readFileSync(file)).toThrow('ENOENT')
})

test('what a bundle holds cannot be changed or cut', async () => {
  const file = await create('bits.tar', api())
  const bytes = readFileSync(file)
  const spoilt = join(home, 'spoilt.tar')
  // The first byte of each block with something in it: of headers and of contents.
  const end = bytes.indexOf('index.json')
  for (let at = 0; at < end; at += 512) {
    if (bytes[at] === 0) continue
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 1
    writeFileSync(spoilt, copy)
    expect((await run(BundleVerify, spoilt)).code, `byte ${at}`).toBeGreaterThanOrEqual(5)
  }
  for (const length of [0, 100, 1000, bytes.length - 1024]) {
    writeFileSync(spoilt, bytes.subarray(0, length))
    expect((await run(BundleVerify, spoilt)).code, `${length} bytes`).toBe(6)
  }
})

const layout = { name: 'oci-layout', data: Buffer.from('{"imageLayoutVersion":"1.0.0"}') }
const index = (manifests: object[]) => ({
  name: 'index.json',
  data: Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })),
})
const manifest = Buffer.from(
  '{"schemaVersion":2,"config":{"mediaType":"a","digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","size":1},"layers":[]}',
)

test.each([
  ['a path that leads out', [layout, index([]), { name: '../evil', data: Buffer.alloc(1) }]],
  ['an absolute path', [layout, index([]), { name: '/etc/passwd', data: Buffer.alloc(1) }]],
  ['another file', [layout, index([]), { name: 'blobs/sha256/readme', data: Buffer.alloc(1) }]],
  ['a file twice', [layout, index([]), index([])]],
  ['no index', [layout]],
  ['no layout', [index([])]],
  [
    'a layout of another version',
    [{ ...layout, data: Buffer.from('{"imageLayoutVersion":"2"}') }, index([])],
  ],
  ['an index that is no JSON', [layout, { name: 'index.json', data: Buffer.from('hello') }]],
  [
    'an artefact that is not there',
    [layout, index([{ mediaType: 'a', digest: sha('x'), size: 1 }])],
  ],
  [
    'an artefact without its parts',
    [
      layout,
      index([{ mediaType: 'a', digest: sha(manifest), size: manifest.length }]),
      { name: `blobs/sha256/${sha(manifest).slice(7)}`, data: manifest },
    ],
  ],
])('a bundle with %s is refused', async (_, files) => {
  const file = join(home, 'hostile.tar')
  writeFileSync(file, writeTar(files, 0))
  const { code, stderr } = await run(BundleVerify, file)
  expect({ code, stderr }).toEqual({
    code: 6,
    stderr: expect.stringMatching(/BUNDLE_INVALID|OCI_INVALID/),
  })
})
