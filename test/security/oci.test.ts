import { readdirSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { PkgError } from '../../src/base/errors.ts'
import { packageChart } from '../../src/chart/package-chart.ts'
import Pull from '../../src/commands/pull.ts'
import { pullChart, pushChart } from '../../src/registry/oci.ts'
import type { RegistryOptions } from '../../src/registry/oci-registry.ts'
import { chartOf } from '../support/chart-builder.ts'
import {
  digestOf,
  fakeRegistry,
  storeChart,
  type FakeRegistry,
  type Reply,
  type Rule,
} from '../support/fake-registry.ts'
import { runCli } from '../support/run-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const open: FakeRegistry[] = []

afterEach(async () => {
  for (const registry of open.splice(0)) await registry.close()
})

async function registryWith(rule?: Rule): Promise<FakeRegistry> {
  const registry = await fakeRegistry(rule)
  open.push(registry)
  return registry
}

/** Pulls `charts/web:1.0.0`, or what is named, and says how that ended. */
async function pull(
  { host }: FakeRegistry,
  where: { tag?: string; digest?: string } = { tag: '1.0.0' },
  options: RegistryOptions = {},
): Promise<string> {
  const reference = { registry: host, repository: 'charts/web', ...where }
  try {
    const { fileName } = await pullChart(reference, { plainHttp: true, ...options })
    return fileName
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    return `${error.exit} ${error.code}: ${error.message.replaceAll(host, 'HOST')}`
  }
}

/** Answers requests for one kind of content in another way. */
function on(kind: 'blobs' | 'manifests', reply: (path: string) => Reply | undefined): Rule {
  return ({ method, path }) =>
    method === 'GET' && path.includes(`/${kind}/`) ? reply(path) : undefined
}

const ARCHIVE = packageChart(chartOf({ 'values.yaml': 'a: 1\n' })).bytes

test('a well-formed chart is pulled', async () => {
  const registry = await registryWith()
  const { manifest } = storeChart(registry)
  expect(await pull(registry)).toBe('web-1.0.0.tgz')
  expect(await pull(registry, { digest: digestOf(manifest) })).toBe('web-1.0.0.tgz')
  expect(await pull(registry, { tag: '2.0.0' })).toBe(
    '1 CHART_NOT_FOUND: HOST/charts/web:2.0.0: not found',
  )
})

test.each([
  ['one bit flipped', (bytes: Buffer) => Buffer.from(bytes).fill(bytes[9]! ^ 1, 9, 10)],
  ['cut short', (bytes: Buffer) => bytes.subarray(0, -1)],
  ['made longer', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
  ['empty', () => Buffer.alloc(0)],
])('a layer that is %s is refused', async (_, spoil) => {
  const registry = await registryWith(
    on('blobs', (path) =>
      path.endsWith(digestOf(ARCHIVE)) ? { body: spoil(ARCHIVE) } : undefined,
    ),
  )
  storeChart(registry)
  expect(await pull(registry)).toMatch(/^[56] (DIGEST_MISMATCH|OCI_INVALID): /)
})

test('a layer whose body breaks off is no layer', async () => {
  const registry = await registryWith(
    on('blobs', (path) =>
      path.endsWith(digestOf(ARCHIVE))
        ? {
            raw: (response) => {
              response.writeHead(200, { 'Content-Length': String(ARCHIVE.length) })
              response.write(ARCHIVE.subarray(0, 100), () => response.destroy())
            },
          }
        : undefined,
    ),
  )
  storeChart(registry)
  expect(await pull(registry)).toMatch(/^7 REGISTRY_FAILED: /)
})

test('a layer without an end is cut off at the size that was promised', async () => {
  let sent = 0
  const registry = await registryWith(
    on('blobs', () => ({
      raw: (response) => {
        response.writeHead(200)
        const more = () => {
          while (response.writable && response.write(Buffer.alloc(65_536))) sent += 65_536
        }
        response.on('drain', more).on('error', () => undefined)
        more()
      },
    })),
  )
  storeChart(registry)
  expect(await pull(registry)).toMatch(/^6 OCI_INVALID: .* the answer is longer than \d+ bytes$/)
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})

test('a configuration with other bytes is refused', async () => {
  const registry = await registryWith(
    on('blobs', (path) =>
      path.endsWith(digestOf(ARCHIVE))
        ? undefined
        : { body: '{"name":"web","version":"6.6.6","apiVersion":"v2"}' },
    ),
  )
  storeChart(registry)
  expect(await pull(registry)).toMatch(
    /^5 DIGEST_MISMATCH: .* expected sha256:\w+, got sha256:\w+$/,
  )
})

test('a manifest with other bytes than its digest is refused', async () => {
  const registry = await registryWith(on('manifests', () => ({ body: '{"schemaVersion":2}' })))
  const { manifest } = storeChart(registry)
  expect(await pull(registry, { digest: digestOf(manifest) })).toMatch(/^5 DIGEST_MISMATCH: /)
})

test('a registry that lies about the digest of what it sends is refused', async () => {
  const registry = await registryWith((request) =>
    request.method === 'GET' && request.path.includes('/manifests/')
      ? { headers: { 'Docker-Content-Digest': `sha256:${'0'.repeat(64)}` }, body: stored.manifest }
      : undefined,
  )
  const stored = storeChart(registry)
  expect(await pull(registry)).toMatch(/^5 DIGEST_MISMATCH: .*expected sha256:0{64}/)
})

test('a tag beside a digest must stand for it', async () => {
  const registry = await registryWith()
  const { manifest } = storeChart(registry)
  storeChart(registry, (other) => ({ ...other, annotations: { moved: 'yes' } }))
  expect(await pull(registry, { tag: '1.0.0', digest: digestOf(manifest) })).toMatch(
    /^5 DIGEST_MISMATCH: chart reference digest mismatch: sha256:\w+ is not sha256:\w+$/,
  )
})

test('a manifest of 64 MiB is cut off', async () => {
  const registry = await registryWith(
    on('manifests', () => ({ body: Buffer.alloc(64 * 1024 * 1024, ' ') })),
  )
  expect(await pull(registry)).toMatch(/^6 OCI_INVALID: .* longer than 4194304 bytes$/)
})

const INDEX = 'application/vnd.oci.image.index.v1+json'

/** Stores an index of manifests under a tag and under its digest. */
function storeIndex({ content }: FakeRegistry, digests: string[], tag = '1.0.0'): string {
  const manifests = digests.map((digest) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest,
    size: 1,
  }))
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }))
  for (const name of [tag, digestOf(body)]) {
    content.set(`/v2/charts/web/manifests/${name}`, { body, type: INDEX })
  }
  return digestOf(body)
}

