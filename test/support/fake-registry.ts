import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { packageChart } from '../../src/chart/package-chart.ts'
import { chartOf } from './chart-builder.ts'

/** What reached the registry, in order. */
export interface SeenRequest {
  method: string
  /** Path and query. */
  path: string
  authorization: string | undefined
  headers: IncomingMessage['headers']
  body: Buffer
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: Buffer | string
  /** Takes the answer over: for bodies that break off or never end. */
  raw?: (response: ServerResponse) => void
}

/** Answers one request; undefined goes on to what a well-behaved registry says. */
export type Rule = (request: SeenRequest) => Reply | undefined

export interface FakeRegistry {
  /** `127.0.0.1:PORT`. */
  host: string
  url: string
  seen: SeenRequest[]
  /** Everything that was stored, by path. */
  content: Map<string, { body: Buffer; type?: string | undefined }>
  close(): Promise<void>
}

/**
 * Starts a registry that misbehaves as a test says, on a real socket.
 *
 * What no rule answers is served from `content`, with true digests: blobs and manifests by
 * their paths, and what is pushed.
 */
export async function fakeRegistry(rule: Rule = () => undefined, address = '127.0.0.1') {
  const seen: SeenRequest[] = []
  const content: FakeRegistry['content'] = new Map()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const { authorization } = headers
      const one = { method, path, authorization, headers, body: Buffer.concat(chunks) }
      seen.push(one)
      send(response, rule(one) ?? honest(content, one))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as AddressInfo
  const host = `${address}:${port}`
  const registry: FakeRegistry = {
    host,
    url: `http://${host}`,
    seen,
    content,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return registry
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '', raw }: Reply) {
  if (raw !== undefined) return raw(response)
  response.writeHead(status, headers)
  response.end(body)
}

function honest(content: FakeRegistry['content'], request: SeenRequest): Reply {
  const { method, body } = request
  const url = new URL(request.path, 'http://x')
  if (method === 'POST')
    return { status: 202, headers: { Location: `${url.pathname}upload?state=1` } }
  if (method === 'PATCH') {
    const before = content.get(url.pathname)?.body ?? Buffer.alloc(0)
    const all = Buffer.concat([before, body])
    content.set(url.pathname, { body: all })
    return { status: 202, headers: { Location: request.path, Range: `0-${all.length - 1}` } }
  }
  if (method === 'PUT' && url.pathname.endsWith('/upload')) {
    const digest = url.searchParams.get('digest') ?? ''
    const all = Buffer.concat([content.get(url.pathname)?.body ?? Buffer.alloc(0), body])
    content.set(url.pathname.replace(/uploads\/upload$/, digest), { body: all })
    return { status: 201 }
  }
  if (method === 'PUT') {
    content.set(url.pathname, { body, type: request.headers['content-type'] })
    return { status: 201 }
  }
  const found = content.get(url.pathname)
  if (found === undefined) return { status: 404, body: '{"errors":[{"code":"UNKNOWN"}]}' }
  return {
    headers: {
      'Docker-Content-Digest': digestOf(found.body),
      ...(found.type ? { 'Content-Type': found.type } : {}),
    },
    body: method === 'HEAD' ? '' : found.body,
  }
}

export function digestOf(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

export interface FakeChart {
  archive: Buffer
  config: Buffer
  manifest: Buffer
  /** Path of the repository: `charts/web`. */
  repository: string
}

interface ManifestJson {
  schemaVersion: number
  config: { mediaType: string; digest: string; size: number }
  layers: { mediaType: string; digest: string; size: number }[]
  [key: string]: unknown
}

/** A chart `web` 1.0.0 as a registry holds it; `change` edits the manifest before it is stored. */
export function storeChart(
  { content }: Pick<FakeRegistry, 'content'>,
  change: (manifest: ManifestJson) => unknown = (manifest) => manifest,
  { tag = '1.0.0', config = '{"name":"web","version":"1.0.0","apiVersion":"v2"}' } = {},
): FakeChart {
  const repository = 'charts/web'
  const archive = packageChart(chartOf({ 'values.yaml': 'a: 1\n' })).bytes
  const blobs = [Buffer.from(config), archive]
  for (const bytes of blobs) {
    content.set(`/v2/${repository}/blobs/${digestOf(bytes)}`, { body: bytes })
  }
  const [configBytes = archive] = blobs
  const describe = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  })
  const whole = change({
    schemaVersion: 2,
    config: describe('application/vnd.cncf.helm.config.v1+json', configBytes),
    layers: [describe('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive)],
  })
  const manifest = Buffer.from(JSON.stringify(whole))
  const type = 'application/vnd.oci.image.manifest.v1+json'
  for (const name of [tag, digestOf(manifest)]) {
    content.set(`/v2/${repository}/manifests/${name}`, { body: manifest, type })
  }
  return { archive, config: configBytes, manifest, repository }
}
