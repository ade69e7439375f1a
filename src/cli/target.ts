import { PkgError } from '../base/errors.ts'

/** Where releases go: a directory of manifests. */
export interface Target {
  kind: 'directory'
  path: string
}

/**
 * Reads `--target`.
 *
 * @throws PkgError TARGET_INVALID
 */
export function parseTarget(text: string): Target {
  const [, path] = /^dir:(.+)$/.exec(text) ?? []
  if (path === undefined) {
    throw new PkgError('TARGET_INVALID', `target "${text}" is not understood`, {
      hint: 'Write dir:PATH for a directory of manifests, for example --target dir:./deploy.',
    })
  }
  return { kind: 'directory', path }
}