test('an index of one chart is followed, deep nests and indexes of many are not', async () => {
  const registry = await registryWith()
  const digest = digestOf(storeChart(registry).manifest)
  const one = storeIndex(registry, [digest])
  expect(await pull(registry)).toBe('web-1.0.0.tgz')
  const two = storeIndex(registry, [one])
  expect(await pull(registry)).toBe('web-1.0.0.tgz')
  storeIndex(registry, [two])
  expect(await pull(registry)).toBe('6 OCI_INVALID: HOST/charts/web:1.0.0 nests indexes too deeply')
  storeIndex(registry, [digest, digest])
  expect(await pull(registry)).toMatch(
    /^6 OCI_INVALID: .* is an index of 2 manifests, not a chart$/,
  )
  storeIndex(registry, [])
  expect(await pull(registry)).toMatch(
    /^6 OCI_INVALID: .* is an index of 0 manifests, not a chart$/,
  )
})

test.each([
  ['layers and manifests', (m: object) => ({ ...m, manifests: [] }), '6 OCI_INVALID'],
  [
    'two charts',
    (m: { layers: object[] }) => ({ ...m, layers: [...m.layers, ...m.layers] }),
    '6 OCI_INVALID',
  ],
  ['no chart', (m: object) => ({ ...m, layers: [] }), '6 OCI_INVALID'],
  ['no layers', (m: object) => ({ ...m, layers: undefined }), '6 OCI_INVALID'],
  ['a list for layers that is none', (m: object) => ({ ...m, layers: 'x' }), '6 OCI_INVALID'],
  [
    '100,000 layers',
    (m: { layers: object[] }) => ({ ...m, layers: Array(100_000).fill(m.layers[0]) }),
    '6 OCI_INVALID',
  ],
  [
    'the configuration of an image',
    (m: { config: object }) => ({
      ...m,
      config: { ...m.config, mediaType: 'application/vnd.oci.image.config.v1+json' },
    }),
    '6 OCI_INVALID',
  ],
  ['no configuration', (m: object) => ({ ...m, config: null }), '6 OCI_INVALID'],
  ['size −1', sized(-1), '6 OCI_INVALID'],
  ['size 1 TiB', sized(1024 ** 4), '6 OCI_INVALID'],
  ['size 1 GiB', sized(1024 ** 3), '6 CHART_TOO_LARGE'],
  ['a size that is a text', sized('12'), '6 OCI_INVALID'],
  ['another size than its body', sized(12), '6 OCI_INVALID'],
  ['a digest that is a path', named('sha256:../../../etc/passwd'), '5 DIGEST_MISMATCH'],
  ['a digest in md5', named('md5:d41d8cd98f00b204e9800998ecf8427e'), '5 DIGEST_MISMATCH'],
  ['a digest in sha512', named(`sha512:${'a'.repeat(128)}`), '5 DIGEST_MISMATCH'],
  ['a digest with odd digits', named('sha256:abc'), '5 DIGEST_MISMATCH'],
  ['a layer that is not there', named(`sha256:${'a'.repeat(64)}`), '6 OCI_INVALID'],
  ['version 1 of the schema', (m: object) => ({ ...m, schemaVersion: 1 }), '6 OCI_INVALID'],
  ['a list in its place', () => [], '6 OCI_INVALID'],
])('a manifest with %s is refused', async (_, change, want) => {
  const registry = await registryWith()
  storeChart(registry, change)
  expect(await pull(registry)).toMatch(new RegExp(`^${want}: `))
})

