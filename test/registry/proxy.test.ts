import { createServer, request, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import Tags from '../../src/commands/tags.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli } from '../support/run-cli.ts'

let secure: RealRegistry
let plain: RealRegistry
let proxy: Server
let seen: string[] = []

/** A forward proxy: CONNECT for https, whole URLs for http. */
beforeAll(async () => {
  secure = await startRegistry({ tls: true, users: { ann: 'pw' } })
  plain = await startRegistry()
  proxy = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`)
    const { method, headers } = incoming
    incoming.pipe(
      request(incoming.url ?? '', { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      }),
    )
  })
  proxy.on('connect', ({ url = '', headers }, socket, head: Buffer) => {
    seen.push(`CONNECT ${url}${headers.authorization === undefined ? '' : ' with a login'}`)
    const [host = '', port] = url.split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
})

afterEach(() => {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']) delete process.env[name]
  seen = []
})

afterAll(async () => {
  proxy.closeAllConnections()
  proxy.close()
  await secure.stop()
  await plain.stop()
})

const proxyUrl = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`

async function tags(host: string, ...flags: string[]): Promise<string> {
  const names = Object.entries(process.env).filter(([name]) => name.endsWith('_PROXY'))
  const env = Object.fromEntries(names) as Record<string, string>
  const { stderr } = await runCli(Tags, [`oci://${host}/charts/none`, ...flags], { env })
  return /code: (\w+)/.exec(stderr)?.[1] ?? stderr
}

test('a registry is reached through HTTPS_PROXY, which sees neither login nor content', async () => {
  process.env['HTTPS_PROXY'] = proxyUrl()
  const flags = ['--ca-file', secure.caFile, '--username', 'ann', '--password', 'pw']
  const host = secure.host.replace('127.0.0.1', 'localhost')
  expect(await tags(host, ...flags)).toBe('CHART_NOT_FOUND')
  expect(seen).not.toEqual([])
  expect(new Set(seen)).toEqual(new Set([`CONNECT ${host}`]))
})

test('the certificate of the registry counts behind a proxy too', async () => {
  process.env['HTTPS_PROXY'] = proxyUrl()
  expect(await tags(secure.host, '--username', 'ann', '--password', 'pw')).toBe('REGISTRY_FAILED')
  expect(seen).not.toEqual([])
})

test('with --plain-http it is HTTP_PROXY', async () => {
  process.env['HTTP_PROXY'] = proxyUrl()
  expect(await tags(plain.host, '--plain-http')).toBe('CHART_NOT_FOUND')
  expect(seen).toEqual([`GET http://${plain.host}/v2/charts/none/tags/list?n=1000`])
})

test.each(['127.0.0.1', '127.0.0.0/8', '*'])('NO_PROXY=%s leads past it', async (value) => {
  process.env['HTTP_PROXY'] = proxyUrl()
  process.env['NO_PROXY'] = value
  expect(await tags(plain.host, '--plain-http')).toBe('CHART_NOT_FOUND')
  expect(seen).toEqual([])
})
