import { basename } from 'node:path'
import { sha256 } from '../base/digest.ts'
import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import { shownAddress } from '../base/shown-address.ts'
import type { Access, ChartSite } from './chart-site.ts'
import { type Finding } from './find-chart.ts'
import { isOwn, parseUrl, type Origin } from '../http/downloader.ts'
import type { IndexEntry } from '../index/entry.ts'
import {
  formatOciReference,
  parseOciReference,
  type OciReference,
} from '../registry/oci-reference.ts'
import { withStoredLogins } from '../registry/oci-registry.ts'
import { pullChart, type PulledChart } from '../registry/oci.ts'
import { namedTag, resolveTag } from '../registry/oci-tags.ts'
import { loadRepositories } from './repositories.ts'
import { resolveUrl, sha256Of, wantedRange } from '../index/resolve.ts'

/** Which version of a chart is wanted, and how its server is asked. */
export interface ChartQuery {
  /** A version or a range; empty for the newest stable one. */
  version?: string | undefined
  /** Takes pre-releases too when no version is given. */
  devel?: boolean | undefined
  access?: Access | undefined
  /** Fetches the provenance file too; it must be there only when it `must`. */
  provenance?: 'may' | 'must' | undefined
  /** Told of what was fetched before anything in it is read; refuses it by throwing. */
  verify?: ((fetched: FetchedArchive) => Promise<void>) | undefined
}

/** A chart as its publisher packed it. */
export interface FetchedArchive {
  archive: Buffer
  /** `NAME-VERSION.tgz`. */
  fileName: string
  /** sha256 of the archive, in hexadecimal digits. */
  digest: string
  /** Where it came from, as it may be shown. */
  from: string
  /** The provenance file, when it was asked for and is there. */
  provenance: Buffer | undefined
  /** Of a registry: repository and tag, and the digest of the manifest. */
  manifest?: { reference: string; digest: string } | undefined
}

/**
 * Fetches what an index names; its digest is checked.
 *
 * @throws PkgError REPOSITORY_UNREACHABLE, DIGEST_MISMATCH, OFFLINE, INDEX_INVALID
 */
export async function fetchEntry(
  entry: IndexEntry,
  origin: Origin,
  { query, site }: Finding,
): Promise<FetchedArchive> {
  const what = `chart "${entry.name}" ${entry.version}`
  const [reference = ''] = entry.urls
  if (reference === '') {
    throw new PkgError('INDEX_INVALID', `${what} has no downloadable URLs`, {
      hint: 'Ask whoever keeps the repository to make its index.yaml anew.',
    })
  }
  const expected = sha256Of(entry.digest, what)
  if (reference.startsWith('oci://')) {
    return fetchListed(reference, { version: entry.version, expected, origin }, { query, site })
  }
  const url = resolveUrl(origin.url, reference)
  const fileName = listedFileName(url, what)
  if (expected === '') noteMissingDigest(what, site)
  return fetchAt(url, { origin, expected, fileName }, { query, site })
}

/** Pulls what an index lists in a registry; the digest may be the archive's or the manifest's. */
async function fetchListed(
  text: string,
  { version, expected, origin }: { version: string; expected: string; origin: Origin },
  { query, site }: Finding,
): Promise<FetchedArchive> {
  const { registry: host, tag, digest } = parseOciReference(text)
  // The index may name any registry; what was typed is for the server of the index.
  const isOwn = host === new URL(origin.url).host
  const registry =
    isOwn || origin.passCredentials === true ? site.registry : withStoredLogins(site.registry)
  const wanted = tag === undefined && digest === undefined ? version : ''
  const pulled = await fetchFromRegistry(
    text,
    { ...query, version: wanted, devel: false },
    { ...site, registry },
  )
  if (pulled.manifest?.digest !== `sha256:${expected}`) {
    assertDigest(expected, pulled.digest, pulled.from)
  }
  return pulled
}

/** What is wrong with an address of an index is nothing that a person has typed. */
function listedFileName(url: string, what: string): string {
  try {
    return fileNameOf(url)
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    throw new PkgError(error.code, `${what} cannot be fetched: ${error.message}`, {
      hint: 'Ask whoever keeps the repository to correct its index.yaml.',
      cause: error,
    })
  }
}

/**
 * Fetches an archive by its address. The logins of a configured repository at the same place
 * are used for it.
 *
 * @throws PkgError REPOSITORY_UNREACHABLE, URL_REFUSED, OFFLINE
 */
