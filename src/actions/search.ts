import { PkgError } from '../base/errors.ts'
import { parseVersion, compareVersions } from '../base/versions.ts'
import { compareText } from '../golang/order.ts'
import { GoError } from '../golang/value.ts'
import { BUILT_IN, builtInEntry, builtInNames } from '../repo/builtin.ts'
import type { ChartSite } from '../repo/chart-site.ts'
import type { SearchLine } from '../index/table.ts'
import { loadRepositories } from '../repo/repositories.ts'
import { fits, readConstraint } from '../index/resolve.ts'

export interface SearchRequest {
  /** Empty for every chart. */
  keyword: string
  regexp: boolean
  /** Shows every version, not the newest that fits alone. */
  versions: boolean
  devel: boolean
  /** A range that versions must be in; empty for the stable ones. */
  version: string
}

/** A version of a chart, with Helm's names for `-o json`. */
export interface FoundChart {
  /** `REPOSITORY/CHART`. */
  name: string
  version: string
  app_version: string
  description: string
}

/**
 * Searches the indexes that were fetched of all configured repositories, and the add-ons.
 *
 * The best matches come first: in the chart's name, with its repository, in the description,
 * in the keywords; then by name, newest version first.
 *
 * Source: Helm 4.1.4 pkg/cmd/search_repo.go, pkg/cmd/search/search.go.
 *
 * @throws PkgError VERSION_NOT_FOUND, USAGE for a pattern that cannot be read
 */
export async function searchCharts(request: SearchRequest, site: ChartSite): Promise<FoundChart[]> {
  const constraint = readConstraint(searchedRange(request))
  const find = await matcher(request)
  const matches: Match[] = []
  for (const { repository, lines } of await allLines(site)) {
    for (const line of lines) {
      const score = find === undefined ? 0 : scoreOf(repository, line, find)
      if (score >= 0) matches.push({ name: `${repository}/${line.key}`, score, line })
    }
  }
  matches.sort((a, b) => a.score - b.score || compareText(a.name, b.name) || byNewest(a, b))
  const found: FoundChart[] = []
  const names = new Set<string>()
  for (const { name, line } of matches) {
    if (!request.versions && names.has(name)) continue
    for (const [version, appVersion] of line.versions) {
      if (!fits(constraint, version)) continue
      found.push({ name, version, app_version: appVersion, description: line.description })
      names.add(name)
      if (!request.versions) break
    }
  }
  return found
}

/** Which versions a search shows: the stable ones unless more is said. */
export function searchedRange({
  version,
  devel,
}: Pick<SearchRequest, 'version' | 'devel'>): string {
  return version || (devel ? '>0.0.0-0' : '>0.0.0')
}

interface Match {
  name: string
  score: number
  line: SearchLine
}

/** Where a text first matches; −1 when it does not. */
export type Find = (text: string) => number

/** What a request looks for; undefined for everything. @throws PkgError USAGE */
export async function matcher({
  keyword,
  regexp,
}: Pick<SearchRequest, 'keyword' | 'regexp'>): Promise<Find | undefined> {
  if (keyword === '') return undefined
  if (!regexp) {
    const lower = keyword.toLowerCase()
    return (text) => text.toLowerCase().indexOf(lower)
  }
  const { compileRegexp } = await import('../golang/regexp.ts')
  try {
    const pattern = compileRegexp(keyword)
    return (text) => pattern.exec(text, 0)?.[0] ?? -1
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new PkgError('USAGE', error.message, { hint: 'Patterns have the syntax of RE2.' })
  }
}

const SEPARATOR = '\v'

/** How far from the name the match is: 0 for the name itself; −1 when there is none. */
export function scoreOf(
  repository: string,
  line: Pick<SearchLine, 'name' | 'description' | 'keywords'>,
  find: Find,
): number {
  const parts = [line.name, `${repository}/${line.name}`, line.description, line.keywords]
  const at = find(parts.join(SEPARATOR))
  if (at < 0) return -1
  let end = -1
  for (const [index, part] of parts.entries()) {
    end += part.length + 1
    if (at <= end) return index
  }
  return parts.length - 1
}

/** Lines of one chart stand newest first already; a chart has few. */
function byNewest(a: Match, b: Match): number {
  const left = a.line.versions[0]?.[0] ?? '0'
  const right = b.line.versions[0]?.[0] ?? '0'
  return compareVersions(parseVersion(right), parseVersion(left))
}

async function allLines(site: ChartSite): Promise<{ repository: string; lines: SearchLine[] }[]> {
  const repositories = await loadRepositories(site.repositoriesFile)
  const all = await Promise.all(
    repositories.map(async (repository) => {
      const lines = await site.indexes.use(repository, (table) => table.searchLines())
      if (lines === undefined) {
        site.onNotice(
          `warning: the index of "${repository.name}" was never fetched; run "kubectl pkg repo update"`,
        )
      }
      return { repository: repository.name, lines: lines ?? [] }
    }),
  )
  if (repositories.some(({ name }) => name === BUILT_IN)) return all
  return [...all, { repository: BUILT_IN, lines: builtInLines(site.addonsFolder) }]
}

function builtInLines(folder: string): SearchLine[] {
  return builtInNames(folder).map((key) => {
    const { name, description, keywords, version, appVersion } = builtInEntry(folder, key)
    return { key, name, description, keywords, versions: [[version, appVersion]] }
  })
}
