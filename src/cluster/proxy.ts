import { PkgError } from '../base/errors.ts'
import { redactText } from '../base/redact-text.ts'
import { requirePackage } from '../base/lazy.ts'

/**
 * The proxy on the way to a server: that of the kubeconfig, else that of HTTPS_PROXY or
 * HTTP_PROXY unless NO_PROXY names the server. This machine is always reached without one.
 *
 * Source: golang.org/x/net/http/httpproxy, as client-go uses it.
 *
 * @returns undefined for no proxy
 * @throws PkgError KUBECONFIG_INVALID
 */
export function proxyFor(
  server: string,
  own: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (own !== '') return checked(own)
  const { protocol, hostname, port } = new URL(server)
  const isTls = protocol === 'https:'
  const name = isTls ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const proxy = env[name] || env[name.toLowerCase()] || ''
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (proxy === '' || isThisMachine(host)) return undefined
  const exceptions = (env['NO_PROXY'] || env['no_proxy'] || '').split(',')
  const place = { host, port: port || (isTls ? '443' : '80') }
  if (exceptions.some((exception) => isMeant(exception.trim().toLowerCase(), place))) {
    return undefined
  }
  return checked(proxy.includes('://') ? proxy : `http://${proxy}`)
}

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks5h:'])

function checked(proxy: string): string {
  const { protocol } = URL.canParse(proxy) ? new URL(proxy) : { protocol: '' }
  if (PROTOCOLS.has(protocol)) return proxy
  throw new PkgError('KUBECONFIG_INVALID', `the proxy "${redactText(proxy)}" cannot be used`, {
    hint: 'Give it as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT.',
  })
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

interface Place {
  host: string
  port: string
}

/** Whether an entry of NO_PROXY means the place: a name, its suffix, an address, a network. */
function isMeant(entry: string, { host, port }: Place): boolean {
  if (entry === '') return false
  if (entry === '*') return true
  if (entry.includes('/')) return isInNetwork(entry, host)
  const [, name = '', wantedPort] = /^(\[.*\]|[^:]*|[0-9a-f:]+)(?::(\d+))?$/.exec(entry) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const bare = name.replace(/^\[(.*)\]$/, '$1').replace(/^\*(?=\.)/, '')
  if (bare.startsWith('.')) return host.endsWith(bare)
  return host === bare || host.endsWith(`.${bare}`)
}

function isInNetwork(network: string, host: string): boolean {
  const { BlockList, isIP } = requirePackage('node:net') as typeof import('node:net')
  const [address = '', bits = ''] = network.split('/')
  const version = isIP(host)
  if (version === 0 || isIP(address) !== version || !/^\d{1,3}$/.test(bits)) return false
  if (Number(bits) > (version === 4 ? 32 : 128)) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family)
  return list.check(host, family)
}