export async function fetchFromUrl(
  url: string,
  query: ChartQuery,
  site: ChartSite,
): Promise<FetchedArchive> {
  const repositories = await loadRepositories(site.repositoriesFile)
  const owner = repositories.find(
    (repository) =>
      URL.canParse(url) &&
      isOwn(repository, new URL(url)) &&
      url.startsWith(repository.url.replace(/\/+$/, '')),
  )
  const origin = { ...owner, ...query.access, url }
  return fetchAt(url, { origin, expected: '', fileName: fileNameOf(url) }, { query, site })
}

/**
 * Pulls a chart out of a registry.
 *
 * @throws PkgError as `resolveTag` and `pullChart`
 */
export async function fetchFromRegistry(
  text: string,
  query: ChartQuery,
  site: ChartSite,
): Promise<FetchedArchive> {
  if (site.isOffline) return fetchSeen(text, query, site)
  const reference = await resolveTag(parseOciReference(text), wantedRange(query), site.registry)
  const pulled = await pullChart(reference, site.registry)
  const from = `oci://${formatOciReference(pulled.reference)}`
  if (pulled.provenance === undefined) {
    if (query.provenance === 'must') throw noProvenance(text)
    if (query.provenance === 'may') {
      site.onNotice(
        `WARNING: Verification not found for ${from}: it was pushed without a signature`,
      )
    }
  }
  await site.policy?.assertTrusted({ ...pulled, from }, site.registry)
  const digest = await site.blobs.write(pulled.archive)
  await noteReference(pulled, digest, site)
  return {
    archive: pulled.archive,
    fileName: pulled.fileName,
    digest,
    from,
    provenance: query.provenance === undefined ? undefined : pulled.provenance,
    manifest: {
      reference: formatOciReference({ ...pulled.reference, digest: undefined }),
      digest: pulled.manifest.digest,
    },
  }
}

/** Keeps what tag and digest stand for, so that they can be had without a network. */
async function noteReference(
  { reference, manifest, fileName }: PulledChart,
  archive: string,
  { references, registry }: ChartSite,
): Promise<void> {
  const seen = {
    manifest: manifest.digest,
    archive,
    fileName,
    allowMismatch: registry.allowMismatch === true,
    seen: new Date().toISOString(),
  }
  const { tag } = reference
  await references.write(formatOciReference({ ...reference, tag: undefined }), seen)
  if (tag === undefined) return
  await references.write(formatOciReference({ ...reference, digest: undefined }), seen)
}

/** What a reference stood for when it was fetched last; a digest stands for the same for ever. */
async function fetchSeen(
  text: string,
  query: ChartQuery,
  site: ChartSite,
): Promise<FetchedArchive> {
  const asked = parseOciReference(text)
  const reference = namedTag(asked, wantedRange(query), site.registry)
  if (reference === undefined) throw tagsUnknown(asked)
  const name = `oci://${formatOciReference(reference)}`
  const { digest } = reference
  const key = { ...reference, ...(digest !== undefined && { tag: undefined }) }
  const seen = await site.references.read(formatOciReference(key))
  const isFit = site.registry.allowMismatch === true || seen?.allowMismatch === false
  const archive = seen && isFit ? await site.blobs.read(seen.archive) : undefined
  if (seen === undefined || archive === undefined) throw offline(name)
  if (site.policy?.needsProof(name) === true) throw unproven(name)
  if (query.provenance === 'must') throw noProvenance(name, offline('its provenance file'))
  const from = `oci://${formatOciReference({ ...reference, digest: seen.manifest })}`
  if (digest === undefined) {
    site.onNotice(`notice: ${from} is what the tag stood for on ${seen.seen.slice(0, 10)}`)
  }
  return {
    archive,
    fileName: seen.fileName,
    digest: seen.archive,
    from,
    provenance: undefined,
    manifest: {
      reference: formatOciReference({ ...reference, digest: undefined }),
      digest: seen.manifest,
    },
  }
}

function tagsUnknown(reference: OciReference): PkgError {
  const name = `oci://${formatOciReference({ ...reference, tag: undefined })}`
  return new PkgError('OFFLINE', `the tags of ${name} are not in the cache`, {
    hint: 'Name a whole version that was fetched before; the newest, or one of a range, only the registry knows.',
  })
}

