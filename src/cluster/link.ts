import type { Agent, IncomingMessage } from 'node:http'
import { openAgent } from './agents.ts'
import type { CallCredentials, Endpoint } from './endpoint.ts'
import { exchange, type ExchangeTimes } from './exchange.ts'
import { readSystemCertificates } from './system-certificates.ts'
import type { ApiRequest } from './transport.ts'
import { readWarnings } from './warnings.ts'

export interface LinkOptions {
  userAgent: string
  onWarning?: ((text: string) => void) | undefined
}

/** An answer, and what was shown to the server for it. */
export interface Sent {
  message: IncomingMessage
  credentials: CallCredentials
}

/** Sends single calls to one API server, as one person. */
export interface Link {
  readonly endpoint: Endpoint
  /** @throws ExchangeError; PkgError when there are no credentials; the signal's reason */
  send(request: ApiRequest, times: ExchangeTimes, kind?: 'stream'): Promise<Sent>
  /** Whether the server has ever answered. */
  wasReached(): boolean
  /** Credentials that were sent, which nobody may see. */
  secrets(): string[]
  close(): void
}

const JSON_TYPE = 'application/json'

/** Makes connections when they are needed, and others when the certificate has changed. */
export function openLink(endpoint: Endpoint, { userAgent, onWarning }: LinkOptions): Link {
  const told = new Set<string>()
  let isReached = false
  let used: CallCredentials = {}
  let agent: Agent | undefined

  const agentFor = (credentials: CallCredentials): Agent => {
    const isSame = used.certificate === credentials.certificate && used.key === credentials.key
    if (agent === undefined || !isSame) {
      agent?.destroy()
      agent = openAgent(endpoint, credentials, readSystemCertificates)
    }
    used = credentials
    return agent
  }

  return {
    endpoint,
    wasReached: () => isReached,
    secrets: () => secretsOf(used),
    close: () => agent?.destroy(),

    async send(request, times, kind) {
      const { signal, body } = request
      const credentials = await endpoint.credentials.current(signal)
      const message = await exchange({
        url: urlOf(endpoint.server, request),
        method: request.method,
        headers: {
          'user-agent': userAgent,
          ...(kind === 'stream' || endpoint.isCompressionOff ? {} : { 'accept-encoding': 'gzip' }),
          ...headersOf(request, endpoint, credentials),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        agent: agentFor(credentials),
        signal,
        times,
        mayGo: request.guard?.isFresh,
      })
      isReached = true
      for (const text of readWarnings(message.headers['warning'])) {
        if (!told.has(text)) onWarning?.(text)
        told.add(text)
      }
      return { message, credentials }
    },
  }
}

function urlOf(server: string, { path, query = {} }: ApiRequest): URL {
  const url = new URL(server.replace(/\/+$/, '') + path)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

function headersOf(
  { body, contentType = JSON_TYPE, accept = JSON_TYPE, ifNoneMatch }: ApiRequest,
  { impersonation }: Endpoint,
  { authorization }: CallCredentials,
): Record<string, string | string[]> {
  return {
    accept,
    ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
    ...(body === undefined ? {} : { 'content-type': contentType }),
    ...(authorization === undefined ? {} : { authorization }),
    ...impersonation,
  }
}

function secretsOf({ authorization, key }: CallCredentials): string[] {
  const [, token = ''] = authorization?.split(' ') ?? []
  const password = authorization?.startsWith('Basic ') === true ? passwordOf(token) : ''
  return [token, password, key ?? ''].filter((text) => text !== '')
}

function passwordOf(pair: string): string {
  const text = Buffer.from(pair, 'base64').toString('utf8')
  return text.slice(text.indexOf(':') + 1)
}
