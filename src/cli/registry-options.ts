import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { openCredentials, type CredentialStore } from '../registry/credentials.ts'
import type { RegistryOptions } from '../registry/oci-registry.ts'
import { hasProxy } from './has-proxy.ts'
import { homeOf } from './home-folders.ts'
import type { Io } from './io.ts'

export interface RegistryFlagValues {
  'ca-file'?: string | undefined
  'cert-file'?: string | undefined
  'key-file'?: string | undefined
  'plain-http'?: boolean | undefined
  'pass-credentials'?: boolean | undefined
  'allow-mismatch'?: boolean | undefined
  'insecure-skip-tls-verify'?: boolean | undefined
  username?: string | undefined
  password?: string | undefined
  'registry-config'?: string | undefined
}

/**
 * What the flags and the stored logins say of a registry.
 *
 * @throws PkgError FILE_UNREADABLE, USAGE
 */
export function registryOptions(
  flags: RegistryFlagValues,
  io: Io,
  signal?: AbortSignal,
): RegistryOptions {
  const { username, password } = flags
  const isGiven = username !== undefined && password !== undefined
  const login = isGiven ? { username, password } : undefined
  const stored = (host: string) => credentialStore(flags, io).find(host)
  return {
    plainHttp: flags['plain-http'],
    insecureSkipTlsVerify: flags['insecure-skip-tls-verify'],
    passCredentials: flags['pass-credentials'],
    allowMismatch: flags['allow-mismatch'],
    tls: readTls(flags),
    credentialFor: login === undefined ? stored : () => Promise.resolve(login),
    storedCredentialFor: stored,
    hasProxy: hasProxy(io.env),
    registries: new Map(),
    signal,
  }
}

/** The logins of Helm and, where it has none, of Docker. */
export function credentialStore(
  flags: Pick<RegistryFlagValues, 'registry-config'>,
  { env }: Io,
): CredentialStore {
  const home = homeOf(env)
  const helm = env['HELM_CONFIG_HOME'] ?? join(env['XDG_CONFIG_HOME'] ?? configFolder(home), 'helm')
  const own = flags['registry-config'] ?? env['HELM_REGISTRY_CONFIG']
  const docker = join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json')
  return openCredentials({
    files: [own ?? join(helm, 'registry', 'config.json'), docker],
    env,
    home,
  })
}

function configFolder(home: string): string {
  return process.platform === 'darwin'
    ? join(home, 'Library', 'Preferences')
    : join(home, '.config')
}

function readTls(flags: RegistryFlagValues): NonNullable<RegistryOptions['tls']> {
  const { 'ca-file': ca, 'cert-file': cert, 'key-file': key } = flags
  if ((cert === undefined) !== (key === undefined)) {
    throw new PkgError('USAGE', '--cert-file and --key-file belong together')
  }
  return {
    ...(ca === undefined ? {} : { ca: readPem(ca) }),
    ...(cert === undefined ? {} : { cert: readPem(cert) }),
    ...(key === undefined ? {} : { key: readPem(key) }),
  }
}

function readPem(path: string): Buffer {
  const bytes = readFileSync(path)
  if (bytes.includes('-----BEGIN ')) return bytes
  throw new PkgError('FILE_UNREADABLE', `${path} holds nothing in PEM`, {
    hint: 'Such a file has a line "-----BEGIN CERTIFICATE-----".',
  })
}
