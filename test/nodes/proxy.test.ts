import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBuilt } from '../support/built-cli.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { ensureNodes } from './releases.mjs'

/*
 * A server that has an address and no name, behind a proxy: TLS has no way to be told an address,
 * and Node refuses it since 26, while earlier ones warned of it on standard error.
 */

const nodes = Object.entries(ensureNodes()).filter(([release]) => !release.startsWith('18.'))
const folder = temporaryFolder()
const file = (name: string) => join(folder, name)
const tunnels: string[] = []
let server: Server
let proxy: Server

beforeAll(async () => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const out = ['-keyout', file('key.pem'), '-out', file('cert.pem'), '-subj', '/CN=server']
  const name = ['-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', '-days', '30', ...key, ...out, ...name], {
    stdio: 'pipe',
  })
  const [cert, secret] = ['cert.pem', 'key.pem'].map((each) => readFileSync(file(each)))
  server = createHttps({ cert, key: secret }, (_, response) => {
    response.writeHead(404).end()
  })
  proxy = createServer().on('connect', ({ url = '' }, socket) => {
    tunnels.push(url)
    const [host, port] = url.split(':')
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
  })
  for (const each of [server, proxy]) {
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))
  }
})

afterAll(() => {
  server.close()
  proxy.close()
})

test.each(nodes)('Node %s', async (_, node) => {
  tunnels.length = 0
  const place = `127.0.0.1:${portOf(server)}`
  const args = ['pull', `https://${place}/web-1.0.0.tgz`, '--ca-file', file('cert.pem')]
  const env = { HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` }
  const { stderr } = await startBuilt(args, { cwd: folder, env, node }).end
  expect({ stderr, tunnels }).toEqual({
    stderr: `Error: cannot fetch https://${place}/web-1.0.0.tgz: the server answered 404
  hint: Check the address and that this machine can reach it.
  code: REPOSITORY_UNREACHABLE
`,
    tunnels: [place],
  })
})

function portOf(each: Server): number {
  return (each.address() as AddressInfo).port
}
