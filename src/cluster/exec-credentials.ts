import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson, type JsonObject } from '../base/json.ts'
import { redactText } from '../base/redact-text.ts'
import type { CallCredentials, Credentials } from './endpoint.ts'
import { assertAllowed, type PluginPolicy } from './exec-policy.ts'
import { findProgram } from './find-program.ts'
import type { Section } from './kubeconfig-section.ts'
import { runProgram } from './run-program.ts'

/** What programs for credentials are run with. */
export interface ExecHost {
  env: Readonly<Record<string, string | undefined>>
  /** Whether a person sits at standard input. */
  isTerminal: boolean
  /** Read only when a program is about to be run. */
  policy: () => PluginPolicy
  /** The cluster as such a program may be told of it; read only when it asks. */
  cluster: () => JsonObject
  now: () => number
}

const API = 'client.authentication.k8s.io/'
const LIMIT = { time: 30_000, bytes: 1024 * 1024 }

/**
 * Gets credentials from a program that the kubeconfig names, and again when they have ended or
 * were refused.
 *
 * Source: Kubernetes client-go 0.35 plugin/pkg/client/auth/exec/exec.go.
 *
 * @param pair certificate and key that the user has besides
 * @throws PkgError KUBECONFIG_INVALID
 */
export function execCredentials(exec: Section, pair: CallCredentials, host: ExecHost): Credentials {
  const plugin = readPlugin(exec)
  let last: Promise<Fetched> | undefined
  const fetch = (signal: AbortSignal | undefined): Promise<Fetched> => {
    const run = fetchCredentials(plugin, host, signal)
    last = run
    // A failure is told to whoever waits for it; the next one tries again.
    run.catch(() => {
      if (last === run) last = undefined
    })
    return run
  }

  /** Fetches unless somebody else has done so since `seen`. */
  const fetchAfter = (
    seen: Promise<Fetched> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Fetched> => (last === undefined || last === seen ? fetch(signal) : last)

  return {
    async current(signal) {
      const seen = last
      const known = await seen
      const isGood = known !== undefined && (known.end === undefined || known.end > host.now())
      const { credentials } = isGood ? known : await fetchAfter(seen, signal)
      return { ...pair, ...credentials }
    },

    async renew(refused, signal) {
      const seen = last
      const known = await seen
      const isOther = known !== undefined && !isSame(known.credentials, refused)
      if (!isOther) await fetchAfter(seen, signal)
      return true
    },
  }
}

function isSame(one: CallCredentials, other: CallCredentials): boolean {
  return one.authorization === other.authorization && one.certificate === other.certificate
}

interface Plugin {
  exec: Section
  command: string
  args: string[]
  env: Record<string, string>
  apiVersion: string
  interactive: string
  hasCluster: boolean
  hint: string | undefined
}

function readPlugin(exec: Section): Plugin {
  const command = exec.text('command')
  const apiVersion = exec.text('apiVersion')
  if (command === '') exec.refuse('has an "exec" without a command')
  if (!/^client\.authentication\.k8s\.io\/(v1|v1beta1)$/.test(apiVersion)) {
    const hint = `Set it to ${API}v1, and update the program if it does not know that.`
    exec.refuse(`has an "exec" of apiVersion "${apiVersion}"`, 'apiVersion', hint)
  }
  const mode = exec.text('interactiveMode')
  const interactive = mode || (apiVersion === `${API}v1beta1` ? 'IfAvailable' : '')
  if (!['Never', 'IfAvailable', 'Always'].includes(interactive)) {
    const hint = 'Set interactiveMode to Never, IfAvailable or Always.'
    exec.refuse(`has an "exec" with the interactiveMode "${mode}"`, 'interactiveMode', hint)
  }
  return {
    exec,
    command: /[/\\]/.test(command) ? exec.beside(command) : command,
    args: exec.texts('args'),
    env: environmentOf(exec),
    apiVersion,
    interactive,
    hasCluster: exec.isSet('provideClusterInfo'),
    hint: exec.text('installHint') || undefined,
  }
}

function environmentOf(exec: Section): Record<string, string> {
  const list = exec.value('env') ?? []
  const pairs = Array.isArray(list) ? list : exec.refuse('has an "env" that is not a list', 'env')
  const env: Record<string, string> = {}
  for (const pair of pairs) {
    const { name, value } = isJsonObject(pair) ? pair : {}
    if (typeof name !== 'string' || name === '') exec.refuse('has an "env" without a name', 'env')
    else env[name] = typeof value === 'string' ? value : ''
  }
  return env
}

interface Fetched {
  credentials: CallCredentials
  /** Milliseconds since 1970; undefined when they do not end. */
  end: number | undefined
}

async function fetchCredentials(
  plugin: Plugin,
  host: ExecHost,
  signal: AbortSignal | undefined,
): Promise<Fetched> {
  const { command, args, apiVersion, hint } = plugin
  const path = findProgram(command, host.env)
  if (path === undefined) {
    throw failed(plugin, 'the program is not there', hint ?? 'Install it, or put it on the PATH.')
  }
  assertAllowed(path, host.policy(), host.env)
  const isInteractive = plugin.interactive !== 'Never' && host.isTerminal
  if (plugin.interactive === 'Always' && !isInteractive) {
    throw failed(plugin, 'it wants to ask, and standard input is not a terminal')
  }
  const spec = {
    ...(plugin.hasCluster ? { cluster: host.cluster() } : {}),
    interactive: isInteractive,
  }
  const info = { kind: 'ExecCredential', apiVersion, spec }
  const env = { ...host.env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) }
  const run = { path, args, env, isInteractive, signal, limit: LIMIT }
  const { output, problem } = await runProgram(run)
  if (problem !== undefined) throw failed(plugin, problem)
  return readOutput(plugin, output)
}

function readOutput(plugin: Plugin, output: string): Fetched {
  const value = parseJson(output)
  const isCredential = isJsonObject(value) && value['kind'] === 'ExecCredential'
  if (!isCredential) throw failed(plugin, 'what it wrote is not an ExecCredential')
  if (value['apiVersion'] !== plugin.apiVersion) {
    throw failed(
      plugin,
      `it wrote apiVersion ${JSON.stringify(value['apiVersion'])}, not "${plugin.apiVersion}"`,
    )
  }
  const status = isJsonObject(value['status']) ? value['status'] : {}
  const [token, certificate, key] = ['token', 'clientCertificateData', 'clientKeyData'].map(
    (name) => {
      const text = status[name]
      return typeof text === 'string' && text !== '' ? text : undefined
    },
  )
  if ((certificate === undefined) !== (key === undefined)) {
    throw failed(plugin, 'it wrote only one of certificate and key')
  }
  if (token === undefined && key === undefined) throw failed(plugin, 'it wrote no credentials')
  const { expirationTimestamp } = status
  const end = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN
  return {
    credentials: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { certificate, key }),
    },
    end: Number.isNaN(end) ? undefined : end,
  }
}

function failed({ command, exec }: Plugin, reason: string, hint?: string): PkgError {
  const what = `the program "${command}" gave no credentials for user "${exec.name}"`
  return new PkgError('CREDENTIALS_FAILED', `${what}: ${redactText(reason)}`, {
    hint: hint ?? 'Run the program by hand, or log in again.',
  })
}
