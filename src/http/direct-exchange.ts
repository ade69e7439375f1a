import type { Agent, IncomingMessage } from 'node:http'
import { requirePackage } from '../base/lazy.ts'
import { LIMITS } from '../base/limits.ts'
import {
  COMMON_HEADERS,
  tlsOptions,
  type Exchange,
  type HttpRequest,
  type HttpSettings,
} from './exchange.ts'

/** Opens connections of Node's own client; they are kept alive between requests. */
export function openDirectExchange(settings: HttpSettings): Exchange {
  const agents = new Map<string, Agent>()
  const agentFor = ({ url, isForeign = false }: HttpRequest): Agent => {
    const isTls = url.protocol === 'https:'
    const key = `${isTls} ${isTls && isForeign}`
    let agent = agents.get(key)
    if (agent === undefined) {
      agent = isTls ? new (https().Agent)(tlsOptions(settings, isForeign)) : keepAlive()
      agents.set(key, agent)
    }
    return agent
  }
  return async (request, onStop) => {
    const agent = agentFor(request)
    const answer = await send(request, { agent, onStop, isAgain: false })
    return { status: answer.statusCode ?? 0, headers: answer.headers, stream: answer }
  }
}

interface Way {
  agent: Agent
  onStop: (stop: () => void) => void
  isAgain: boolean
}

function send(request: HttpRequest, way: Way): Promise<IncomingMessage> {
  const { method, url, headers } = request
  const { agent, onStop, isAgain } = way
  const client = url.protocol === 'https:' ? https() : http()
  return new Promise((resolve, reject) => {
    const call = client.request(url, {
      method,
      agent,
      headers: { ...COMMON_HEADERS, ...headers },
      maxHeaderSize: LIMITS.headBytes,
    })
    call.on('response', resolve)
    call.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed the connection while nobody used it; it has not seen the request.
      const isStale = call.reusedSocket && error.code === 'ECONNRESET' && !isAgain
      if (isStale) resolve(send(request, { ...way, isAgain: true }))
      else reject(error)
    })
    onStop(() => call.destroy(new Error('aborted')))
    call.end()
  })
}

function keepAlive(): Agent {
  return new (http().Agent)({ keepAlive: true })
}

function http() {
  return requirePackage('node:http') as typeof import('node:http')
}

function https() {
  return requirePackage('node:https') as typeof import('node:https')
}
