import type { CallCredentials, Credentials } from './endpoint.ts'
import type { KubeFlags } from './kubeconfig-choice.ts'
import type { Section } from './kubeconfig-section.ts'
import { execCredentials, type ExecHost } from './exec-credentials.ts'
import { providerCredentials } from './provider-credentials.ts'
import { readFileSync, statSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'

/**
 * Picks how a user of the kubeconfig, or what flags say, is shown to the API server.
 *
 * The token of a file comes before one that stands in the kubeconfig, and either before a
 * program; a certificate is shown besides.
 *
 * Source: Kubernetes client-go 0.35 tools/clientcmd/client_config.go and validation.go.
 *
 * @throws PkgError KUBECONFIG_INVALID
 */
export function chooseCredentials(
  user: Section | undefined,
  flags: KubeFlags,
  host: ExecHost,
): Credentials {
  const pair = certificateOf(user, flags)
  const authorization = loginOf(user, flags)
  const tokenFile = user?.path('tokenFile') ?? ''
  if (tokenFile !== '' && !flags.token) return tokenOfFile(tokenFile, pair)
  if (authorization !== undefined) return fixed({ ...pair, authorization })
  const exec = user?.inner('exec')
  const provider = user?.inner('auth-provider')
  if (exec !== undefined && provider !== undefined) {
    exec.refuse('has both "exec" and "auth-provider"', undefined, 'Leave one of them out.')
  }
  if (exec !== undefined) return execCredentials(exec, pair, host)
  return provider === undefined ? fixed(pair) : providerCredentials(provider)
}

/** The header of a token, or of a name and a password; undefined when there is neither. */
function loginOf(user: Section | undefined, flags: KubeFlags): string | undefined {
  const own = (key: 'token' | 'username' | 'password'): string =>
    flags[key] || (user?.text(key) ?? '')
  const [token, username, password] = [own('token'), own('username'), own('password')]
  const hasPassword = username !== '' || password !== ''
  if (token !== '' && hasPassword) {
    throw new PkgError('KUBECONFIG_INVALID', 'both a token and a password are given', {
      hint: 'Leave one of them out.',
    })
  }
  if (token !== '') return `Bearer ${token}`
  const basic = Buffer.from(`${username}:${password}`).toString('base64')
  return hasPassword ? `Basic ${basic}` : undefined
}

/** Credentials that stay as they are. */
function fixed(credentials: CallCredentials): Credentials {
  return { current: () => Promise.resolve(credentials), renew: () => Promise.resolve(false) }
}

/** A flag takes the place of the kubeconfig's file and of its data. */
function certificateOf(user: Section | undefined, flags: KubeFlags): CallCredentials {
  const { clientCertificate, clientKey } = flags
  const certificate = clientCertificate
    ? readPem(clientCertificate)
    : user?.pem('client-certificate')
  if (certificate === undefined) return {}
  const key = clientKey ? readPem(clientKey) : user?.pem('client-key')
  if (key === undefined) {
    throw new PkgError('KUBECONFIG_INVALID', 'a client certificate is given without its key', {
      hint: 'Set client-key or client-key-data of the user, or --client-key.',
    })
  }
  if (/ENCRYPTED/.test(key)) {
    throw new PkgError('KUBECONFIG_INVALID', 'the client key is encrypted', {
      hint: 'Decrypt it, for example with "openssl pkey", as kubectl needs it too.',
    })
  }
  return { certificate, key }
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new PkgError('FILE_UNREADABLE', `"${path}" cannot be read: ${error.code}`, {
      cause: error,
    })
  }
}

/** The token of a file, read again when the file changes: it is replaced before it ends. */
export function tokenOfFile(path: string, pair: CallCredentials): Credentials {
  let seen = -1
  let credentials: CallCredentials = pair
  const read = (): boolean => {
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0 }
    const isNew = mtimeMs !== seen
    if (isNew) credentials = { ...pair, authorization: `Bearer ${readPem(path).trim()}` }
    seen = mtimeMs
    return isNew
  }
  return {
    current: async () => {
      read()
      return credentials
    },
    renew: async ({ authorization }) => read() || credentials.authorization !== authorization,
  }
}
