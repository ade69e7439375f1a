import { PkgError } from '../base/errors.ts'
import { assertGzip } from '../chart/archive.ts'
import { readArchive } from '../chart/archive-file.ts'
import type { CredentialStore, SavedAt } from '../registry/credentials.ts'
import { pushChart, type PushedChart } from '../registry/oci.ts'
import { isHost, isOci, parseOciReference } from '../registry/oci-reference.ts'
import { openRegistry, type RegistryOptions } from '../registry/oci-registry.ts'
import { listTags, versionsOfTags } from '../registry/oci-tags.ts'
import type { Credential } from '../registry/registry-auth.ts'

export interface LoginRequest {
  host: string
  credential: Credential
  registry: RegistryOptions
  store: CredentialStore
}

/**
 * Asks the registry whether it takes the login, then keeps it.
 *
 * @returns where the login is now
 * @throws PkgError USAGE for an empty password, REGISTRY_DENIED, REGISTRY_FAILED, CREDENTIALS_UNREADABLE, FILE_UNWRITABLE
 */
export async function login(request: LoginRequest): Promise<SavedAt> {
  const { host, credential, store } = request
  assertHost(host)
  if (credential.password === '') {
    const kind = credential.username === '' ? 'token' : 'password'
    throw new PkgError('USAGE', `${kind} required`, {
      hint: 'Type it, or write it to standard input and pass --password-stdin.',
    })
  }
  const credentialFor = () => Promise.resolve(credential)
  const registry = openRegistry(host, { ...request.registry, credentialFor })
  try {
    await registry.send({ method: 'GET', url: '/v2/', limit: 1024 * 1024, accept: [200] })
  } catch (error) {
    if (!(error instanceof PkgError) || error.code !== 'REGISTRY_DENIED') throw error
    throw new PkgError(error.code, error.message, { hint: 'Check the user name and the password.' })
  }
  return store.save(host, credential)
}

/**
 * Forgets the login for a registry.
 *
 * @returns whether there was one
 * @throws PkgError OCI_REFERENCE_INVALID, CREDENTIALS_UNREADABLE, FILE_UNWRITABLE
 */
export async function logout(host: string, store: CredentialStore): Promise<boolean> {
  assertHost(host)
  return store.remove(host)
}

function assertHost(host: string): void {
  if (isHost(host)) return
  const shown = host.replace(/^.*@/, '')
  throw new PkgError('OCI_REFERENCE_INVALID', `"${shown}" is no registry`, {
    hint: `Name the host alone: ${shown.replace(/^\w+:\/\//, '').split('/')[0] ?? 'ghcr.io'}.`,
  })
}

export interface PushFileRequest {
  /** Path of a .tgz; a provenance file beside it goes with it. */
  archive: string
  /** `oci://HOST/PATH`. */
  target: string
  registry: RegistryOptions
}

/**
 * Pushes an archive to a registry.
 *
 * @throws PkgError CHART_NOT_FOUND, OCI_REFERENCE_INVALID, and all that `pushChart` throws
 */
export async function push(request: PushFileRequest): Promise<PushedChart> {
  const { target, archive: path } = request
  if (!isOci(target)) {
    throw new PkgError('OCI_REFERENCE_INVALID', `"${target}" is no registry`, {
      hint: 'Write oci://HOST/PATH; the chart’s name is put behind it.',
    })
  }
  const { bytes: archive, modified: created, provenance } = readArchive(path)
  assertGzip(archive, path)
  return pushChart({ archive, provenance, target, created }, request.registry)
}

export interface TagList {
  /** `oci://HOST/REPOSITORY`. */
  repository: string
  /** Versions that tags stand for, newest first. */
  versions: string[]
  /** All tags, in the registry's order. */
  tags: string[]
}

/** The versions of a chart in a registry. @throws PkgError as `listTags` does */
export async function tags(reference: string, registry: RegistryOptions): Promise<TagList> {
  // By Docker's rule the first part is a host when it has a dot or a port, or is localhost.
  if (!isOci(reference) && !/^(?:[^/]*[.:]|localhost\/)/.test(reference)) {
    throw new PkgError('OCI_REFERENCE_INVALID', `"${reference}" is no reference to a registry`, {
      hint: `Write oci://HOST/PATH/CHART; "kubectl pkg versions ${reference}" asks a repository.`,
    })
  }
  const parsed = parseOciReference(reference)
  const all = await listTags(parsed, registry)
  return {
    repository: `oci://${parsed.registry}/${parsed.repository}`,
    versions: versionsOfTags(all),
    tags: all,
  }
}
