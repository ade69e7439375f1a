import { PkgError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { shownAddress } from '../base/shown-address.ts'
import { BUILT_IN } from '../repo/builtin.ts'
import { indexName } from '../index/store.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import { refresh } from '../repo/find-chart.ts'
import {
  changeRepositories,
  loadRepositories,
  type RepositoriesFile,
  type Repository,
} from '../repo/repositories.ts'

export interface AddRequest {
  repository: Repository
  /** Replaces one of that name that is configured otherwise. */
  force: boolean
  /** Takes addresses that are known to be dead. */
  allowDeprecated: boolean
}

/**
 * Adds a repository once its index could be fetched.
 *
 * Source: Helm 4.1.4 pkg/cmd/repo_add.go.
 *
 * @returns `unchanged` when it is configured so already
 * @throws PkgError USAGE, REPOSITORY_EXISTS, REPOSITORY_UNREACHABLE, INDEX_INVALID
 */
export async function addRepository(
  { repository, force, allowDeprecated }: AddRequest,
  site: ChartSite,
): Promise<'added' | 'unchanged'> {
  if (!allowDeprecated) assertAlive(repository.url)
  assertName(repository.name)
  assertIndexed(repository.url)
  let outcome: 'added' | 'unchanged' = 'added'
  await changeRepositories(fileOf(site), async (before) => {
    const known = before.find(({ name }) => name === repository.name)
    if (known !== undefined && !force) {
      if (!isSame(known, repository)) throw taken(repository.name)
      outcome = 'unchanged'
      return undefined
    }
    for (const warning of (await refresh(repository, site)).warnings) {
      site.onNotice(`warning: ${repository.name}: ${warning}`)
    }
    return known === undefined
      ? [...before, repository]
      : before.map((each) => (each === known ? repository : each))
  })
  return outcome
}

function fileOf({ repositoriesFile, home }: ChartSite): RepositoriesFile {
  return { path: repositoriesFile, home }
}

const DEAD = new Map([
  ['//kubernetes-charts.storage.googleapis.com', 'https://charts.helm.sh/stable'],
  ['//kubernetes-charts-incubator.storage.googleapis.com', 'https://charts.helm.sh/incubator'],
])

function assertAlive(url: string): void {
  for (const [old, now] of DEAD) {
    if (!url.includes(old)) continue
    throw new PkgError(
      'USAGE',
      `repo "${shownAddress(url)}" is no longer available; try "${now}" instead`,
      {
        hint: 'Pass --allow-deprecated-repos to add it all the same.',
      },
    )
  }
}

function assertName(name: string): void {
  if (name.includes('/')) {
    throw new PkgError(
      'USAGE',
      `repository name (${name}) contains '/', please specify a different name without '/'`,
      { hint: `Charts are named NAME/CHART; "${name.replaceAll('/', '-')}" can be a name.` },
    )
  }
  if (name === '') {
    throw new PkgError('USAGE', 'the name of the repository is empty', {
      hint: 'Charts of it are then named NAME/CHART: choose one.',
    })
  }
  if (name === BUILT_IN) {
    throw new PkgError('USAGE', `repository name (${name}) cannot be used`, {
      hint: `"${BUILT_IN}" is the repository of this program; choose another name.`,
    })
  }
}

function assertIndexed(url: string): void {
  if (!url.startsWith('oci://')) return
  throw new PkgError('URL_REFUSED', 'a registry is no repository: it has no index', {
    hint: `Charts of it are named as they are, with nothing to add: ${url.replace(/\/+$/, '')}/CHART.`,
  })
}

function isSame(left: Repository, right: Repository): boolean {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<keyof Repository>
  return [...keys].every((key) => (left[key] || '') === (right[key] || ''))
}

function taken(name: string): PkgError {
  return new PkgError(
    'REPOSITORY_EXISTS',
    `repository name (${name}) already exists, please specify a different name`,
    { hint: 'Pass --force-update to replace it.' },
  )
}

/** What became of one repository. */
export interface UpdateResult {
  name: string
  url: string
  outcome: 'updated' | 'unchanged' | 'failed'
  /** Why it failed. */
  failure?: PkgError
}

/**
 * Fetches the indexes of configured repositories side by side.
 *
 * @param names which; none for all
 * @param onResult told of each as soon as it is done
 * @throws PkgError REPOSITORY_UNKNOWN before anything is fetched; when one failed, what it failed
 *   with or REPOSITORY_UNREACHABLE, after all were tried
 */
export async function updateRepositories(
  names: readonly string[],
  site: ChartSite,
  onResult: (result: UpdateResult) => void,
): Promise<UpdateResult[]> {
  const repositories = await loadRepositories(site.repositoriesFile)
  if (repositories.length === 0) {
    throw new PkgError(
      'REPOSITORY_UNKNOWN',
      'no repositories found. You must add one before updating',
      { hint: 'Run "kubectl pkg repo add NAME URL".' },
    )
  }
  for (const name of names) assertKnown(name, repositories)
  const chosen =
    names.length === 0 ? repositories : repositories.filter(({ name }) => names.includes(name))
  const results = await Promise.all(
    chosen.map(async (repository) => {
      const result = await update(repository, site)
      onResult(result)
      return result
    }),
  )
  const failed = results.filter(({ failure }) => failure !== undefined)
  if (failed.length > 0) throw notUpdated(failed)
  return results
}

/** The code and the hint are those of all failures, where they have the same. */
function notUpdated(failed: readonly UpdateResult[]): PkgError {
  const list = failed.map(({ url }) => shownAddress(url)).join(' ')
  const codes = new Set(failed.map(({ failure }) => failure?.code))
  const hints = new Set(failed.map(({ failure }) => failure?.hint))
  const [code = 'REPOSITORY_UNREACHABLE'] = codes.size === 1 ? codes : []
  const [hint] = hints.size === 1 ? hints : []
  return new PkgError(code, `failed to update the following repositories: [${list}]`, {
    hint,
    details: failed.map(({ name, failure }) => `${name}: ${failure?.message ?? ''}`),
  })
}

function assertKnown(name: string, repositories: readonly Repository[]): void {
  if (repositories.some((repository) => repository.name === name)) return
  throw new PkgError(
    'REPOSITORY_UNKNOWN',
    `no repositories found matching '${name}'.  Nothing will be updated`,
    { hint: hintFor(name, repositories) },
  )
}

function hintFor(name: string, repositories: readonly Repository[]): string {
  const known = repositories.map((repository) => repository.name)
  const guess = nearest(name, known)
  if (guess !== undefined) return `Did you mean "${guess}"?`
  return 'Run "kubectl pkg repo list" to see what is configured.'
}

async function update(repository: Repository, site: ChartSite): Promise<UpdateResult> {
  const { name, url } = repository
  try {
    const { isChanged, warnings } = await site.indexes.refresh(repository, site.downloader, {
      mustKeep: true,
    })
    for (const warning of warnings) site.onNotice(`warning: ${name}: ${warning}`)
    return { name, url, outcome: isChanged ? 'updated' : 'unchanged' }
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    return { name, url, outcome: 'failed', failure: error }
  }
}

/**
 * Removes repositories, all of a name, and what was fetched of them.
 *
 * @param onRemoved told of each
 * @throws PkgError REPOSITORY_UNKNOWN; those named before are gone then
 */
export async function removeRepositories(
  names: readonly string[],
  site: ChartSite,
  onRemoved: (name: string) => void,
): Promise<void> {
  for (const name of names) {
    let removed: Repository[] = []
    let left: Repository[] = []
    await changeRepositories(fileOf(site), async (before) => {
      if (before.length === 0) {
        throw new PkgError('REPOSITORY_UNKNOWN', 'no repositories configured', {
          hint: 'There is nothing to remove.',
        })
      }
      removed = before.filter((repository) => repository.name === name)
      left = before.filter((repository) => repository.name !== name)
      if (removed.length === 0) {
        throw new PkgError('REPOSITORY_UNKNOWN', `no repo named "${name}" found`, {
          hint: hintFor(name, before),
        })
      }
      return left
    })
    // Two names of one address have one index.
    const used = new Set(left.map(indexName))
    for (const repository of removed) {
      if (!used.has(indexName(repository))) await site.indexes.forget(repository)
    }
    onRemoved(name)
  }
}

/** The configured repositories, in the order of the file. @throws PkgError YAML_INVALID */
export function listRepositories(site: ChartSite): Promise<Repository[]> {
  return loadRepositories(site.repositoriesFile)
}

export interface ImportResult {
  added: string[]
  /** Names that are configured here already; `differs` are those with other settings. */
  known: string[]
  differs: string[]
}

/**
 * Takes over the repositories of another repositories.yaml, such as Helm's.
 *
 * @param force replaces repositories that are configured otherwise
 * @throws PkgError REPOSITORY_UNKNOWN when the file has none, YAML_INVALID
 */
export async function importRepositories(
  file: string,
  { force }: { force: boolean },
  site: ChartSite,
): Promise<ImportResult> {
  const found = (await loadRepositories(file)).filter(({ name }) => name !== BUILT_IN)
  if (found.length === 0) {
    throw new PkgError('REPOSITORY_UNKNOWN', `no repositories in ${file}`, {
      hint: 'Name the file with --file.',
    })
  }
  const result: ImportResult = { added: [], known: [], differs: [] }
  await changeRepositories(fileOf(site), async (before) => {
    const after = [...before]
    for (const repository of found) {
      const at = after.findIndex(({ name }) => name === repository.name)
      const present = after[at]
      if (present === undefined) after.push(repository)
      else if (isSame(present, repository)) {
        result.known.push(repository.name)
        continue
      } else if (force) after[at] = repository
      else {
        result.differs.push(repository.name)
        continue
      }
      result.added.push(repository.name)
    }
    return after
  })
  return result
}
