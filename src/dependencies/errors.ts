import { PkgError } from '../base/errors.ts'
import type { Constraint } from '../base/versions.ts'
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

/** Reads the range of a dependency. @throws PkgError VERSION_NOT_FOUND with Helm's text */
export function constraintOf(name: string, range: string): Constraint {
  try {
    return readConstraint(range)
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    throw new PkgError(
      error.code,
      `dependency "${name}" has an invalid version/constraint format: ${error.message}`,
      { hint: `${error.hint ?? ''} It is its "version" in Chart.yaml.`.trim(), cause: error },
    )
  }
}

/**
 * Refuses a version that is there and is not the one that is wanted. Helm would leave such a
 * chart out without a word.
 *
 * @throws PkgError DEPENDENCY_CONFLICT
 */
export function assertFits(version: string, range: string, path: readonly string[]): void {
  const name = path.at(-1) ?? ''
  if (range === '' || fits(constraintOf(name, range), version)) return
  throw conflict(
    `dependency ${name} at version ${version} does not satisfy the constraint ${range}`,
    path,
  )
}
