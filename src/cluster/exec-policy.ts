import { readFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
import { isJsonObject, type Json } from '../base/json.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { findProgram } from './find-program.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Which programs may be run for credentials. */
export type PluginPolicy =
  { kind: 'all' } | { kind: 'none' } | { kind: 'some'; names: readonly string[] }

/**
 * Reads the policy of a person's kuberc; all is allowed where there is none.
 *
 * Source: Kubernetes kubectl 0.35 pkg/kuberc and client-go plugin/pkg/client/auth/exec.
 *
 * @throws PkgError KUBECONFIG_INVALID when the file is there and says nothing that makes sense,
 *   so that a slip of the pen never allows what it should forbid
 */
export function readPluginPolicy(path: string): PluginPolicy {
  const value = readKuberc(path)
  if (!isJsonObject(value)) return { kind: 'all' }
  const { credentialPluginPolicy: policy = '', credentialPluginAllowlist: list = null } = value
  if (policy === 'Allowlist') return { kind: 'some', names: namesOf(list, path) }
  if (list !== null) throw invalid(path, 'credentialPluginAllowlist is for the policy "Allowlist"')
  if (policy === 'DenyAll') return { kind: 'none' }
  if (policy === '' || policy === 'AllowAll') return { kind: 'all' }
  throw invalid(path, `credentialPluginPolicy ${JSON.stringify(policy)} is not known`)
}

/** @throws PkgError CREDENTIALS_FAILED when the policy does not allow the program */
export function assertAllowed(path: string, policy: PluginPolicy, env: Environment): void {
  if (policy.kind === 'all') return
  const isListed =
    policy.kind === 'some' && policy.names.some((name) => findProgram(name, env) === path)
  if (isListed) return
  throw new PkgError('CREDENTIALS_FAILED', `the program "${path}" may not be run for credentials`, {
    hint: 'credentialPluginPolicy of the kuberc, or --exec-plugins, decides which may.',
  })
}

function readKuberc(path: string): Json {
  try {
    return decodeYamlPlain(readFileSync(path, 'utf8'), { file: path })
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    if (isSystemError(error)) throw invalid(path, `it cannot be read: ${error.code}`)
    if (error instanceof YamlError) throw invalid(path, error.problem)
    throw error
  }
}

function namesOf(list: Json, path: string): string[] {
  const items = Array.isArray(list) ? list : []
  const names = items.map((item) => (isJsonObject(item) ? item['name'] : undefined))
  if (names.length > 0 && names.every((name) => typeof name === 'string' && name !== '')) {
    return names as string[]
  }
  throw invalid(path, 'credentialPluginAllowlist has to name at least one program')
}

function invalid(path: string, problem: string): PkgError {
  return new PkgError('KUBECONFIG_INVALID', `${path}: ${problem}`, { span: { file: path } })
}
