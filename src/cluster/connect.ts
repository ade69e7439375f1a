import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { isJsonObject, type JsonObject } from '../base/json.ts'
import { chooseCredentials } from './credentials.ts'
import type { Credentials, Endpoint, TlsSettings } from './endpoint.ts'
import { readPluginPolicy, type PluginPolicy } from './exec-policy.ts'
import { findPod, type Pod } from './in-cluster.ts'
import { impersonationOf } from './impersonation.ts'
import { choose, type Choice, type KubeFlags } from './kubeconfig-choice.ts'
import type { Section } from './kubeconfig-section.ts'
import { adviceOnModes, readKubeconfig } from './kubeconfig.ts'
import { proxyFor } from './proxy.ts'

export interface ConnectRequest {
  flags: KubeFlags
  env: Readonly<Record<string, string | undefined>>
  home: string
  /** Whether a person sits at standard input. */
  isTerminal: boolean
  /** Runs no program for credentials, whatever kuberc says. */
  isExecDenied?: boolean | undefined
  /** Nothing will be sent, so no cluster need be chosen. */
  asksNothing?: boolean | undefined
  now: () => number
  onNotice?: ((text: string) => void) | undefined
}

/** Which API server a run talks to. */
export interface Connection {
  endpoint: Endpoint
  /** Name of the context; undefined when flags or the pod say it all. */
  context: string | undefined
  /** What the context or the pod names; undefined for neither. */
  namespace: string | undefined
}

/**
 * Finds the API server as kubectl does: by flags, by the context of the kubeconfig, or, in a
 * pod without a kubeconfig, by its service account. Sends nothing and runs no program.
 *
 * @throws PkgError KUBECONFIG_INVALID, FILE_UNREADABLE
 */
export function connect(request: ConnectRequest): Connection {
  const { flags, env, home, onNotice } = request
  const config = readKubeconfig({ explicit: flags.kubeconfig, list: env['KUBECONFIG'], home })
  const choice = choose(config, flags)
  const pod = choice.cluster === undefined ? findPod(env) : undefined
  const namespace = choice.context?.text('namespace') || pod?.namespace
  const server = serverOf(choice, request, pod)
  if (onNotice !== undefined) adviceOnModes(config.files).forEach(onNotice)
  return {
    context: choice.context?.name,
    namespace: namespace || undefined,
    endpoint: {
      server,
      tls: tlsOf(choice.cluster, flags, pod),
      proxy: proxyFor(server, choice.cluster?.text('proxy-url') ?? '', env),
      isCompressionOff:
        flags.disableCompression ?? choice.cluster?.isSet('disable-compression') ?? false,
      credentials: credentialsOf(server, { choice, pod }, request),
      impersonation: impersonationOf(choice.user, flags),
    },
  }
}

/** Where kubectl looks for a server that nobody names. */
const NOBODYS = 'http://localhost:8080'

/** An address without a scheme is one of HTTP, unless there is something about TLS. */
function serverOf(
  { cluster }: Choice,
  { flags, asksNothing }: ConnectRequest,
  pod: Pod | undefined,
): string {
  const text = flags.server || (cluster?.text('server') ?? '') || (pod?.server ?? '')
  if (text === '') {
    if (cluster !== undefined) cluster.refuse('has no server')
    if (asksNothing === true) return NOBODYS
    throw new PkgError('KUBECONFIG_INVALID', 'no cluster is chosen', {
      hint: 'Choose one with "kubectl config use-context NAME" or --context, or write releases into a folder with --target dir:PATH.',
    })
  }
  const hasTls = cluster?.pem('certificate-authority') !== undefined
  const url = /^https?:\/\//i.test(text) ? text : `${hasTls ? 'https' : 'http'}://${text}`
  if (!URL.canParse(url)) throw new PkgError('KUBECONFIG_INVALID', `server "${text}" is not a URL`)
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/+$/, '')
}

function tlsOf(cluster: Section | undefined, flags: KubeFlags, pod: Pod | undefined): TlsSettings {
  const name = flags.tlsServerName || (flags.server ? '' : (cluster?.text('tls-server-name') ?? ''))
  return { ...trustOf(cluster, flags, pod), serverName: name === '' ? undefined : name }
}

/** A flag that says whom to trust sets aside all that the kubeconfig says of it. */
function trustOf(
  cluster: Section | undefined,
  { isUnverified, certificateAuthority }: KubeFlags,
  pod: Pod | undefined,
): { ca: string | undefined; isUnverified: boolean } {
  if (certificateAuthority !== undefined && isUnverified === true) {
    throw new PkgError('USAGE', 'a certificate authority is named, and nothing is to be verified', {
      hint: 'Leave one of the two flags out.',
    })
  }
  if (certificateAuthority !== undefined) {
    return { ca: readFile(certificateAuthority), isUnverified: false }
  }
  if (isUnverified === true) return { ca: undefined, isUnverified }
  const ca = cluster?.pem('certificate-authority') ?? pod?.certificateAuthority
  const skips = cluster?.isSet('insecure-skip-tls-verify') ?? false
  if (skips && ca !== undefined) {
    cluster?.refuse('has a certificate-authority, and insecure-skip-tls-verify')
  }
  return { ca, isUnverified: skips }
}

/** Nothing secret is shown to a server without TLS, as in kubectl. */
function credentialsOf(
  server: string,
  { choice, pod }: { choice: Choice; pod: Pod | undefined },
  request: ConnectRequest,
): Credentials {
  const { flags, env, isTerminal, now } = request
  if (server.startsWith('http:')) return NOBODY
  const isNobody = choice.user === undefined && flags.token === undefined
  if (pod !== undefined && isNobody) return pod.credentials
  return chooseCredentials(choice.user, flags, {
    env,
    isTerminal,
    now,
    policy: policyOf(request),
    cluster: () => clusterInfo(server, choice.cluster, tlsOf(choice.cluster, flags, pod)),
  })
}

const NOBODY: Credentials = {
  current: () => Promise.resolve({}),
  renew: () => Promise.resolve(false),
}

/** Read only when a program is about to be run. */
function policyOf({ env, home, isExecDenied }: ConnectRequest): () => PluginPolicy {
  return () => {
    if (isExecDenied === true) return { kind: 'none' }
    const { KUBERC: path = '', KUBECTL_KUBERC: feature } = env
    if (path === 'off' || feature === 'false') return { kind: 'all' }
    return readPluginPolicy(path || join(home, '.kube', 'kuberc'))
  }
}

/** The cluster as a program for credentials is told of it. */
function clusterInfo(server: string, cluster: Section | undefined, tls: TlsSettings): JsonObject {
  const extensions = cluster?.value('extensions')
  const extension = (Array.isArray(extensions) ? extensions : [])
    .filter(isJsonObject)
    .find(({ name }) => name === 'client.authentication.k8s.io/exec')
  const proxy = cluster?.text('proxy-url') ?? ''
  const { ca, serverName, isUnverified } = tls
  return {
    server,
    ...(serverName === undefined ? {} : { 'tls-server-name': serverName }),
    ...(isUnverified ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined
      ? {}
      : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(proxy === '' ? {} : { 'proxy-url': proxy }),
    config: extension?.['extension'] ?? null,
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new PkgError('FILE_UNREADABLE', `"${path}" cannot be read: ${error.code}`, {
      cause: error,
    })
  }
}
