import type { AxiosResponse } from 'axios'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import type { Readable } from 'node:stream'
import { requirePackage } from '../base/lazy.ts'
import { LIMITS } from '../base/limits.ts'
import { COMMON_HEADERS, tlsOptions, type Exchange, type HttpSettings } from './exchange.ts'

/** Opens connections of axios, which sends bodies and finds the proxy of an address. */
export async function openAxiosExchange(settings: HttpSettings): Promise<Exchange> {
  const { default: axios } = await import('axios')
  const agents = openAgents(settings)
  return async ({ method, url, headers, body, isForeign }, onStop) => {
    const abort = new AbortController()
    onStop(() => abort.abort())
    const {
      status,
      headers: given,
      data,
    }: AxiosResponse<Readable> = await axios.request({
      method,
      url: url.href,
      headers: { ...COMMON_HEADERS, ...headers },
      ...(body === undefined
        ? {}
        : { data: Buffer.from(body.buffer, body.byteOffset, body.length) }),
      httpsAgent: isForeign === true ? agents.foreign : agents.own,
      transport: TRANSPORT,
      responseType: 'stream',
      decompress: false,
      maxRedirects: 0,
      maxBodyLength: Infinity,
      validateStatus: () => true,
      signal: abort.signal,
    })
    return { status, headers: given, stream: data }
  }
}

/** axios has no option for how long a head may be. */
const TRANSPORT = {
  request(options: RequestOptions, onAnswer: (answer: IncomingMessage) => void): ClientRequest {
    const { request } =
      options.protocol === 'https:'
        ? (requirePackage('node:https') as typeof import('node:https'))
        : (requirePackage('node:http') as typeof import('node:http'))
    return request({ ...options, maxHeaderSize: LIMITS.headBytes }, onAnswer)
  },
}

interface Agents {
  own: import('node:https').Agent
  foreign: import('node:https').Agent
}

function openAgents(settings: HttpSettings): Agents {
  const { Agent } = requirePackage('node:https') as typeof import('node:https')
  return {
    own: new Agent(tlsOptions(settings, false)),
    foreign: new Agent(tlsOptions(settings, true)),
  }
}
