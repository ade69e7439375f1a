import { PkgError } from '../base/errors.ts'
import { fits, readConstraint } from '../index/resolve.ts'

/** The way to a chart through those that depend on it: `web → db → common`. */
export function pathText(path: readonly string[]): string {
  return path.join(' → ')
}

/** A tree of charts that cannot be put together. */
export function conflict(why: string, path: readonly string[]): PkgError {
  return new PkgError('DEPENDENCY_CONFLICT', `${pathText(path)}: ${why}`, {
    hint: 'Change the version or the repository in the Chart.yaml that declares it.',
  })
}

/**
 * Refuses a version that is there and is not the one that is wanted. Helm would leave such a
 * chart out without a word.
 *
 * @throws PkgError DEPENDENCY_CONFLICT
 */
export function assertFits(version: string, range: string, path: readonly string[]): void {
  if (range === '' || fits(readConstraint(range), version)) return
  const name = path.at(-1) ?? ''
  throw conflict(
    `dependency ${name} at version ${version} does not satisfy the constraint ${range}`,
    path,
  )
}
