import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { steadyNow } from '../base/steady-clock.ts'
import { shownUrl, type HttpAnswer, type Send } from '../http/open-http.ts'

/** What a registry takes as proof of who asks. */
export interface Credential {
  username: string
  password: string
  /** A token to get tokens with, in the place of name and password. */
  identityToken?: string | undefined
}

/** What is to be done: to a repository, or to the list of all. */
export type Scope = { repository: string; actions: 'pull' | 'pull,push' } | 'registry:catalog:*'

/** One way to authenticate that a `WWW-Authenticate` header offers. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  scheme: string
  parameters: ReadonlyMap<string, string>
}

export interface AuthSettings {
  /** Where the registry is; credentials go there and to its token server alone. */
  origin: URL
  send: Send
  /** What is known for the registry; asked for at most once. */
  credential: () => Promise<Credential | undefined>
  /** Lets credentials go to a token server whatever its name. */
  trustRealm?: boolean | undefined
}

export interface RegistryAuth {
  /** The header for a request, as far as the registry has asked for one. */
  header(scope: Scope | undefined): string | undefined
  /**
   * Answers a 401.
   *
   * @param shown the header that was refused
   * @returns the header to try again with; undefined when nothing is known that could help
   */
  answer(
    response: HttpAnswer,
    scope: Scope | undefined,
    shown: string | undefined,
  ): Promise<string | undefined>
}

/** A token as a header, and when it ends by the steady clock. */
interface Token {
  header: string
  until: number
}

/** Tokens of one registry, each kept for its life and fetched once for all who wait for it. */
export function openAuth(settings: AuthSettings): RegistryAuth {
  let login: string | undefined
  const tokens = new Map<string, Token>()
  const fetching = new Map<string, Promise<string>>()
  let credential: Promise<Credential | undefined> | undefined
  const header = (scope: Scope | undefined): string | undefined => {
    const token = tokens.get(keyOf(scope))
    return login ?? (token !== undefined && steadyNow() < token.until ? token.header : undefined)
  }
  const fetchHeader = async (challenge: Challenge, scope: Scope | undefined): Promise<string> => {
    const key = keyOf(scope)
    const token = await fetchToken(challenge, scope, { ...settings, known: await credential })
    tokens.set(key, token)
    return token.header
  }
  return {
    header,
    async answer(response, scope, shown) {
      // Who asked at the same time may have got it meanwhile.
      const fresh = header(scope)
      if (fresh !== undefined && fresh !== shown) return fresh
      const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '')
      credential ??= settings.credential()
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
      if (bearer !== undefined) {
        const key = keyOf(scope)
        const token = fetching.get(key) ?? fetchHeader(bearer, scope)
        fetching.set(key, token)
        return token.finally(() => fetching.delete(key))
      }
      const known = await credential
      if (known === undefined || !challenges.some(({ scheme }) => scheme === 'basic')) {
        return undefined
      }
      login = basic(known)
      return login
    },
  }
}

function keyOf(scope: Scope | undefined): string {
  return scope === undefined ? '-' : scopeText(scope)
}

function scopeText(scope: Scope): string {
  return typeof scope === 'string' ? scope : `repository:${scope.repository}:${scope.actions}`
}

function basic({ username, password }: Credential): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Tokens of JWT are a few kB. */
const TOKEN_BYTES = 1024 * 1024

async function fetchToken(
  { parameters }: Challenge,
  scope: Scope | undefined,
  settings: AuthSettings & { known: Credential | undefined },
): Promise<Token> {
  const { origin, send, known, trustRealm } = settings
  const realm = readRealm(parameters.get('realm'), origin)
  const isOwn = realm.origin === origin.origin
  if (known !== undefined && !isOwn && trustRealm !== true && !isSibling(realm, origin)) {
    throw new PkgError(
      'REGISTRY_DENIED',
      `the registry ${origin.host} asks for credentials to be sent to another host, ${realm.host}`,
      { hint: 'Add --pass-credentials when that host is to get them.' },
    )
  }
  const query = new URLSearchParams()
  const service = parameters.get('service')
  if (service !== undefined) query.set('service', service)
  if (scope !== undefined) query.set('scope', scopeText(scope))
  const answer = await send({ ...tokenRequest(realm, query, known), isForeign: !isOwn })
  if (answer.status === 401 || answer.status === 403) throw denied(origin, known)
  const token = answer.status === 200 ? tokenOf(answer.body) : undefined
  if (token !== undefined) return token
  throw new PkgError(
    'REGISTRY_FAILED',
    `${shownUrl(realm)} gave no token: it answered ${answer.status}`,
  )
}

