import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the server saw it. */
export interface SeenRequest {
  method: string
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** A chart repository on a loopback address: files by path, or answers that a test writes. */
export interface FakeRepository {
  /** Without a slash at the end. */
  url: string
  /** Every request so far, in order. */
  seen: SeenRequest[]
  /** What is served by path: `/index.yaml`. */
  files: Map<string, string | Uint8Array | Answer>
  /** How often a path was asked for. */
  count(path: string): number
  close(): Promise<void>
}

/** Starts a repository; `host` is 127.0.0.1, .2 or .3, which are different hosts to a client. */
export async function startRepository(host = '127.0.0.1'): Promise<FakeRepository> {
  const files: FakeRepository['files'] = new Map()
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, url, headers })
    const found = files.get(url.split('?')[0] ?? '')
    if (found === undefined) response.writeHead(404).end('not found')
    else if (typeof found === 'function') found(response, request)
    else response.end(found)
  })
  await listen(server, host)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host}:${port}`,
    seen,
    files,
    count: (path) => seen.filter(({ url }) => url.split('?')[0] === path).length,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, host, resolve)
  })
}