function unproven(name: string): PkgError {
  return new PkgError('OFFLINE', `the signature of ${name} is not in the cache`, {
    hint: 'Your signing policy wants it: run the command without --offline.',
  })
}

interface Expectation {
  origin: Origin
  /** Hexadecimal digits; empty when nothing is known. */
  expected: string
  fileName: string
}

async function fetchAt(
  url: string,
  { origin, expected, fileName }: Expectation,
  { query, site }: Finding,
): Promise<FetchedArchive> {
  const from = shownAddress(url)
  const cached = expected === '' ? undefined : await site.blobs.read(expected)
  const archive = cached ?? (await download(url, origin, site))
  const digest = cached === undefined ? sha256(archive) : expected
  assertDigest(expected, digest, from)
  const provenance = await fetchProvenance(url, origin, {
    query: withPolicy(query, from, site),
    site,
  })
  const fetched = { archive, fileName, digest, from, provenance }
  await site.policy?.assertTrusted(fetched, site.registry)
  if (cached === undefined) await site.blobs.write(archive, digest)
  return fetched
}

/** A policy may need the provenance file of what nobody asked it for. */
function withPolicy(query: ChartQuery, from: string, { policy }: ChartSite): ChartQuery {
  return policy?.needsProvenance(from) === true ? { ...query, provenance: 'must' } : query
}

async function download(url: string, origin: Origin, site: ChartSite): Promise<Buffer> {
  if (site.isOffline) throw offline(shownAddress(url))
  const { body } = await site.downloader.get(url, {
    origin,
    bytes: LIMITS.archiveBytes,
    isGzipFile: true,
    headers: { Accept: 'application/gzip,application/octet-stream' },
  })
  return body
}

/** @throws PkgError DIGEST_MISMATCH */
export function assertDigest(expected: string, got: string, from: string): void {
  if (expected === '' || expected === got) return
  throw new PkgError(
    'DIGEST_MISMATCH',
    `expected sha256:${expected}, got sha256:${got} from ${from}`,
    {
      hint: 'The archive is damaged, or it was replaced after it was published. Do not use it before you know.',
    },
  )
}

function noteMissingDigest(what: string, site: ChartSite): void {
  if (site.requiresDigest) {
    throw new PkgError('DIGEST_MISMATCH', `the repository gives no digest for ${what}`, {
      hint: 'Leave --require-digest out to trust what the server sends.',
    })
  }
  site.onNotice(`notice: the repository gives no digest for ${what}; its bytes were not checked`)
}

/** The last part of an address, when it can be the name of a file. @throws PkgError URL_REFUSED */
function fileNameOf(url: string): string {
  const { pathname } = parseUrl(url)
  const name = basename(decoded(pathname))
  if (name !== '' && name !== '.' && name !== '..' && !/[\\\u0000-\u001f\u007f]/.test(name)) {
    return name
  }
  throw new PkgError('URL_REFUSED', `the address ${shownAddress(url)} names no file`, {
    hint: 'Name the archive of a chart; for a chart of a repository pass --repo.',
  })
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    if (error instanceof URIError) return path
    throw error
  }
}

async function fetchProvenance(
  url: string,
  origin: Origin,
  { query, site }: Finding,
): Promise<Buffer | undefined> {
  if (query.provenance === undefined) return undefined
  const address = new URL(url)
  address.pathname += '.prov'
  try {
    if (site.isOffline) throw offline(shownAddress(address.href))
    const { body } = await site.downloader.get(address.href, { origin, bytes: PROVENANCE_BYTES })
    return body
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    if (query.provenance === 'must') throw noProvenance(shownAddress(address.href), error)
    site.onNotice(`WARNING: Verification not found for ${shownAddress(url)}: ${error.message}`)
    return undefined
  }
}

const PROVENANCE_BYTES = 4 * 1024 * 1024

function noProvenance(what: string, cause?: PkgError): PkgError {
  return new PkgError('PROVENANCE_FAILED', `failed to fetch provenance "${what}"`, {
    hint: 'The chart was published without a signature, which --verify or your signing policy wants.',
    cause,
  })
}

/** What is refused because nothing may be fetched. */
export function offline(what: string): PkgError {
  return new PkgError('OFFLINE', `${what} is not in the cache`, {
    hint: 'Run the command without --offline once, while there is a network.',
  })
}
