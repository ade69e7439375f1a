import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { redactText } from '../base/redact-text.ts'
import type { HttpRequest, HttpSettings } from '../http/exchange.ts'
import {
  denied,
  openAuth,
  type Credential,
  type RegistryAuth,
  type Scope,
} from './registry-auth.ts'
import { openHttp, shownUrl, type HttpAnswer, type Send } from '../http/open-http.ts'
import { busyHint, retrying } from '../http/retrying.ts'

export interface RegistryOptions extends HttpSettings {
  /** Speaks http in the place of https. */
  plainHttp?: boolean | undefined
  /** What is known for a host, such as `ghcr.io`. */
  credentialFor?: ((host: string) => Promise<Credential | undefined>) | undefined
  /** What is stored for a host, where `credentialFor` also gives what was typed for this run. */
  storedCredentialFor?: ((host: string) => Promise<Credential | undefined>) | undefined
  /** Lets credentials go to a token server whatever its name. */
  passCredentials?: boolean | undefined
  /** Takes a chart that its tag or its configuration calls otherwise than it does itself. */
  allowMismatch?: boolean | undefined
  /** Keeps what is opened, for all that share it; they differ in their logins alone. */
  registries?: OpenedRegistries | undefined
}

/** Registries of one run by login and host, whose tokens and connections then serve again. */
export type OpenedRegistries = Map<RegistryOptions['credentialFor'], Map<string, Registry>>

export interface RegistryRequest extends Omit<HttpRequest, 'url' | 'isForeign'> {
  /** Path below the registry's root, or a URL that it named. */
  url: string | URL
  /** What the request does, for the token. */
  scope?: Scope | undefined
  /** Statuses that are an answer; others are thrown. */
  accept: readonly number[]
}

/** A registry that requests are sent to, with its logins, redirects and failures dealt with. */
export interface Registry {
  readonly host: string
  readonly origin: URL
  /** @throws PkgError REGISTRY_FAILED, REGISTRY_DENIED */
  send(request: RegistryRequest): Promise<HttpAnswer>
}

/** The same without a login that was typed for another server. */
export function withStoredLogins(options: RegistryOptions): RegistryOptions {
  const { storedCredentialFor = options.credentialFor } = options
  return { ...options, credentialFor: storedCredentialFor }
}

const REDIRECTS = 5

/** Opens the registry of a host, such as `localhost:5000`, once; nothing is sent yet. */
export function openRegistry(host: string, options: RegistryOptions = {}): Registry {
  const { registries, credentialFor } = options
  const known = registries?.get(credentialFor) ?? new Map<string, Registry>()
  const registry = known.get(host) ?? newRegistry(host, options)
  registries?.set(credentialFor, known.set(host, registry))
  return registry
}

function newRegistry(host: string, options: RegistryOptions): Registry {
  const origin = originOf(host, options.plainHttp === true)
  const send = retrying(openHttp(options), options.signal)
  const credential = () => options.credentialFor?.(host) ?? Promise.resolve(undefined)
  const auth = openAuth({ origin, send, credential, trustRealm: options.passCredentials })
  const site: Site = { origin, send, auth, credential }
  return {
    host,
    origin,
    async send(request) {
      const answer = await follow(site, request)
      if (request.accept.includes(answer.status)) return answer
      throw await failureOf(site, request, answer)
    },
  }
}

interface Site {
  origin: URL
  send: Send
  auth: RegistryAuth
  credential: () => Promise<Credential | undefined>
}

/** Docker Hub answers at another host than the one that its references name. */
function originOf(host: string, isPlain: boolean): URL {
  const name = host === 'docker.io' ? 'registry-1.docker.io' : host
  return new URL(`${isPlain ? 'http' : 'https'}://${name}`)
}

/** Sends a request and goes where it is redirected to; no proof leaves the registry's origin. */
async function follow(site: Site, request: RegistryRequest): Promise<HttpAnswer> {
  let url = new URL(request.url, site.origin)
  let isForeign = url.origin !== site.origin.origin
  assertWeb(url, site.origin)
  for (let left = REDIRECTS; left >= 0; left--) {
    const answer = await sendWithAuth(site, request, { url, isForeign })
    const location = answer.headers.get('location')
    if (!isRedirect(answer.status) || location === undefined) return answer
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined
    if (next === undefined) throw broken(url, 'it redirects to what is no URL')
    assertWeb(next, url)
    // Who has once been sent elsewhere is not trusted when sent back.
    isForeign ||= next.origin !== site.origin.origin
    url = next
  }
  throw broken(url, `more than ${REDIRECTS} redirects`)
}

async function sendWithAuth(
  { send, auth }: Site,
  { scope, method, headers, body, limit, sink }: RegistryRequest,
  { url, isForeign }: { url: URL; isForeign: boolean },
): Promise<HttpAnswer> {
  const request = { method, url, body, limit, sink, isForeign }
  if (isForeign) return send({ ...request, headers: headers ?? {} })
  const withProof = (proof: string | undefined) =>
    send({
      ...request,
      headers: { ...headers, ...(proof === undefined ? {} : { Authorization: proof }) },
    })
  const shown = auth.header(scope)
  const answer = await withProof(shown)
  if (answer.status !== 401) return answer
  const proof = await auth.answer(answer, scope, shown)
  return proof === undefined ? answer : withProof(proof)
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

function assertWeb(url: URL, from: URL): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw broken(from, `it names a "${url.protocol}" URL`)
  }
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw broken(from, 'it leads from https to http')
  }
}

async function failureOf(
  { origin, credential }: Site,
  { method, url }: RegistryRequest,
  answer: HttpAnswer,
): Promise<PkgError> {
  const { status } = answer
  const said = messageOf(answer)
  if (status === 401) return denied(origin, await credential())
  if (status === 403) {
    return new PkgError('REGISTRY_DENIED', `the registry ${origin.host} forbids it${said}`, {
      hint: `Check what the login for ${origin.host} may do, and the name of the repository.`,
    })
  }
  const shown = shownUrl(new URL(url, origin))
  return new PkgError('REGISTRY_FAILED', `${method} ${shown}: the answer was ${status}${said}`, {
    hint: busyHint(answer),
  })
}

/** The registry's own words, such as `: MANIFEST_UNKNOWN: manifest unknown`; cut when long. */
function messageOf({ body }: HttpAnswer): string {
  const document = parseJson(body)
  const errors = isJsonObject(document) ? document['errors'] : undefined
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : []
  if (!isJsonObject(first)) return ''
  const words = [first['code'], first['message']].filter((word) => typeof word === 'string')
  return words.map((word) => `: ${redactText(word.slice(0, 200))}`).join('')
}

function broken(url: URL, reason: string): PkgError {
  return new PkgError('REGISTRY_FAILED', `cannot reach ${shownUrl(url)}: ${reason}`)
}
