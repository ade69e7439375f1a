import type { UpdateResult } from '../actions/repositories.ts'
import type { FoundChart } from '../actions/search.ts'
import type { HubChart } from '../actions/search-hub.ts'
import type { OutdatedItem, OutdatedRelease } from '../actions/outdated.ts'
import type { ChartVersionItem } from '../actions/versions.ts'
import type { PublishedChart } from '../actions/publish.ts'
import { shownAddress } from '../base/shown-address.ts'
import { viewTable } from './table.ts'
import { term } from './term.ts'

/** Configured repositories as Helm lists them. */
export function viewRepositories(
  repositories: readonly { name: string; url: string }[],
  { headers = true } = {},
): string {
  const rows = repositories.map(({ name, url }) => [name, url])
  return viewTable(headers ? [['NAME', 'URL'], ...rows] : rows)
}

/** One line on a repository whose index was fetched. */
export function viewUpdate({ name, url, outcome, failure }: UpdateResult): string {
  return outcome === 'failed'
    ? `...Unable to get an update from the "${name}" chart repository (${shownAddress(url)}):\n\t${failure?.message ?? ''}`
    : `...Successfully got an update from the "${name}" chart repository`
}

/** What a search found, as Helm lists it. */
export function viewFound(charts: readonly FoundChart[], widest: number): string {
  if (charts.length === 0) return 'No results found'
  return viewTable(
    [
      ['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'],
      ...charts.map(({ name, version, app_version, description }) => [
        name,
        version,
        app_version,
        description,
      ]),
    ],
    widest,
  )
}

/** What a hub found, as Helm lists it. */
export function viewHub(charts: readonly HubChart[], withUrl: boolean, widest: number): string {
  if (charts.length === 0) return 'No results found'
  const headings = ['URL', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION']
  const rows = charts.map(({ url, version, app_version, description, repository }) => {
    const row = [url, version, app_version, description]
    return withUrl ? [...row, repository.url] : row
  })
  return viewTable([withUrl ? [...headings, 'REPO URL'] : headings, ...rows], widest)
}

/** Versions of one chart, newest first. */
export function viewVersions(versions: readonly ChartVersionItem[]): string {
  if (versions.length === 0) return 'No results found'
  return viewTable([
    ['VERSION', 'APP VERSION', 'CREATED', 'NOTE'],
    ...versions.map(({ version, app_version, created, deprecated }) => [
      version,
      app_version,
      created.slice(0, 10),
      deprecated ? 'deprecated' : '',
    ]),
  ])
}

/** Dependencies beside their newest versions. */
export function viewOutdated(items: readonly OutdatedItem[]): string {
  if (items.length === 0) return 'Everything is up to date'
  return viewTable([
    ['NAME', 'CURRENT', 'WANTED', 'LATEST', 'SOURCE'],
    ...items.map(({ name, current, wanted, latest, source }) => [
      name,
      current,
      wanted,
      latest,
      source,
    ]),
  ])
}

/** Releases beside the newest versions of their charts. */
export function viewOutdatedReleases(items: readonly OutdatedRelease[]): string {
  if (items.length === 0) return 'Everything is up to date'
  return viewTable([
    ['RELEASE', 'NAMESPACE', 'CHART', 'CURRENT', 'LATEST', 'SOURCE'],
    ...items.map(({ release, namespace, chart, current, latest, source }) => [
      release,
      namespace,
      chart,
      current,
      latest,
      source,
    ]),
  ])
}

/** What was published, or would be, a line each. */
export function viewPublished(charts: readonly PublishedChart[], isDryRun: boolean): string {
  return charts
    .map(({ name, version, digest, location, outcome }) => {
      const what = isDryRun && outcome !== 'unchanged' ? `would be ${outcome}` : outcome
      return `${term(name)} ${term(version)} ${what}: ${term(location)} (${digest})`
    })
    .join('\n')
}
