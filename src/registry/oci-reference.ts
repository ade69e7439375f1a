import { sha256 } from '../base/digest.ts'
import { PkgError } from '../base/errors.ts'

/** A place in a registry; at least one of tag and digest is there once a version is chosen. */
export interface OciReference {
  /** Host and port as typed: `localhost:5000`, `ghcr.io`. */
  registry: string
  /** Path without the host: `charts/web`. */
  repository: string
  tag?: string | undefined
  /** `sha256:` and 64 lower-case hexadecimal digits. */
  digest?: string | undefined
}

const SCHEME = 'oci://'
const REPOSITORY =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** Whether a person means a registry. */
export function isOci(reference: string): boolean {
  return reference.startsWith(SCHEME)
}

/**
 * Reads `oci://HOST[:PORT]/PATH[:TAG][@DIGEST]`; the scheme may be missing.
 *
 * A version's `+` becomes `_`, which is how Helm writes it in tags.
 *
 * Source: helm.sh/helm/v4 pkg/registry/reference.go and oras-go v2 registry/reference.go.
 *
 * @throws PkgError OCI_REFERENCE_INVALID
 */
export function parseOciReference(text: string): OciReference {
  const bare = text.startsWith(SCHEME) ? text.slice(SCHEME.length) : text
  const at = bare.lastIndexOf('@')
  const digest = at < 0 ? undefined : bare.slice(at + 1)
  const named = at < 0 ? bare : bare.slice(0, at)
  const slash = named.indexOf('/')
  if (slash < 0) throw invalid(text, 'the repository is missing')
  const registry = named.slice(0, slash)
  const path = named.slice(slash + 1)
  const colon = path.indexOf(':')
  const repository = colon < 0 ? path : path.slice(0, colon)
  const tag = colon < 0 ? undefined : tagOfVersion(path.slice(colon + 1))

  if (!isHost(registry)) throw invalid(text, `"${registry}" is no host`)
  if (repository.length > 255 || !REPOSITORY.test(repository)) {
    throw invalid(text, `"${repository}" is no repository: use lower case, digits and . _ - /`)
  }
  if (tag !== undefined && !TAG.test(tag)) throw invalid(text, `"${tag}" is no tag`)
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw invalid(text, `"${digest}" is no digest: use sha256: and 64 hexadecimal digits`)
  }
  return { registry, repository, tag, digest }
}

/** The reference as Helm prints it, without the scheme. */
export function formatOciReference({ registry, repository, tag, digest }: OciReference): string {
  const version = tag === undefined ? '' : `:${tag}`
  return `${registry}/${repository}${version}${digest === undefined ? '' : `@${digest}`}`
}

/** Tags cannot hold `+`; Helm writes `_` for it. */
export function tagOfVersion(version: string): string {
  return version.replaceAll('+', '_')
}

/** The version that a tag stands for. */
export function versionOfTag(tag: string): string {
  return tag.replaceAll('_', '+')
}

/** The digest of bytes as registries write it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes)}`
}

/** Whether the text is a digest this program computes: sha256, in lower case. */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && DIGEST.test(text)
}

/** A host with or without a port, as a URL would have it: no user, path or query. */
export function isHost(text: string): boolean {
  if (text === '' || /[^\w.:[\]-]/.test(text)) return false
  const url = `https://${text}`
  return URL.canParse(url) && hostsOf(url).includes(text.toLowerCase())
}

/** The host as written; a URL drops port 443. */
function hostsOf(url: string): string[] {
  const { host, hostname } = new URL(url)
  return [host, `${hostname}:443`]
}

function invalid(text: string, reason: string): PkgError {
  return new PkgError('OCI_REFERENCE_INVALID', `invalid reference "${text}": ${reason}`, {
    hint: 'Write oci://HOST/PATH/CHART, with :VERSION or @sha256:DIGEST behind it.',
  })
}