function sized(size: unknown) {
  return (m: { layers: object[] }) => ({ ...m, layers: [{ ...m.layers[0], size }] })
}

function named(digest: string) {
  return (m: { layers: object[] }) => ({ ...m, layers: [{ ...m.layers[0], digest }] })
}

test('what is no JSON is refused', async () => {
  const registry = await registryWith(
    on('manifests', () => ({ body: '<html>Please log in</html>' })),
  )
  expect(await pull(registry)).toMatch(/^6 OCI_INVALID: /)
})

test('a chart under another version’s tag, or with another configuration, is refused', async () => {
  const registry = await registryWith()
  storeChart(registry, undefined, { tag: '2.0.0' })
  expect(await pull(registry, { tag: '2.0.0' })).toBe(
    '5 DIGEST_MISMATCH: HOST/charts/web:2.0.0 holds web 1.0.0',
  )
  expect(await pull(registry, { tag: '2.0.0' }, { allowMismatch: true })).toBe('web-1.0.0.tgz')
  storeChart(registry, undefined, { config: '{"name":"web","version":"9.9.9"}' })
  expect(await pull(registry)).toBe('5 DIGEST_MISMATCH: HOST/charts/web:1.0.0 holds web 1.0.0')
})

test('a tag that is no version leads to a chart when that is allowed', async () => {
  const registry = await registryWith()
  storeChart(registry, undefined, { tag: 'latest' })
  const tags = Buffer.from('{"name":"charts/web","tags":["latest","1.0.0"]}')
  registry.content.set('/v2/charts/web/tags/list', { body: tags })
  const env = { HOME: temporaryFolder() }
  const reference = `oci://${registry.host}/charts/web:latest`
  const flags = ['--plain-http', '-d', env.HOME]
  expect(await runCli(Pull, [reference, ...flags], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('OCI_REFERENCE_INVALID'),
  })
  const { code } = await runCli(Pull, [reference, '--allow-mismatch', ...flags], { env })
  expect({ code, files: readdirSync(env.HOME) }).toEqual({
    code: 0,
    files: expect.arrayContaining(['web-1.0.0.tgz']),
  })
})

const CREATED = new Date('2026-01-02T03:04:05Z')

async function push({ host }: FakeRegistry, options: object = {}): Promise<string> {
  const request = { archive: ARCHIVE, target: `oci://${host}/charts`, created: CREATED }
  try {
    const { digest } = await pushChart(request, { plainHttp: true, ...options })
    return digest
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    return `${error.exit} ${error.code}`
  }
}

