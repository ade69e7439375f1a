/** What Traefik does with an annotation, or with a path, that was written for ingress-nginx. */
export type NginxOutcome = 'supported' | 'limited' | 'ignored' | 'refused'

/** What Traefik does with one setting, and what differs. */
export interface NginxVerdict {
  outcome: NginxOutcome
  /** What differs, or what is lost; empty when nothing is. */
  note: string
}

/** What stands beside an annotation that its meaning depends on. */
export interface NginxContext {
  namespace: string
  /** Without their prefix. */
  annotations: ReadonlyMap<string, string>
  /** Whether Traefik is told to read annotations with snippets. */
  allowSnippets: boolean
}

type Rule = NginxVerdict | ((value: string, context: NginxContext) => NginxVerdict)

/**
 * Tells what the provider kubernetesIngressNGINX of Traefik 3.7 does with an annotation of
 * ingress-nginx.
 *
 * Source: Traefik 3.7.9, docs/content/reference/routing-configuration/kubernetes/ingress-nginx.md,
 * which lists 86 annotations that are supported and 45 that are not, and what
 * pkg/provider/kubernetes/ingress-nginx/build.go skips.
 *
 * @param name without its prefix
 */
export function judgeNginxAnnotation(
  name: string,
  value: string,
  context: NginxContext,
): NginxVerdict {
  const rule = SUPPORTED.get(name) ?? UNSUPPORTED.get(name)
  if (rule === undefined) return ignored('neither ingress-nginx nor Traefik is known to have it')
  return typeof rule === 'function' ? rule(value, context) : rule
}

/**
 * Tells what the same provider does with a path: one with characters of regular expressions has
 * to be of type ImplementationSpecific, or the whole Ingress is left out.
 */
export function judgeNginxPath(path: string, pathType: string): NginxVerdict {
  if (path === '' || pathType === 'ImplementationSpecific' || /^\/[a-z0-9._\-/]*$/i.test(path))
    return supported
  return refused(`the Ingress is left out: such a path must be of type ImplementationSpecific`)
}

/** Names of the annotations that the provider documents, without their prefix. */
export function nginxAnnotationNames(): { supported: string[]; unsupported: string[] } {
  return { supported: [...SUPPORTED.keys()], unsupported: [...UNSUPPORTED.keys()] }
}

const supported: NginxVerdict = { outcome: 'supported', note: '' }

function limited(note: string): NginxVerdict {
  return { outcome: 'limited', note }
}

function ignored(note: string): NginxVerdict {
  return { outcome: 'ignored', note }
}

function refused(note: string): NginxVerdict {
  return { outcome: 'refused', note }
}

/** Takes some values as they are; tells of others what becomes of them. */
function values(taken: readonly string[], note: string): Rule {
  return (value) => (taken.includes(value) ? supported : ignored(note))
}

function snippet(_: string, { allowSnippets }: NginxContext): NginxVerdict {
  return allowSnippets
    ? limited('add_header, proxy_set_header, more_set_headers, set, if and return alone are read')
    : refused('the Ingress is left out: set providers.nginxCompat.allowSnippets')
}

/** A Secret of another namespace is no one's to use. */
function ownSecret(what: string, needsNamespace: boolean): Rule {
  return (value, { namespace }) => {
    const [first = '', second, ...more] = value.split('/')
    if (more.length > 0 || value === '' || (needsNamespace && second === undefined))
      return refused(`${what}: it is no name of a Secret as NAMESPACE/NAME`)
    return second === undefined || first === namespace
      ? supported
      : refused(`${what}: the Secret is in another namespace`)
  }
}

function authType(value: string, { annotations }: NginxContext): NginxVerdict {
  if (value !== 'basic' && value !== 'digest')
    return refused('its paths are left out: basic and digest are known')
  return annotations.get('auth-secret')
    ? supported
    : refused('its paths are left out: there is no auth-secret')
}

function authSecretType(value: string): NginxVerdict {
  return value === 'auth-file' || value === 'auth-map'
    ? supported
    : refused('its paths are left out: auth-file and auth-map are known')
}

function customHeaders(value: string, { namespace }: NginxContext): NginxVerdict {
  const [first = '', second, ...more] = value.split('/')
  return second === undefined || more.length > 0 || first !== namespace
    ? refused('its paths answer with an error: name a ConfigMap of this namespace, NAMESPACE/NAME')
    : limited('paths answer with an error unless globalAllowedResponseHeaders names each header')
}

