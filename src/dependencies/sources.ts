import { PkgError } from '../base/errors.ts'
import { openGate, type Gate } from '../base/gate.ts'
import { nearest } from '../base/nearest.ts'
import { shownAddress } from '../base/shown-address.ts'
import type { Dependency } from '../chart/metadata.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import { constraintOf, pathText } from './errors.ts'
import {
  assertDigest,
  fetchEntry,
  fetchFromRegistry,
  type ChartQuery,
  type FetchedArchive,
} from '../repo/fetch-archive.ts'
import {
  nearestChart,
  noteStandIn,
  refresh,
  versionsOfAll,
  withAccess,
} from '../repo/find-chart.ts'
import type { Origin } from '../http/downloader.ts'
import type { IndexEntry } from '../index/entry.ts'
import type { LockedDependency } from './lock-file.ts'
import { withStoredLogins } from '../registry/oci-registry.ts'
import { parseOciReference } from '../registry/oci-reference.ts'
import { namedTag, resolveTag } from '../registry/oci-tags.ts'
import { loadRepositories, type Repository } from '../repo/repositories.ts'
import { fits, isSameUrl } from '../index/resolve.ts'
import { versionOfTag } from '../registry/oci-reference.ts'

/** What a run tells a person while it fetches dependencies. */
export type DependencyNotice =
  | { kind: 'refreshed' | 'unreachable'; repository: string; reason?: string }
  | { kind: 'downloading' | 'again' | 'packed'; name: string; repository: string }

/** What dependencies are fetched through in one run. */
export interface DependencySources {
  site: ChartSite
  query: ChartQuery
  /** Goes by the indexes that were fetched earlier, as far as there are any. */
  skipRefresh: boolean
  /** Takes no version that the lock does not name. */
  isLocked: boolean
  onNotice: (notice: DependencyNotice) => void
  /** Those that are configured, read once. */
  repositories: () => Promise<readonly Repository[]>
  /** Of this run: each index and each archive is asked for once. */
  refreshes: Map<string, Promise<void>>
  archives: Map<string, Promise<FetchedArchive>>
  /** What is about to be looked up in an index, by the index's address. */
  lookUps: Map<string, LookUp>
  /** Through it archives are fetched. */
  gate: Gate
}

/** Charts that an index is about to be asked for, all at once. */
interface LookUp {
  names: Set<string>
  /** Versions by name. */
  found: ReturnType<typeof versionsOfAll>
}

/** As many as browsers fetch from one server at a time: more connections gain no time. */
const FETCHES_AT_ONCE = 6

/** Opens the sources of one run. */
export function openDependencySources(
  options: Pick<DependencySources, 'site' | 'query' | 'skipRefresh' | 'isLocked' | 'onNotice'>,
): DependencySources {
  let loaded: Promise<readonly Repository[]> | undefined
  const repositories = () => (loaded ??= loadRepositories(options.site.repositoriesFile))
  return {
    ...options,
    repositories,
    refreshes: new Map(),
    archives: new Map(),
    lookUps: new Map(),
    gate: openGate(FETCHES_AT_ONCE),
  }
}

export interface FetchedDependency extends FetchedArchive {
  version: string
  /** The address in place of an alias. */
  repository: string
}

export interface DependencyWish {
  dependency: Dependency
  lock: LockedDependency | undefined
  path: readonly string[]
}

/**
 * Fetches the archive of a dependency from a repository or a registry, each once a run.
 *
 * @throws PkgError VERSION_NOT_FOUND, REPOSITORY_UNKNOWN, REPOSITORY_UNREACHABLE,
 *   DIGEST_MISMATCH, CHART_LOCK_OUT_OF_STEP, OFFLINE
 */
export async function fetchDependency(
  wish: DependencyWish,
  all: DependencySources,
): Promise<FetchedDependency> {
  const { lock, path } = wish
  const sources = path.length > 2 ? withoutTyped(all) : all
  if (sources.isLocked && lock === undefined) {
    throw new PkgError('CHART_LOCK_OUT_OF_STEP', `the lock does not name ${pathText(path)}`, {
      hint: 'Run "kubectl pkg dependency update" and commit the lock.',
    })
  }
  // Nobody vouches for what the cache holds.
  const { verify } = sources.query
  const { policy } = sources.site
  const needsProof =
    verify !== undefined || placesOf(wish).some((place) => policy?.needsProof(place) === true)
  const found = needsProof ? undefined : await fromCache(wish, sources)
  if (found !== undefined) return found
  const fetched = wish.dependency.repository.startsWith('oci://')
    ? await fromRegistry(wish, sources)
    : await fromRepository(wish, sources)
  if (lock !== undefined) assertDigest(lock.digest, fetched.digest, fetched.from)
  await verify?.(fetched)
  return fetched
}

