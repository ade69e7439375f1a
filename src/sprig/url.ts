import { fromBytes, toBytes } from '../golang/bytes.ts'
import { quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import { isIpv6 } from './ip.ts'

/** A URL in parts, decoded; `host` has the port. */
export interface Url {
  scheme: string
  opaque: string
  user: UserInfo | undefined
  host: string
  path: string
  query: string
  fragment: string
}

export interface UserInfo {
  readonly name: string
  readonly password: string | undefined
}

/**
 * Reads a URL as Go's url.Parse.
 *
 * @throws GoError `parse "…": …` with Go's reasons
 */
export function parseUrl(text: string): Url {
  const [address = '', fragment] = cut(text, '#')
  const url = withContext(address, () => parseAddress(address))
  if (fragment) url.fragment = withContext(text, () => unescape(fragment, 'fragment'))
  return url
}

/** The name of a host without port and brackets. */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(':')
  const name = colon >= 0 && isPort(host.slice(colon)) ? host.slice(0, colon) : host
  return name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name
}

/** Writes a URL as Go's URL.String does for one that was put together from parts. */
export function formatUrl(url: Url): string {
  const scheme = url.scheme === '' ? '' : `${url.scheme}:`
  const query = url.query === '' ? '' : `?${url.query}`
  const fragment = url.fragment === '' ? '' : `#${escape(url.fragment, 'fragment')}`
  return `${scheme}${url.opaque || hierarchy(url)}${query}${fragment}`
}

/** Writes name and password with all but harmless characters escaped. */
export function formatUser({ name, password }: UserInfo): string {
  const user = escape(name, 'user')
  return password === undefined ? user : `${user}:${escape(password, 'user')}`
}

function hierarchy(url: Url): string {
  const path = url.path === '*' ? '*' : escape(url.path, 'path')
  const start = authority(url)
  if (path !== '' && !path.startsWith('/') && url.host !== '') return `${start}/${path}`
  // Else a first part with a colon would read as a scheme.
  const needsDot = start === '' && url.scheme === '' && cut(path, '/')[0]?.includes(':') === true
  return `${needsDot ? './' : start}${path}`
}

function authority({ scheme, user, host, path }: Url): string {
  const isEmpty = host === '' && user === undefined
  if (isEmpty && (scheme === '' || path === '')) return ''
  return `//${user === undefined ? '' : `${formatUser(user)}@`}${escape(host, 'host')}`
}

function withContext<T>(text: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new GoError(`parse ${quote(text)}: ${error.message}`)
  }
}

function parseAddress(text: string): Url {
  if (/[\u0000-\u001f\u007f]/.test(text)) fail('net/url: invalid control character in URL')
  const empty = { opaque: '', user: undefined, host: '', path: '', query: '', fragment: '' }
  if (text === '*') return { ...empty, scheme: '', path: '*' }
  const { scheme, rest } = splitScheme(text)
  const [address = '', query = ''] = cut(rest, '?')
  const url: Url = { ...empty, scheme, query }
  if (!address.startsWith('/')) {
    if (scheme !== '') return { ...url, opaque: address }
    if (cut(address, '/')[0]?.includes(':')) {
      fail('first path segment in URL cannot contain colon')
    }
  }
  if (!address.startsWith('//') || (scheme === '' && address.startsWith('///'))) {
    return { ...url, path: unescape(address, 'path') }
  }
  const slash = address.indexOf('/', 2)
  const authority = slash < 0 ? address.slice(2) : address.slice(2, slash)
  const parts = parseAuthority(authority)
  return { ...url, ...parts, path: slash < 0 ? '' : unescape(address.slice(slash), 'path') }
}

function splitScheme(text: string): { scheme: string; rest: string } {
  if (text.startsWith(':')) fail('missing protocol scheme')
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*(?=:)/.exec(text)?.[0]
  if (scheme === undefined) return { scheme: '', rest: text }
  return { scheme: scheme.toLowerCase(), rest: text.slice(scheme.length + 1) }
}

