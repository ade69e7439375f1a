import { PkgError } from '../base/errors.ts'
import {
  VersionError,
  compareVersions,
  formatVersion,
  parseConstraint,
  parseVersion,
  satisfies,
  type Version,
} from '../base/versions.ts'
import {
  formatOciReference,
  tagOfVersion,
  versionOfTag,
  type OciReference,
} from './oci-reference.ts'
import { readPages } from './oci-pages.ts'
import { openRegistry, type Registry, type RegistryOptions } from './oci-registry.ts'

/** Far more than any repository has. */
const MOST_TAGS = 200_000
const PAGE = 1000

/**
 * All tags of a repository, page by page, in the registry's order.
 *
 * @param options with the registry itself where it is open, whose tokens then serve again
 *
 * @throws PkgError CHART_NOT_FOUND, OCI_INVALID, REGISTRY_FAILED, REGISTRY_DENIED
 */
export async function listTags(
  reference: Pick<OciReference, 'registry' | 'repository'>,
  options: RegistryOptions & { pageSize?: number; opened?: Registry } = {},
): Promise<string[]> {
  const { registry, repository } = reference
  const name = `oci://${registry}/${repository}`
  return readPages(options.opened ?? openRegistry(registry, options), {
    path: `/v2/${repository}/tags/list`,
    pageSize: options.pageSize ?? PAGE,
    scope: { repository, actions: 'pull' },
    field: 'tags',
    most: MOST_TAGS,
    name,
    missing: new PkgError('CHART_NOT_FOUND', `${name}: not found`, {
      hint: 'Check the name of the repository; a login may be needed to see it.',
    }),
  })
}

/** The versions that tags stand for, newest first; other tags are left out, as Helm does. */
export function versionsOfTags(tags: readonly string[]): string[] {
  const versions: Version[] = []
  for (const tag of tags) {
    const version = strictVersion(versionOfTag(tag))
    if (version !== undefined) versions.push(version)
  }
  return versions.sort((left, right) => compareVersions(right, left)).map(formatVersion)
}

/**
 * Chooses the tag for a version, a range or nothing: the newest that fits.
 *
 * Source: helm.sh/helm/v4 pkg/registry/client.go `ValidateReference`, tag.go.
 *
 * @throws PkgError CHART_NOT_FOUND, VERSION_NOT_FOUND, OCI_REFERENCE_INVALID, and all that `listTags` throws
 */
export async function resolveTag(
  reference: OciReference,
  range: string,
  options: RegistryOptions = {},
): Promise<OciReference> {
  const named = namedTag(reference, range, options)
  if (named !== undefined) return named
  const wanted = wantedOf(reference, range)
  const versions = versionsOfTags(await listTags(reference, options))
  const version = choose(versions, wanted)
  if (version === undefined) throw noVersion(reference, wanted, versions)
  return { ...reference, tag: tagOfVersion(version) }
}

/**
 * The reference for a version that needs no looking up: one that has a digest is left alone, and
 * a full version is its tag; so is any tag that may be another than the version.
 *
 * @returns undefined when the registry has to be asked for its tags
 * @throws PkgError OCI_REFERENCE_INVALID
 */
export function namedTag(
  reference: OciReference,
  range: string,
  options: Pick<RegistryOptions, 'allowMismatch'>,
): OciReference | undefined {
  const { tag } = reference
  const wanted = wantedOf(reference, range)
  if (tag !== undefined && tagOfVersion(wanted) !== tag) {
    throw new PkgError(
      'OCI_REFERENCE_INVALID',
      `chart reference and version mismatch: ${range} is not ${tag}`,
      { hint: 'Give the version once: behind the colon, or with --version.' },
    )
  }
  if (reference.digest !== undefined && wanted === '') return reference
  if (tag !== undefined && options.allowMismatch === true) return reference
  return anyVersion(wanted) && { ...reference, tag: tagOfVersion(wanted) }
}

function wantedOf({ tag }: OciReference, range: string): string {
  return range === '' && tag !== undefined ? versionOfTag(tag) : range
}

function choose(versions: readonly string[], wanted: string): string | undefined {
  if (versions.includes(wanted)) return wanted
  const constraint = readConstraint(wanted === '' ? '*' : wanted)
  return versions.find((version) => satisfies(constraint, parseVersion(version)))
}

function readConstraint(text: string) {
  try {
    return parseConstraint(text)
  } catch (error) {
    if (!(error instanceof VersionError)) throw error
    throw new PkgError('OCI_REFERENCE_INVALID', error.message, {
      hint: 'Write a version such as 1.2.3, or a range such as ^1.2.',
    })
  }
}

function noVersion(reference: OciReference, wanted: string, versions: readonly string[]): PkgError {
  const name = `oci://${formatOciReference({ ...reference, tag: undefined })}`
  if (versions.length === 0) {
    return new PkgError(
      'CHART_NOT_FOUND',
      `unable to locate any tags in provided repository: ${name}`,
    )
  }
  return new PkgError(
    'VERSION_NOT_FOUND',
    `could not locate a version matching provided version string ${wanted}`,
    { hint: `The newest is ${versions[0]}; run "kubectl pkg tags ${name}" to see all.` },
  )
}

const STRICT = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?![.\d])/

/** Three numbers, as Helm wants of tags; undefined for anything else. */
function strictVersion(text: string): Version | undefined {
  return STRICT.test(text) ? anyVersion(text) : undefined
}

function anyVersion(text: string): Version | undefined {
  try {
    return parseVersion(text)
  } catch (error) {
    if (error instanceof VersionError) return undefined
    throw error
  }
}
