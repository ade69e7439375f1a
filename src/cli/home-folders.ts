import { join } from 'node:path'
import { requirePackage } from '../base/lazy.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where this program keeps what belongs to a person: configuration, caches and data. */
export interface Folders {
  config: string
  cache: string
  data: string
}

/** The person's folders: KUBECTL_PKG_*_HOME, else as the XDG Base Directory specification says. */
export function foldersOf(env: Environment): Folders {
  const home = homedir(env)
  const folder = (kind: string, xdg: string | undefined, fallback: string) =>
    env[`KUBECTL_PKG_${kind}_HOME`] || join(xdg || join(home, fallback), 'kubectl-pkg')
  return {
    config: folder('CONFIG', env['XDG_CONFIG_HOME'], '.config'),
    cache: folder('CACHE', env['XDG_CACHE_HOME'], '.cache'),
    data: folder('DATA', env['XDG_DATA_HOME'], join('.local', 'share')),
  }
}

/** All of them, as charts and manifests may lie around them. */
export function ownFolders(env: Environment): string[] {
  const { config, cache, data } = foldersOf(env)
  return [config, cache, data]
}

/** The person's home. */
export function homeOf(env: Environment): string {
  return env['HOME'] ?? homedir(env)
}

/** What node:os says; most runs need not load it, as off Windows it looks at HOME first. */
function homedir(env: Environment): string {
  const home = process.platform === 'win32' ? undefined : env['HOME']
  return home || (requirePackage('node:os') as typeof import('node:os')).homedir()
}

/** Where Helm keeps its repositories.yaml. Source: Helm 4.1.4 pkg/helmpath. */
export function helmRepositoriesFile(env: Environment): string {
  const home = homedir(env)
  const config = env['XDG_CONFIG_HOME'] || join(home, ...HELM_CONFIG)
  return (
    env['HELM_REPOSITORY_CONFIG'] ??
    join(env['HELM_CONFIG_HOME'] || join(config, 'helm'), 'repositories.yaml')
  )
}

const HELM_CONFIG = process.platform === 'darwin' ? ['Library', 'Preferences'] : ['.config']