function proxySecret(value: string, context: NginxContext): NginxVerdict {
  const protocol = context.annotations.get('backend-protocol')?.toUpperCase() ?? 'HTTP'
  if (protocol !== 'HTTPS' && protocol !== 'GRPCS')
    return ignored('the backend is not spoken to by TLS')
  const rule = ownSecret('the Ingress is left out', true)
  return typeof rule === 'function' ? rule(value, context) : rule
}

function backendProtocol(value: string): NginxVerdict {
  return ['HTTP', 'HTTPS', 'GRPC', 'GRPCS'].includes(value.toUpperCase())
    ? supported
    : ignored('backends are spoken to by HTTP')
}

const REDIRECT = limited('a redirect of all of HTTP, as redirectToHttps, cannot be undone for one')
const TLS_ERROR = limited('who has no right certificate fails in the handshake, without status 400')
const LIMIT = limited('what is over the limit gets status 429, not 503; bursts pass more smoothly')
const VARIABLES = limited('some variables of nginx are known, those of its own inside are not')

const SUPPORTED: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['affinity', supported],
  ['affinity-canary-behavior', values(['sticky'], 'the behaviour is "sticky"')],
  ['affinity-mode', values(['persistent'], 'the mode is "persistent"')],
  ['allowlist-source-range', supported],
  ['app-root', supported],
  ['auth-method', supported],
  ['auth-realm', supported],
  ['auth-response-headers', supported],
  ['auth-secret', ownSecret('its paths are left out', false)],
  ['auth-secret-type', authSecretType],
  ['auth-signin', VARIABLES],
  ['auth-snippet', snippet],
  ['auth-tls-pass-certificate-to-upstream', supported],
  ['auth-tls-secret', ownSecret('the Ingress is left out', true)],
  ['auth-tls-verify-client', TLS_ERROR],
  ['auth-tls-verify-depth', limited('chains of any length are taken')],
  ['auth-type', authType],
  ['auth-url', limited('the request itself is forwarded, not a part of it, and nothing is cached')],
  ['backend-protocol', backendProtocol],
  ['canary', supported],
  ['canary-by-cookie', supported],
  ['canary-by-header', supported],
  ['canary-by-header-pattern', supported],
  ['canary-by-header-value', supported],
  ['canary-weight', supported],
  ['canary-weight-total', supported],
  ['client-body-buffer-size', supported],
  ['configuration-snippet', snippet],
  ['cors-allow-credentials', supported],
  ['cors-allow-headers', supported],
  ['cors-allow-methods', supported],
  ['cors-allow-origin', supported],
  ['cors-expose-headers', supported],
  ['cors-max-age', supported],
  ['custom-headers', customHeaders],
  ['custom-http-errors', supported],
  ['default-backend', supported],
  ['enable-access-log', limited('only where log.access is on')],
  ['enable-cors', limited('answers before and to a request differ in their headers')],
  ['enable-global-auth', supported],
  ['force-ssl-redirect', REDIRECT],
  ['from-to-www-redirect', limited('not for hosts with a wildcard')],
  ['limit-burst-multiplier', LIMIT],
  ['limit-connections', LIMIT],
  ['limit-rpm', LIMIT],
  ['limit-rps', LIMIT],
  ['load-balance', ignored('pods take turns')],
  ['permanent-redirect', supported],
  ['permanent-redirect-code', supported],
  ['proxy-body-size', supported],
  ['proxy-buffer-size', supported],
  ['proxy-buffering', supported],
  ['proxy-buffers-number', limited('it makes the one buffer larger')],
  ['proxy-connect-timeout', supported],
  ['proxy-http-version', values(['1.1'], 'the version is as Traefik and the backend agree')],
  ['proxy-max-temp-file-size', supported],
  ['proxy-next-upstream', limited('the next try may go to the same pod')],
  ['proxy-next-upstream-timeout', supported],
  ['proxy-next-upstream-tries', limited('0 means as many tries as there are pods')],
  ['proxy-read-timeout', supported],
  ['proxy-request-buffering', supported],
  ['proxy-send-timeout', supported],
  ['proxy-ssl-name', supported],
  ['proxy-ssl-secret', proxySecret],
  ['proxy-ssl-server-name', supported],
  ['proxy-ssl-verify', supported],
  ['rewrite-target', supported],
  ['server-alias', limited('not where another Ingress has the host')],
  ['server-snippet', snippet],
  ['service-upstream', supported],
  ['session-cookie-domain', supported],
  ['session-cookie-expires', supported],
  ['session-cookie-max-age', supported],
  ['session-cookie-name', supported],
  ['session-cookie-path', supported],
  ['session-cookie-samesite', supported],
  ['session-cookie-secure', supported],
  ['ssl-passthrough', limited('default backends and hosts of TLS are found in other ways')],
  ['ssl-redirect', REDIRECT],
  ['temporal-redirect', supported],
  ['temporal-redirect-code', supported],
  ['upstream-hash-by', VARIABLES],
  ['upstream-vhost', VARIABLES],
  ['use-regex', supported],
  ['whitelist-source-range', supported],
  ['x-forwarded-prefix', supported],
])

