import { PkgError } from '../base/errors.ts'

/** Where releases go: an API server, or a folder of manifests. */
export type Target = { kind: 'cluster' } | { kind: 'directory'; path: string }

/**
 * Reads `--target`; without it releases go to the cluster of the kubeconfig.
 *
 * @throws PkgError TARGET_INVALID
 */
export function parseTarget(text = 'cluster'): Target {
  if (text === 'cluster' || text === '') return { kind: 'cluster' }
  const [, path] = /^dir:(.+)$/.exec(text) ?? []
  if (path === undefined) {
    throw new PkgError('TARGET_INVALID', `target "${text}" is not understood`, {
      hint: 'Write dir:PATH for a folder of manifests, for example --target dir:./deploy, or cluster.',
    })
  }
  // Shells leave "~" as it is behind other text, and nobody means a folder of that name.
  if (path === '~' || path.startsWith('~/')) {
    throw new PkgError('TARGET_INVALID', `target "${text}" would be a folder named "~"`, {
      hint: `Write "dir:$HOME${path.slice(1)}", or "dir:./${path}" for that folder.`,
    })
  }
  return { kind: 'directory', path }
}
