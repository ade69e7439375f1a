import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer as createHttps, type Server as HttpsServer } from 'node:https'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDownloader, type Origin } from '../../src/http/downloader.ts'
import { failureOf } from '../support/chart-site.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const folder = temporaryFolder()
const file = (name: string) => join(folder, name)

/** Makes a key and a certificate, signed by the authority when there is one. */
function certify(name: string, more: readonly string[]): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)]
  const args = ['req', '-x509', '-days', '30', ...key, ...out, '-subj', `/CN=${name}`, ...more]
  execFileSync('openssl', args, { stdio: 'pipe' })
}

let server: HttpsServer
let origin: string
/** Names in the certificates that clients showed. */
let shown: (string | undefined)[] = []

beforeAll(async () => {
  const authority = ['-CA', file('ca.crt'), '-CAkey', file('ca.key')]
  certify('ca', [])
  certify('other', [])
  certify('server', [...authority, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'])
  certify('client', authority)
  const [ca, cert, key] = ['ca.crt', 'server.crt', 'server.key'].map((name) =>
    readFileSync(file(name)),
  )
  server = createHttps(
    { ca, cert, key, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      shown.push(subject === undefined ? undefined : String(subject.CN))
      response.end('body')
    },
  )
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  shown = []
})

function get(hasProxy: boolean, more: Partial<Origin> = {}, from = origin): Promise<string> {
  const downloader = openDownloader({ hasProxy, readFile: (path) => readFileSync(path) })
  return downloader
    .get(`${from}/x`, { origin: { url: from, ...more } })
    .then(({ body }) => body.toString())
}

/** Requests go over Node's own client, or over axios where there may be a proxy. */
const WAYS = [
  { way: 'directly', hasProxy: false },
  { way: 'by axios', hasProxy: true },
]

describe.each(WAYS)('$way', ({ hasProxy }) => {
  test('a server of an authority that nobody knows is refused', async () => {
    expect(await failureOf(get(hasProxy))).toMatch(
      /^REPOSITORY_UNREACHABLE cannot fetch .*certificate/,
    )
  })

  test('the hint knows whether an authority was named', async () => {
    await expect(get(hasProxy)).rejects.toMatchObject({
      hint: 'Name its authority with --ca-file.',
    })
    await expect(get(hasProxy, { caFile: file('other.crt') })).rejects.toMatchObject({
      hint: 'None of the authorities in --ca-file has signed its certificate.',
    })
  })

  test('an authority that is named is trusted', async () => {
    expect(await get(hasProxy, { caFile: file('ca.crt') })).toBe('body')
  })

  test('a certificate that is not to be checked is not', async () => {
    expect(await get(hasProxy, { insecureSkipTlsVerify: true })).toBe('body')
  })

  test('the client shows its certificate to its repository alone', async () => {
    const client = {
      caFile: file('ca.crt'),
      certFile: file('client.crt'),
      keyFile: file('client.key'),
    }
    await get(hasProxy, client)
    await get(hasProxy, { ...client, url: 'https://127.0.0.2' })
    expect(shown).toEqual(['client', undefined])
  })
})

test('https goes through a proxy as a tunnel, and the proxy sees no request', async () => {
  const tunnels: string[] = []
  const proxy: Server = createServer()
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '')
    const [host, port] = (request.url ?? '').split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket)
      socket.pipe(upstream)
    })
  })
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve)
  })
  process.env['https_proxy'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const named = origin.replace('127.0.0.1', 'localhost')
  try {
    expect(await get(true, { caFile: file('ca.crt') }, named)).toBe('body')
    process.env['no_proxy'] = 'localhost'
    expect(await get(true, { caFile: file('ca.crt') }, named)).toBe('body')
  } finally {
    delete process.env['https_proxy']
    delete process.env['no_proxy']
    proxy.closeAllConnections()
    proxy.close()
  }
  expect(tunnels).toEqual([named.slice('https://'.length)])
})

test('where a proxy is in use, what cannot be reached may be the proxy', async () => {
  // Nobody listens at port 1.
  process.env['https_proxy'] = 'http://127.0.0.1:1'
  try {
    await expect(get(true)).rejects.toMatchObject({
      hint: 'Check the address and the proxy that HTTPS_PROXY or HTTP_PROXY names; NO_PROXY excepts hosts.',
    })
  } finally {
    delete process.env['https_proxy']
  }
})