const OPENED = ignored('whom it kept out gets in')
const UNLIMITED = ignored('there is no such limit')
const UNTRACED = ignored('tracing is set up for all of Traefik')
const UNMIRRORED = ignored('nothing is mirrored')
const UNCHANGED = ignored('what the backend answers stays as it is')
const UNCACHED = ignored('each request is asked about anew')
const CIPHERS = ignored('ciphers and versions of TLS are set for all of Traefik')

const UNSUPPORTED: ReadonlyMap<string, NginxVerdict> = new Map([
  ['auth-cache-duration', UNCACHED],
  ['auth-cache-key', UNCACHED],
  ['auth-keepalive', ignored('connections are kept as Traefik does')],
  ['auth-keepalive-requests', ignored('connections are kept as Traefik does')],
  ['auth-keepalive-share-vars', ignored('connections are kept as Traefik does')],
  ['auth-keepalive-timeout', ignored('connections are kept as Traefik does')],
  ['auth-proxy-set-headers', ignored('these headers are not sent')],
  ['auth-tls-error-page', ignored('the handshake fails without a page')],
  ['auth-tls-match-cn', OPENED],
  ['connection-proxy-header', ignored('the header is as Traefik sets it')],
  ['denylist-source-range', OPENED],
  ['disable-proxy-intercept-errors', ignored('custom-http-errors holds for it')],
  ['enable-modsecurity', ignored('no request is inspected')],
  ['enable-opentelemetry', UNTRACED],
  ['enable-opentracing', UNTRACED],
  ['enable-owasp-core-rules', ignored('no request is inspected')],
  ['enable-rewrite-log', ignored('rewrites are not logged')],
  ['global-rate-limit', UNLIMITED],
  ['global-rate-limit-ignored-cidrs', UNLIMITED],
  ['global-rate-limit-key', UNLIMITED],
  ['global-rate-limit-window', UNLIMITED],
  ['limit-rate', UNLIMITED],
  ['limit-rate-after', UNLIMITED],
  ['limit-whitelist', ignored('limits hold for these addresses too')],
  ['mirror-host', UNMIRRORED],
  ['mirror-request-body', UNMIRRORED],
  ['mirror-target', UNMIRRORED],
  ['modsecurity-snippet', ignored('no request is inspected')],
  ['modsecurity-transaction-id', ignored('no request is inspected')],
  ['opentelemetry-trust-incoming-span', UNTRACED],
  ['opentracing-trust-incoming-span', UNTRACED],
  ['preserve-trailing-slash', ignored('it is preserved without being told')],
  ['proxy-cookie-domain', UNCHANGED],
  ['proxy-cookie-path', UNCHANGED],
  ['proxy-redirect-from', UNCHANGED],
  ['proxy-redirect-to', UNCHANGED],
  ['proxy-ssl-ciphers', CIPHERS],
  ['proxy-ssl-protocols', CIPHERS],
  ['proxy-ssl-verify-depth', ignored('chains of any length are taken')],
  ['satisfy', ignored('all checks have to pass')],
  ['session-cookie-change-on-failure', ignored('the cookie stays')],
  ['session-cookie-conditional-samesite-none', ignored('SameSite is the same for all browsers')],
  ['ssl-ciphers', CIPHERS],
  ['ssl-prefer-server-ciphers', CIPHERS],
  ['stream-snippet', ignored('there is no stream section')],
])
