import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import Tags from '../../src/commands/tags.ts'
import { startRegistry, type RealRegistry } from '../support/real-registry.ts'
import { runCli } from '../support/run-cli.ts'

let registry: RealRegistry

beforeAll(async () => {
  registry = await startRegistry({ tls: true, clients: true })
})

afterAll(() => registry.stop())

async function tags(host: string, ...flags: string[]): Promise<string> {
  const { stderr } = await runCli(Tags, [
    `oci://${host}/charts/none`,
    '--ca-file',
    registry.caFile,
    ...flags,
  ])
  return /code: (\w+)/.exec(stderr)?.[1] ?? stderr
}

test('a registry that wants a certificate of its clients gets the one that is named', async () => {
  const client = ['--cert-file', registry.certFile, '--key-file', registry.keyFile]
  expect(await tags(registry.host)).toBe('REGISTRY_FAILED')
  expect(await tags(registry.host, ...client)).toBe('CHART_NOT_FOUND')
  expect(await tags(registry.host, ...client.slice(0, 2))).toBe('USAGE')
})

test('the certificate stays at the registry when it redirects elsewhere', async () => {
  const seen: [string, boolean][] = []
  const listen = async (name: string, location?: () => string): Promise<[Server, string]> => {
    const options = {
      cert: serverFile('crt'),
      key: serverFile('key'),
      requestCert: true,
      rejectUnauthorized: false,
    }
    const server = createServer(options, ({ socket }, response) => {
      const { subject } = (socket as TLSSocket).getPeerCertificate() as { subject?: object }
      seen.push([name, subject !== undefined])
      response.writeHead(location === undefined ? 404 : 307, location && { Location: location() })
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return [server, `127.0.0.1:${(server.address() as AddressInfo).port}`]
  }
  const [other, otherHost] = await listen('other')
  const [own, ownHost] = await listen('own', () => `https://${otherHost}/v2/`)
  const client = ['--cert-file', registry.certFile, '--key-file', registry.keyFile]
  expect(await tags(ownHost, ...client)).toBe('CHART_NOT_FOUND')
  expect(seen).toEqual([
    ['own', true],
    ['other', false],
  ])
  for (const server of [own, other]) {
    server.closeAllConnections()
    server.close()
  }
})

/** The registry's own certificate and key, which are good for any port of 127.0.0.1. */
function serverFile(kind: 'crt' | 'key'): Buffer {
  return readFileSync(registry.caFile.replace('ca.crt', `server.${kind}`))
}
