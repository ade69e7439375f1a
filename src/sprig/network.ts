import { requirePackage } from '../base/lazy.ts'
import { fn, type GoFunction } from '../golang/function.ts'
import { GoError, kindOf, type Value } from '../golang/value.ts'
import { mapOf, NIL_DEREFERENCE } from './cast.ts'
import { formatUrl, formatUser, hostName, parseUrl } from './url.ts'

/**
 * Gives the functions over URLs, and `getHostByName`, which asks no DNS unless allowed to.
 *
 * Source: Masterminds/sprig v3.3.0 url.go, network.go; Helm 4.1.4 engine.go.
 */
export function networkFunctions(enableDns: boolean): Record<string, GoFunction> {
  return {
    urlParse: fn(['string'], urlParse),
    urlJoin: fn(['map'], urlJoin),
    getHostByName: fn(['string'], (name: string) => (enableDns ? addressOf(name) : '')),
  }
}

function urlParse(text: string): Value {
  const url = inContext('unable to parse url', () => parseUrl(text))
  return new Map<string, Value>([
    ['scheme', url.scheme],
    ['host', url.host],
    ['hostname', hostName(url.host)],
    ['path', url.path],
    ['query', url.query],
    ['opaque', url.opaque],
    ['fragment', url.fragment],
    ['userinfo', url.user === undefined ? '' : formatUser(url.user)],
  ])
}

function urlJoin(parts: Value): string {
  const part = (key: string): string => partOf(parts, key)
  const url = {
    scheme: part('scheme'),
    host: part('host'),
    path: part('path'),
    query: part('query'),
    opaque: part('opaque'),
    fragment: part('fragment'),
  }
  const userInfo = part('userinfo')
  if (userInfo === '') return formatUrl({ ...url, user: undefined })
  const { user } = inContext('unable to parse userinfo in dict', () =>
    parseUrl(`proto://${userInfo}@host`),
  )
  return formatUrl({ ...url, user })
}

function partOf(parts: Value, key: string): string {
  const value = mapOf(parts)?.get(key)
  if (value === undefined || typeof value === 'string') return value ?? ''
  if (value === null) throw new GoError(NIL_DEREFERENCE)
  throw new GoError(
    `unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`,
  )
}

function inContext<T>(context: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new GoError(`${context}: ${error.message}`)
  }
}

/** Templates run synchronously and Node looks names up asynchronously: a child process waits. */
function addressOf(name: string): string {
  const { spawnSync } = requirePackage('node:child_process') as typeof import('node:child_process')
  const script = `require('node:dns').lookup(${JSON.stringify(name)}, (error, address) => {
    if (!error) console.log(address)
  })`
  const { stdout } = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    timeout: 10_000,
  })
  if (stdout === '') throw new GoError('invalid argument to Intn')
  return stdout.trimEnd()
}
