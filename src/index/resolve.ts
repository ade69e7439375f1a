import { PkgError } from '../base/errors.ts'
import { shownAddress, WANTS_URL } from '../base/shown-address.ts'
import {
  parseConstraint,
  parseVersion,
  satisfies,
  VersionError,
  type Constraint,
} from '../base/versions.ts'

/** The range that takes pre-releases too. */
const DEVEL = '>0.0.0-0'

/** The range a person asks for: as given, else with `--devel` any, else any stable one. */
export function wantedRange({
  version = '',
  devel = false,
}: {
  version?: string | undefined
  devel?: boolean | undefined
}): string {
  const trimmed = version.trim()
  return trimmed === '' && devel ? DEVEL : trimmed
}

/**
 * Chooses a version: the one that is written as asked, else the first that fits the range.
 *
 * Source: Helm 4.1.4 pkg/repo/v1/index.go `Get`.
 *
 * @param versions newest first
 * @param range empty for the newest stable one
 * @throws PkgError VERSION_NOT_FOUND when the range cannot be read
 */
export function pickVersion<T extends { version: string }>(
  versions: readonly T[],
  range: string,
): T | undefined {
  const constraint = readConstraint(range === '' ? '*' : range)
  const exact = range === '' ? undefined : versions.find(({ version }) => version === range)
  return exact ?? versions.find(({ version }) => fits(constraint, version))
}

/**
 * Reads a range.
 *
 * @throws PkgError VERSION_NOT_FOUND with Helm's text
 */
export function readConstraint(range: string): Constraint {
  try {
    return parseConstraint(range)
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    throw new PkgError('VERSION_NOT_FOUND', error.message, {
      hint: 'Write a version such as 1.2.3, or a range such as ^1.2 or ">=1.2 <2".',
    })
  }
}

/** Whether a version fits; one that cannot be read never does. */
export function fits(constraint: Constraint, version: string): boolean {
  try {
    return satisfies(constraint, parseVersion(version))
  } catch (error) {
    if (error instanceof VersionError) return false
    throw error
  }
}

/**
 * The address of something in a repository. One that is relative starts in the repository's
 * folder and keeps the query of the repository's address, in which some have their token.
 *
 * Source: Helm 4.1.4 pkg/repo/v1/chartrepo.go `ResolveReferenceURL`.
 *
 * @throws PkgError URL_REFUSED
 */
export function resolveUrl(repository: string, reference: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(reference)) return reference
  if (!URL.canParse(repository)) {
    throw new PkgError('URL_REFUSED', `"${shownAddress(repository)}" is no URL`, {
      hint: WANTS_URL,
    })
  }
  const base = new URL(repository)
  base.pathname = `${base.pathname.replace(/\/$/, '')}/`
  const { search } = base
  base.search = ''
  if (!URL.canParse(reference, base.href)) {
    throw new PkgError('URL_REFUSED', `"${shownAddress(reference)}" is no URL`)
  }
  const resolved = new URL(reference, base)
  resolved.search = search
  return resolved.href
}

const ALGORITHM = 'sha256:'

/**
 * The hexadecimal digits of a digest, with or without `sha256:` before them.
 *
 * @returns empty when there is none
 * @throws PkgError DIGEST_MISMATCH for another kind of digest
 */
export function sha256Of(digest: string, what: string): string {
  const trimmed = digest.trim().toLowerCase()
  const hex = trimmed.startsWith(ALGORITHM) ? trimmed.slice(ALGORITHM.length) : trimmed
  if (hex === '' || /^[0-9a-f]{64}$/.test(hex)) return hex
  throw new PkgError('DIGEST_MISMATCH', `unsupported digest "${digest}" of ${what}`, {
    hint: 'Only sha256 digests are checked; ask whoever keeps the repository for one.',
  })
}

/** Whether two repository addresses are one: case of the host, and slashes at the end, aside. */
export function isSameUrl(left: string, right: string): boolean {
  return left === right || normalized(left) === normalized(right)
}

function normalized(text: string): string {
  const trimmed = text.replace(/\/+$/, '')
  return URL.canParse(trimmed) ? new URL(trimmed).href.replace(/\/$/, '') : trimmed
}
