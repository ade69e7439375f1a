import type { Release } from './release.ts'

/** What is known of a stored release before its record is decoded. */
export type KnownFields = Pick<Release, 'name' | 'namespace' | 'revision' | 'status' | 'labels'>

const DECODED = [
  'firstDeployed',
  'lastDeployed',
  'deleted',
  'description',
  'notes',
  'chart',
  'config',
  'manifest',
  'hooks',
  'applyMethod',
  'run',
  'cancelled',
  'extra',
  'leftOut',
] as const satisfies readonly Exclude<keyof Release, keyof KnownFields>[]

/**
 * A release whose record is decoded when a field is first read that is not known without it.
 *
 * Verbs look at the numbers and statuses of all revisions and at the content of one or two.
 *
 * @param decode may throw PkgError RELEASE_UNREADABLE; then reading a field does
 */
export function lazyRelease(known: KnownFields, decode: () => Partial<Release>): Release {
  let decoded: Partial<Release> | undefined
  const release = { ...known }
  for (const field of DECODED) {
    Object.defineProperty(release, field, {
      enumerable: true,
      get: () => (decoded ??= decode())[field],
    })
  }
  return release as Release
}
