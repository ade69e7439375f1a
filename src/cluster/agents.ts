import type { Agent } from 'node:http'
import type { AgentOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { requirePackage } from '../base/lazy.ts'
import type { CallCredentials, Endpoint } from './endpoint.ts'
import { openTunnel } from './tunnel.ts'

/** An idle connection is closed before the server, or what is between, does it. */
const IDLE_TIME = 30_000
const PROBE_TIME = 15_000

/**
 * Makes what keeps the connections to an API server.
 *
 * @param system certificates to trust when the endpoint names none; undefined for Node's own
 */
export function openAgent(
  endpoint: Endpoint,
  { certificate, key }: CallCredentials,
  system: () => string | undefined,
): Agent {
  const options: AgentOptions = {
    keepAlive: true,
    keepAliveMsecs: PROBE_TIME,
    maxFreeSockets: 64,
    timeout: IDLE_TIME,
  }
  const isTls = new URL(endpoint.server).protocol === 'https:'
  const tls = isTls ? tlsOptions(endpoint, { certificate, key }, system) : {}
  const agent = newAgent(isTls, { ...options, ...tls })
  const { proxy } = endpoint
  if (proxy !== undefined) tunnelThrough(agent, proxy, { isTls, tls })
  return agent
}

function newAgent(isTls: boolean, options: AgentOptions): Agent {
  if (isTls) {
    const https = requirePackage('node:https') as typeof import('node:https')
    return new https.Agent(options)
  }
  const http = requirePackage('node:http') as typeof import('node:http')
  return new http.Agent(options)
}

/** The certificates given are all that is trusted; else those of the system. */
function tlsOptions(
  { tls }: Endpoint,
  { certificate, key }: CallCredentials,
  system: () => string | undefined,
): ConnectionOptions {
  const ca = tls.isUnverified ? undefined : (tls.ca ?? system())
  return {
    rejectUnauthorized: !tls.isUnverified,
    ...(ca === undefined ? {} : { ca }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  }
}

type Place = { host: string; port: number | string }
type Done = (error: Error | null, socket?: Duplex) => void

function tunnelThrough(
  agent: Agent,
  proxy: string,
  { isTls, tls }: { isTls: boolean; tls: ConnectionOptions },
): void {
  const connect = async ({ host, port }: Place, done: Done): Promise<void> => {
    let socket: Duplex
    try {
      socket = await openTunnel({ proxy, host, port: Number(port), tls: isTls ? tls : undefined })
    } catch (error) {
      return done(error as Error)
    }
    done(null, socket)
  }
  const createConnection = (place: Place, done: Done): void => void connect(place, done)
  // Node calls it with a callback, which the types do not tell.
  Object.assign(agent, { createConnection })
}
