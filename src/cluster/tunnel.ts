import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { requirePackage } from '../base/lazy.ts'
import { percentDecoded } from '../base/percent-decoded.ts'
import { ExchangeError } from './exchange.ts'
import { openSocks } from './socks.ts'

export interface TunnelRequest {
  /** URL of the proxy: http, https or socks5; user and password are shown to it. */
  proxy: string
  host: string
  port: number
  /** Undefined for a server without TLS. */
  tls: ConnectionOptions | undefined
}

const LIMIT = 10_000

/**
 * Opens a connection to a server through a proxy: by CONNECT of HTTP, or by SOCKS.
 *
 * @throws ExchangeError
 */
export async function openTunnel({ proxy, host, port, tls }: TunnelRequest): Promise<Duplex> {
  const socket = await connectTo(new URL(proxy), { host, port })
  if (tls === undefined) return socket
  const { connect } = requirePackage('node:tls') as typeof import('node:tls')
  const { isIP } = requirePackage('node:net') as typeof import('node:net')
  return new Promise((resolve, reject) => {
    // An address is no name to send, and TLS forbids it.
    const name = tls.servername ?? (isIP(host) === 0 ? host : '')
    const secure = connect({ ...tls, socket, host, servername: name })
    secure.once('secureConnect', () => {
      secure.off('error', reject)
      resolve(secure)
    })
    secure.once('error', reject)
  })
}

async function connectTo(
  proxy: URL,
  { host, port }: { host: string; port: number },
): Promise<Duplex> {
  if (!proxy.protocol.startsWith('socks5')) return connectByHttp(proxy, `${host}:${port}`)
  try {
    return await openSocks({ proxy, host, port, limit: LIMIT })
  } catch (error) {
    throw refused(proxy, (error as Error).message)
  }
}

function connectByHttp(proxy: URL, target: string): Promise<Duplex> {
  const { request } =
    proxy.protocol === 'https:'
      ? (requirePackage('node:https') as typeof import('node:https'))
      : (requirePackage('node:http') as typeof import('node:http'))
  return new Promise((resolve, reject) => {
    const headers = { host: target, ...authorization(proxy) }
    const options = {
      host: proxy.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers,
      agent: false,
      timeout: LIMIT,
    } as const
    const call = request(options)
    call.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket)
      else reject(refused(proxy, `it answered ${statusCode}`))
      if (statusCode !== 200) socket.destroy()
    })
    call.once('response', ({ statusCode }) => reject(refused(proxy, `it answered ${statusCode}`)))
    call.once('timeout', () => call.destroy(refused(proxy, 'it does not answer')))
    call.once('error', (error) =>
      reject(error instanceof ExchangeError ? error : refused(proxy, error.message)),
    )
    call.end()
  })
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {}
  const pair = percentDecoded(`${username}:${password}`)
  return { 'proxy-authorization': `Basic ${pair.toString('base64')}` }
}

function refused(proxy: URL, reason: string): ExchangeError {
  return new ExchangeError('PROXY', `the proxy ${proxy.host} does not connect: ${reason}`, true)
}