/** A typed login is for what the person's own chart names, not for what charts of others name. */
function withoutTyped(sources: DependencySources): DependencySources {
  const { site, query } = sources
  if (query.access?.passCredentials === true) return sources
  const access = { ...query.access, username: undefined, password: undefined }
  return {
    ...sources,
    query: { ...query, access },
    site: { ...site, registry: withStoredLogins(site.registry) },
  }
}

/** In a registry, and where most repositories have the archive. */
function placesOf({ dependency: { name, repository }, lock }: DependencyWish): string[] {
  const place = `${(lock?.repository ?? repository).replace(/\/+$/, '')}/${name}`
  const { version = '' } = lock ?? {}
  return place.startsWith('oci://') ? [place] : [place, `${place}-${version}.tgz`]
}

/** A locked archive that the cache holds needs neither index nor server, nor to be there still. */
async function fromCache(
  { dependency, lock }: DependencyWish,
  { site }: DependencySources,
): Promise<FetchedDependency | undefined> {
  if (lock === undefined || lock.digest === '') return undefined
  const archive = await site.blobs.read(lock.digest)
  if (archive === undefined) return undefined
  const { version, digest } = lock
  return {
    archive,
    digest,
    version,
    repository: lock.repository,
    fileName: `${dependency.name}-${version}.tgz`,
    from: lock.repository,
    provenance: undefined,
  }
}

async function fromRegistry(
  { dependency, lock }: DependencyWish,
  sources: DependencySources,
): Promise<FetchedDependency> {
  const { name, version = '', repository } = dependency
  const { site, query } = sources
  const bare = parseOciReference(`${repository.replace(/\/+$/, '')}/${name}`)
  const wanted = lock?.version ?? version
  const chosen = site.isOffline
    ? namedTag(bare, wanted, site.registry)
    : await resolveTag(bare, wanted, site.registry)
  if (chosen === undefined) throw notCached(name, repository)
  const tag = chosen.tag ?? ''
  const url = `${repository.replace(/\/+$/, '')}/${name}:${tag}`
  const fetched = await once(url, { name, repository }, sources, () =>
    fetchFromRegistry(url, { ...query, version: '' }, site),
  )
  return { ...fetched, repository, version: lock?.version ?? versionOfTag(tag) }
}

async function fromRepository(
  { dependency, lock, path }: DependencyWish,
  sources: DependencySources,
): Promise<FetchedDependency> {
  const { name } = dependency
  const { site, query } = sources
  const origin = await originOf(dependency, sources)
  await refreshOnce(origin, sources)
  const entry = await entryOf({ dependency, lock, path }, origin, sources)
  const key = `${origin.url} ${entry.urls[0] ?? ''} ${entry.digest}`
  const repository = urlOf(dependency, origin)
  const fetched = await once(key, { name, repository: shownAddress(repository) }, sources, () =>
    fetchEntry(entry, origin, { query, site }),
  )
  return { ...fetched, repository, version: entry.version }
}

/**
 * Helm writes the configured address for an alias, and else what Chart.yaml says. Locks are
 * committed, so what only a person's own configuration knows of a password stays out of them.
 */
function urlOf({ repository }: Dependency, { url }: Origin): string {
  return aliasOf(repository) === undefined ? repository : shownAddress(url)
}

/** The name in `@name` or `alias:name`. */
export function aliasOf(repository: string): string | undefined {
  return /^(?:@|alias:)(.*)$/.exec(repository)?.[1]
}

/**
 * The address that a dependency's repository stands for.
 *
 * @throws PkgError REPOSITORY_UNKNOWN with Helm's text
 */
export async function originOf(
  { repository }: Pick<Dependency, 'repository'>,
  { repositories, query }: Pick<DependencySources, 'repositories' | 'query'>,
): Promise<Origin> {
  return withAccess(originIn(await repositories(), repository), query.access)
}

/**
 * The same, of those that are configured or stand for themselves.
 *
 * @throws PkgError REPOSITORY_UNKNOWN with Helm's text
 */
