import { PkgError } from '../base/errors.ts'
import { shownAddress } from '../base/shown-address.ts'
import { isJsonObject, parseJson, type Json, type JsonObject } from '../base/json.ts'
import type { ChartSite } from '../repo/chart-site.ts'

/** A chart that a hub knows, with Helm's names for `-o json`. */
export interface HubChart {
  url: string
  version: string
  app_version: string
  description: string
  repository: { url: string; name: string }
}

/**
 * Searches a hub that speaks Monocular's API, such as Artifact Hub.
 *
 * Source: Helm 4.1.4 internal/monocular/search.go, pkg/cmd/search_hub.go.
 *
 * @throws PkgError USAGE, REPOSITORY_UNREACHABLE
 */
export async function searchHub(
  { endpoint, keyword }: { endpoint: string; keyword: string },
  site: ChartSite,
): Promise<HubChart[]> {
  if (!URL.canParse(endpoint)) {
    throw new PkgError(
      'USAGE',
      `unable to create connection to "${shownAddress(endpoint)}": no hostname provided`,
    )
  }
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/chartsvc/v1/charts/search`
  url.search = `q=${encodeURIComponent(keyword).replaceAll('%20', '+')}`
  try {
    const { body } = await site.downloader.get(url.href, { bytes: ANSWER_BYTES })
    const answer = parseObject(body.toString('utf8'))
    const data = answer['data']
    return Array.isArray(data)
      ? data.filter(isJsonObject).map((item) => hubChart(item, endpoint))
      : []
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    throw new PkgError(
      'REPOSITORY_UNREACHABLE',
      `unable to perform search against "${shownAddress(endpoint)}"`,
      {
        hint: error.message,
        cause: error,
      },
    )
  }
}

const ANSWER_BYTES = 32 * 1024 * 1024

function parseObject(text: string): JsonObject {
  const value = parseJson(text)
  return isJsonObject(value) ? value : {}
}

function hubChart(item: JsonObject, endpoint: string): HubChart {
  const latest = at(item, 'relationships', 'latestChartVersion', 'data')
  const page = textAt(item, 'artifactHub', 'packageUrl')
  return {
    url: page === '' ? `${shownAddress(endpoint)}/charts/${textAt(item, 'id')}` : page,
    version: textAt(latest, 'version'),
    app_version: textAt(latest, 'app_version'),
    description: textAt(item, 'attributes', 'description'),
    repository: {
      url: textAt(item, 'attributes', 'repo', 'url'),
      name: textAt(item, 'attributes', 'repo', 'name'),
    },
  }
}

function at(value: Json | undefined, ...keys: string[]): Json | undefined {
  return keys.reduce<Json | undefined>(
    (inner, key) => (isJsonObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  )
}

function textAt(value: Json | undefined, ...keys: string[]): string {
  const found = at(value, ...keys)
  return typeof found === 'string' ? found : ''
}
