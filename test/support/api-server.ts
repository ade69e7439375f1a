import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { CallCredentials, Endpoint } from '../../src/cluster/endpoint.ts'

/** One request that a server has seen. */
export interface SeenRequest {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export interface AnsweringServer {
  /** `http://127.0.0.1:40000` */
  url: string
  seen: SeenRequest[]
  close: () => Promise<void>
}

/** Answers a request; undefined to say nothing at all. */
export type Answer = (request: SeenRequest, index: number, response: ServerResponse) => void

/**
 * A server that answers as it is told, for what happens between client and server; what an
 * API server does is tested at a real one.
 */
export async function answeringServer(
  answer: Answer,
  tls?: { key: string; cert: string; ca?: string },
): Promise<AnsweringServer> {
  const seen: SeenRequest[] = []
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ''
    request.setEncoding('utf8').on('data', (part: string) => (body += part))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const entry = { method, url, headers, body }
      answer(entry, seen.push(entry) - 1, response)
    })
  }
  const server: Server =
    tls === undefined
      ? createServer(handle)
      : createTlsServer({ ...tls, requestCert: tls.ca !== undefined }, handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** An endpoint with nothing special about it. */
export function endpointAt(server: string, own: Partial<Endpoint> = {}): Endpoint {
  return {
    server,
    tls: { ca: undefined, serverName: undefined, isUnverified: false },
    proxy: undefined,
    isCompressionOff: false,
    credentials: credentialsOf({}),
    impersonation: {},
    ...own,
  }
}

/** Credentials that give one after the other each time they are renewed. */
export function credentialsOf(...all: CallCredentials[]): Endpoint['credentials'] {
  let index = 0
  return {
    current: async () => all[index] ?? {},
    renew: async () => {
      if (index + 1 >= all.length) return false
      index++
      return true
    },
  }
}

/** A Status as API servers send it. */
export function statusBody(code: number, reason: string, message: string): string {
  return JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message,
  })
}