export function originIn(configured: readonly Repository[], repository: string): Origin {
  const known = findConfigured(repository, configured)
  if (known !== undefined) return known
  if (/^https?:\/\//.test(repository) && URL.canParse(repository)) return { url: repository }
  throw new PkgError(
    'REPOSITORY_UNKNOWN',
    `no repository definition for ${shownAddress(repository)}. Please add them via 'helm repo add'`,
    { hint: definitionHint(repository, configured) },
  )
}

function definitionHint(repository: string, configured: readonly Repository[]): string {
  const alias = aliasOf(repository)
  const names = configured.map(({ name }) => name)
  const meant = alias === undefined ? undefined : nearest(alias, names)
  if (meant !== undefined) return `Did you mean "@${meant}"?`
  if (alias !== undefined) return `Run "kubectl pkg repo add ${alias} URL".`
  if (repository.includes('//')) {
    return 'The repository of a dependency is an http, https, oci or file URL, or an alias such as "@NAME".'
  }
  return `Repositories are addresses or aliases: use "https://charts.example.com/" or "@${repository}".`
}

function findConfigured(
  repository: string,
  repositories: readonly Repository[],
): Repository | undefined {
  const alias = aliasOf(repository)
  return repositories.find(({ name, url }) =>
    alias === undefined ? isSameUrl(url, repository) : name === alias,
  )
}

async function refreshOnce(origin: Origin, sources: DependencySources): Promise<void> {
  const { site, skipRefresh, refreshes, onNotice } = sources
  if (site.isOffline || skipRefresh) return
  let running = refreshes.get(origin.url)
  if (running === undefined) {
    running = refresh(origin, site).then(
      () => onNotice({ kind: 'refreshed', repository: labelOf(origin) }),
      (error: unknown) => {
        if (!(error instanceof PkgError)) throw error
        onNotice({ kind: 'unreachable', repository: labelOf(origin), reason: error.message })
        throw error
      },
    )
    refreshes.set(origin.url, running)
  }
  await running
}

function labelOf(origin: Origin): string {
  return 'name' in origin && typeof origin.name === 'string'
    ? origin.name
    : shownAddress(origin.url)
}

async function entryOf(
  { dependency, lock, path }: DependencyWish,
  origin: Origin,
  sources: DependencySources,
): Promise<IndexEntry> {
  const { name, version = '', repository } = dependency
  const versions = await lookUp(name, origin, sources)
  const wanted = `It is wanted by ${pathText(path.slice(0, -1))}`
  const again = sources.skipRefresh ? ' Leave --skip-refresh out to ask the repository anew.' : ''
  if (versions === undefined) {
    const guess = await nearestChart(origin, name, sources.site)
    const meant = guess === undefined ? '' : `Did you mean "${guess}"? `
    throw new PkgError(
      'CHART_NOT_FOUND',
      `${name} chart not found in repo ${shownAddress(repository)}`,
      { hint: `${meant}${wanted}.${again}` },
    )
  }
  const range = lock?.version ?? version
  const usable = versions.filter(({ urls }) => urls.length > 0)
  const constraint = constraintOf(name, range)
  const entry =
    usable.find((each) => each.version === range) ??
    usable.find((each) => fits(constraint, each.version))
  if (entry !== undefined) {
    noteStandIn(entry, range, sources.site)
    return entry
  }
  throw new PkgError(
    'VERSION_NOT_FOUND',
    `can't get a valid version for 1 subchart(s): "${name}" (repository "${shownAddress(repository)}", version "${range}"). Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`,
    { hint: `${wanted}${newestOf(usable)}.${again}` },
  )
}

function newestOf(versions: readonly IndexEntry[]): string {
  const newest = versions.slice(0, 3).map(({ version }) => version)
  if (newest.length === 0) return ''
  return versions.length > newest.length
    ? `; the newest are ${newest.join(', ')}`
    : `; there is ${newest.join(', ')}`
}

/** Looks up together what is asked for at the same time: an index is opened once for all of it. */
async function lookUp(
  name: string,
  origin: Origin,
  { site, lookUps }: DependencySources,
): Promise<IndexEntry[] | undefined> {
  let running = lookUps.get(origin.url)
  if (running === undefined) {
    const names = new Set<string>()
    const found = Promise.resolve().then(() => {
      lookUps.delete(origin.url)
      return versionsOfAll(names, origin, site)
    })
    running = { names, found }
    lookUps.set(origin.url, running)
  }
  running.names.add(name)
  return (await running.found).get(name)
}

function once(
  key: string,
  about: { name: string; repository: string },
  { archives, onNotice, gate }: DependencySources,
  fetch: () => Promise<FetchedArchive>,
): Promise<FetchedArchive> {
  const running = archives.get(key)
  onNotice({ kind: running === undefined ? 'downloading' : 'again', ...about })
  if (running !== undefined) return running
  const started = gate(undefined, fetch)
  archives.set(key, started)
  return started
}

function notCached(name: string, repository: string): PkgError {
  return new PkgError('OFFLINE', `${name} of ${shownAddress(repository)} is not in the cache`, {
    hint: 'Run the command without --offline once, while there is a network.',
  })
}