function tokenRequest(realm: URL, query: URLSearchParams, known: Credential | undefined) {
  const url = new URL(realm)
  if (known?.identityToken !== undefined) {
    query.set('grant_type', 'refresh_token')
    query.set('client_id', 'kubectl-pkg')
    query.set('refresh_token', known.identityToken)
    return {
      method: 'POST' as const,
      url,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(query.toString()),
      limit: TOKEN_BYTES,
    }
  }
  for (const [name, value] of query) url.searchParams.append(name, value)
  const headers: Record<string, string> = known === undefined ? {} : { Authorization: basic(known) }
  return { method: 'GET' as const, url, headers, limit: TOKEN_BYTES }
}

/** Milliseconds before its end that a token is not used any more. */
const MARGIN = 5000

function tokenOf(body: Buffer): Token | undefined {
  const document = parseJson(body)
  if (!isJsonObject(document)) return undefined
  const token = document['token'] ?? document['access_token']
  // A line break in a header would start another one.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return undefined
  const { expires_in: life } = document
  // A token that does not say so is used until it is refused.
  const until = typeof life === 'number' ? steadyNow() + life * 1000 - MARGIN : Infinity
  return { header: `Bearer ${token}`, until }
}

/** The error for credentials that do not suffice. */
export function denied(origin: URL, known: Credential | undefined): PkgError {
  const message =
    known === undefined
      ? `the registry ${origin.host} wants a login`
      : `the registry ${origin.host} refuses the login`
  return new PkgError('REGISTRY_DENIED', message, {
    hint: `Run "kubectl pkg registry login ${origin.host}".`,
  })
}

/**
 * Where tokens come from.
 *
 * A registry that is not trusted must not make this machine ask addresses of its own network,
 * nor send what it knows in the clear.
 */
function readRealm(text: string | undefined, origin: URL): URL {
  if (text === undefined || !URL.canParse(text)) {
    throw new PkgError('REGISTRY_FAILED', `the registry ${origin.host} names no token server`)
  }
  const realm = new URL(text)
  realm.username = ''
  realm.password = ''
  const isSecure = realm.protocol === 'https:' || realm.protocol === origin.protocol
  const isElsewhere = realm.hostname !== origin.hostname
  if (!/^https?:$/.test(realm.protocol) || !isSecure || (isAddress(realm) && isElsewhere)) {
    throw new PkgError(
      'REGISTRY_DENIED',
      `the registry ${origin.host} names a token server that is not to be trusted: ${shownUrl(realm)}`,
      { hint: 'Ask who runs the registry: tokens come by https from a host that has a name.' },
    )
  }
  return realm
}

/** Whether the token server belongs to the registry: the same host, or https in its domain. */
function isSibling(realm: URL, origin: URL): boolean {
  if (realm.hostname === origin.hostname) return true
  if (realm.protocol !== 'https:' || isAddress(origin)) return false
  const domain = domainOf(origin.hostname)
  return realm.hostname === domain || realm.hostname.endsWith(`.${domain}`)
}

/** Whether the host is a number; URLs write all forms of IPv4 addresses with three dots. */
function isAddress({ hostname }: URL): boolean {
  return /^(\d+(\.\d+){3}|\[.*\])$/.test(hostname)
}

/**
 * The domain a registry's host lies in: `docker.io` for `registry-1.docker.io`.
 *
 * Names such as `co.uk` belong to nobody: with a short second label three are needed.
 */
function domainOf(hostname: string): string {
  const labels = hostname.split('.')
  const [second = '', top = ''] = labels.slice(-2)
  const least = top.length === 2 && second.length <= 3 ? 3 : 2
  return labels.length <= least ? hostname : labels.slice(1).join('.')
}

/** Reads a `WWW-Authenticate` header; what is not well-formed ends the list. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = []
  const scanner = /\s*,?\s*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y
  let parameters = new Map<string, string>()
  for (;;) {
    const [match, name = '', quoted, plain] = scanner.exec(header.slice(0, 8192)) ?? []
    if (match === undefined) return challenges
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain
    if (value !== undefined) {
      if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value)
      continue
    }
    parameters = new Map()
    challenges.push({ scheme: name.toLowerCase(), parameters })
  }
}