function parseAuthority(authority: string): Pick<Url, 'user' | 'host'> {
  const at = authority.lastIndexOf('@')
  const host = parseHost(authority.slice(at + 1))
  if (at < 0) return { host, user: undefined }
  const userInfo = authority.slice(0, at)
  if (!/^[\w.:~!$&'()*+,;=%@-]*$/.test(userInfo)) fail('net/url: invalid userinfo')
  const [name = '', password] = cut(userInfo, ':')
  const decoded = unescape(name, 'user')
  return {
    host,
    user: {
      name: decoded,
      password: password === undefined ? undefined : unescape(password, 'user'),
    },
  }
}

function parseHost(host: string): string {
  const bracket = host.lastIndexOf('[')
  if (bracket > 0) fail('invalid IP-literal')
  if (bracket === 0) return parseIpLiteral(host)
  const colon = host.lastIndexOf(':')
  if (colon >= 0) assertPort(host.slice(colon))
  return unescape(host, 'host')
}

function parseIpLiteral(host: string): string {
  const close = host.lastIndexOf(']')
  if (close < 0) fail("missing ']' in host")
  const port = host.slice(close + 1)
  assertPort(port)
  const literal = host.slice(1, close)
  const zone = literal.indexOf('%25')
  const name =
    zone < 0
      ? unescape(literal, 'host')
      : unescape(literal.slice(0, zone), 'host') + unescape(literal.slice(zone), 'zone')
  if (/^[\d.]+$/.test(name)) fail('invalid IP-literal')
  if (!isIpv6(name)) fail(`invalid host: ParseAddr(${quote(name)}): unable to parse IP`)
  return `[${name}]${port}`
}

function assertPort(port: string): void {
  if (!isPort(port)) fail(`invalid port ${quote(port)} after host`)
}

function isPort(text: string): boolean {
  return text === '' || /^:\d*$/.test(text)
}

type Part = 'path' | 'user' | 'host' | 'zone' | 'fragment'

function unescape(text: string, part: Part): string {
  if (part === 'host' || part === 'zone') assertHostCharacters(text)
  const broken = /%(?![0-9a-fA-F]{2})/.exec(text)
  const checked = broken === null ? text : text.slice(0, broken.index)
  for (const [sequence] of checked.matchAll(/%[0-9a-fA-F]{2}/g)) {
    if (!mayBeEscaped(sequence, part)) fail(`invalid URL escape ${quote(sequence)}`)
  }
  if (broken !== null) {
    const sequence = toBytes(text.slice(broken.index)).subarray(0, 3)
    fail(`invalid URL escape ${quote(fromBytes(sequence))}`)
  }
  if (!text.includes('%')) return text
  return fromBytes(
    Buffer.concat(
      text
        .split(/(%[0-9a-fA-F]{2})/)
        .map((piece, at) => (at % 2 === 1 ? Buffer.from(piece.slice(1), 'hex') : toBytes(piece))),
    ),
  )
}

/** Hosts may escape what is not ASCII only; zones what a host may hold, and blanks. */
function mayBeEscaped(sequence: string, part: Part): boolean {
  if (sequence === '%25' || (part !== 'host' && part !== 'zone')) return true
  const byte = Number.parseInt(sequence.slice(1), 16)
  if (part === 'host') return byte >= 0x80
  const character = String.fromCharCode(byte)
  return character === ' ' || UNESCAPED.host.test(character)
}

function assertHostCharacters(text: string): void {
  for (const character of text.replaceAll(/%[0-9a-fA-F]{2}/g, '')) {
    if (character === '%') return
    if (character < '\u0080' && !UNESCAPED.host.test(character)) {
      fail(`invalid character ${quote(character)} in host name`)
    }
  }
}

function escape(text: string, part: 'path' | 'user' | 'host' | 'fragment'): string {
  let escaped = ''
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte)
    escaped += UNESCAPED[part].test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return escaped
}

/** The characters that each part may hold as they are. */
const UNESCAPED = {
  path: /[\w.~$&+,/:;=@-]/,
  user: /[\w.~$&+,;=-]/,
  host: /[\w.~!$&'()*+,;=:[\]<>"-]/,
  fragment: /[\w.~$&+,/:;=?@!()*-]/,
} as const

/** The text before and after the first `separator`; no second part without one. */
function cut(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

function fail(message: string): never {
  throw new GoError(message)
}