test('what was pushed is asked for again; another manifest under the tag is an error', async () => {
  const registry = await registryWith(({ method, path }) =>
    method === 'HEAD' && path.includes('/manifests/')
      ? { headers: { 'Docker-Content-Digest': `sha256:${'1'.repeat(64)}` } }
      : undefined,
  )
  expect(await push(registry)).toBe('5 DIGEST_MISMATCH')
})

test('a registry that stored other bytes than were sent is found out', async () => {
  const registry = await registryWith(({ method, path }) =>
    method === 'PUT' && path.includes('/upload?')
      ? { status: 201, headers: { 'Docker-Content-Digest': `sha256:${'2'.repeat(64)}` } }
      : undefined,
  )
  expect(await push(registry)).toBe('5 DIGEST_MISMATCH')
})

test('an upload in pieces goes on where a broken connection left it', async () => {
  let broken = 0
  const registry = await registryWith((request) => {
    if (request.method === 'GET' && request.path.includes('/uploads/')) {
      const length =
        registry.content.get(new URL(request.path, 'http://x').pathname)?.body.length ?? 0
      return { status: 204, headers: { Range: `0-${length - 1}`, Location: request.path } }
    }
    if (request.method !== 'PATCH' || !String(request.headers['content-range']).startsWith('200-'))
      return undefined
    if (broken++ > 0) return undefined
    return { raw: (response) => response.destroy() }
  })
  expect(await push(registry, { chunkBytes: 100 })).toMatch(/^sha256:/)
  expect(registry.content.get(`/v2/charts/web/blobs/${digestOf(ARCHIVE)}`)?.body).toEqual(ARCHIVE)
  expect(broken).toBe(2)
})

test('a whole upload is tried once more after a reset, and not for ever', async () => {
  let tries = 0
  const registry = await registryWith(({ method }) => {
    if (method !== 'PUT' || tries++ >= limit) return undefined
    return { raw: (response) => response.destroy() }
  })
  let limit = 1
  expect(await push(registry)).toMatch(/^sha256:/)
  tries = 0
  limit = 100
  registry.content.clear()
  expect(await push(registry)).toBe('7 REGISTRY_FAILED')
  expect(tries).toBe(2)
})

test('bytes that are there already are not sent again', async () => {
  const registry = await registryWith()
  await push(registry)
  const before = registry.seen.filter(({ method }) => method === 'POST').length
  await push(registry)
  expect(registry.seen.filter(({ method }) => method === 'POST').length - before).toBe(0)
})

test('a registry that is busy is asked again', async () => {
  let busy = 2
  const registry = await registryWith(
    on('manifests', () =>
      busy-- > 0 ? { status: 503, headers: { 'Retry-After': '0.01' } } : undefined,
    ),
  )
  storeChart(registry)
  expect(await pull(registry)).toBe('web-1.0.0.tgz')
})

test('a body that comes a byte at a time ends with the time for it', async () => {
  const registry = await registryWith(
    on('manifests', () => ({
      raw: (response) => {
        response.writeHead(200)
        const timer = setInterval(() => response.write(' '), 5)
        response.on('close', () => clearInterval(timer))
      },
    })),
  )
  const times = { idle: 1000, total: 300 }
  expect(await pull(registry, { tag: '1.0.0' }, { times })).toMatch(
    /^7 .* it took longer than 0.3 s$/,
  )
})

test('a server that falls silent is left', async () => {
  const registry = await registryWith(
    on('manifests', () => ({ raw: (response) => void response.writeHead(200).write(' ') })),
  )
  const times = { idle: 200, total: 5000 }
  expect(await pull(registry, { tag: '1.0.0' }, { times })).toMatch(
    /^7 .* it sent nothing for 0.2 s$/,
  )
})

test('headers without an end are refused', async () => {
  const registry = await registryWith(
    on('manifests', () => ({
      raw: (response) => {
        response.socket?.end(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(11 * 1024 * 1024)}\r\n\r\n`)
      },
    })),
  )
  expect(await pull(registry)).toMatch(/^7 REGISTRY_FAILED: /)
})
