import { inParallel } from '../apply/in-parallel.ts'
import { PkgError } from '../base/errors.ts'
import { compareText } from '../golang/order.ts'
import {
  listRepositories,
  parseCatalogPlace,
  summaryOf,
  type CatalogPlace,
} from '../registry/oci-catalog.ts'
import { openRegistry, type Registry, type RegistryOptions } from '../registry/oci-registry.ts'
import { listTags, versionsOfTags } from '../registry/oci-tags.ts'
import { fits, readConstraint } from '../index/resolve.ts'
import { matcher, scoreOf, searchedRange, type FoundChart, type SearchRequest } from './search.ts'

export interface RegistrySearch extends SearchRequest {
  /** `oci://HOST`, or `oci://HOST/PATH` for a part of it. */
  place: string
}

/** A registry may list what is gone by now, or what a login may not see. */
const CLOSED: ReadonlySet<string> = new Set(['CHART_NOT_FOUND', 'REGISTRY_DENIED'])

/** Repositories that are asked at a time. */
const AT_ONCE = 8

/**
 * Searches the charts of a registry that lists its repositories, in the order of `searchCharts`.
 * Images and other artefacts are passed over.
 *
 * @throws PkgError OCI_REFERENCE_INVALID, REGISTRY_FAILED, REGISTRY_DENIED, VERSION_NOT_FOUND, USAGE
 */
export async function searchRegistry(
  request: RegistrySearch,
  registry: RegistryOptions,
  onNotice: (notice: string) => void,
): Promise<FoundChart[]> {
  const place = parseCatalogPlace(request.place)
  const find = await matcher(request)
  const constraint = readConstraint(searchedRange(request))
  const opened = openRegistry(place.registry, registry)
  const repositories = await listRepositories(place, { ...registry, opened })
  const look = { constraint, registry: opened, isWhole: request.versions }
  const all = await inParallel(repositories, AT_ONCE, async (repository) => {
    try {
      return await lookInto(repository, place, look)
    } catch (error) {
      if (!(error instanceof PkgError) || !CLOSED.has(error.code)) throw error
      onNotice(`warning: ${repository} is left out: ${error.message}`)
      return []
    }
  })
  return all
    .flatMap((found) => {
      const [first] = found
      if (first === undefined) return []
      const { chart } = first
      const score = find === undefined ? 0 : scoreOf(place.registry, chart, find)
      return score < 0 ? [] : [{ score, name: first.row.name, rows: found.map(({ row }) => row) }]
    })
    .toSorted((a, b) => a.score - b.score || compareText(a.name, b.name))
    .flatMap(({ rows }) => rows)
}

interface Look {
  constraint: ReturnType<typeof readConstraint>
  /** One for all, so that a token serves for all that is asked of a repository. */
  registry: Registry
  /** All versions, not the newest alone. */
  isWhole: boolean
}

/** The versions of a chart that fit, newest first; none of what is no chart. */
async function lookInto(
  repository: string,
  { registry: host }: CatalogPlace,
  { constraint, registry, isWhole }: Look,
) {
  const reference = { registry: host, repository }
  const tags = await listTags(reference, { opened: registry })
  const versions = versionsOfTags(tags).filter((version) => fits(constraint, version))
  const found = []
  for (const version of isWhole ? versions : versions.slice(0, 1)) {
    const chart = await summaryOf(reference, version, registry)
    if (chart === undefined) continue
    const { appVersion, description } = chart
    const name = `oci://${host}/${repository}`
    const row: FoundChart = { name, version, app_version: appVersion, description }
    found.push({ chart: { ...chart, name: repository }, row })
  }
  return found
}
