import { PkgError } from '../base/errors.ts'
import { redactText } from '../base/redact-text.ts'
import { shownAddress } from '../base/shown-address.ts'
import type { ChartSite } from './chart-site.ts'
import { refresh, versionsIn } from './find-chart.ts'
import type { Origin } from '../http/downloader.ts'
import { published } from './publish-folder.ts'
import type { PublishedChart, PublishItem } from './publish-item.ts'

export interface ServerTarget {
  origin: Origin
  overwrite: boolean
  dryRun: boolean
}

/**
 * Uploads archives to a server that has ChartMuseum's API, one after the other, once its index
 * says that none of their versions is there with other bytes. Where the index cannot be had, the
 * server alone decides.
 *
 * @throws PkgError VERSION_PUBLISHED, REPOSITORY_UNREACHABLE
 */
export async function publishToServer(
  items: readonly PublishItem[],
  target: ServerTarget,
  site: ChartSite,
): Promise<PublishedChart[]> {
  const { origin, overwrite, dryRun } = target
  const { steps, isKnown } = await plan(items, origin, site)
  const taken = steps.filter(({ result }) => result.outcome === 'replaced')
  if (taken.length > 0 && !overwrite) {
    throw published(taken.map(({ result }) => `${result.name} ${result.version}`))
  }
  for (const { item, result } of dryRun ? [] : steps) {
    if (result.outcome === 'unchanged') continue
    // What vouches for a chart is there before it; a run that was cut off may have left it there.
    const isNew = isKnown && result.outcome === 'published'
    const provenance = { item, origin, overwrite: overwrite || isNew, site }
    if (item.provenance !== undefined) await upload('prov', item.provenance, provenance)
    await upload('charts', item.archive, { item, origin, overwrite, site })
  }
  return steps.map(({ result }) => result)
}

interface Step {
  item: PublishItem
  result: PublishedChart
}

async function plan(
  items: readonly PublishItem[],
  origin: Origin,
  site: ChartSite,
): Promise<{ steps: Step[]; isKnown: boolean }> {
  const isKnown = await hasIndex(origin, site)
  const steps = items.map(async (item): Promise<Step> => {
    const { name, version } = item.metadata
    const versions = isKnown ? await versionsIn(origin, name, site) : []
    const entry = versions?.find((each) => each.version === version)
    const isSame = entry?.digest.trim().replace(/^sha256:/, '') === item.digest
    const result: PublishedChart = {
      name,
      version,
      digest: `sha256:${item.digest}`,
      location: `${shownAddress(origin.url).replace(/\/+$/, '')}/charts/${item.fileName}`,
      outcome: entry === undefined ? 'published' : isSame ? 'unchanged' : 'replaced',
    }
    return { item, result }
  })
  return { steps: await Promise.all(steps), isKnown }
}

/** A server may let people upload and not look; a new one may have no index yet. */
async function hasIndex(origin: Origin, site: ChartSite): Promise<boolean> {
  try {
    await refresh(origin, site)
    return true
  } catch (error) {
    if (error instanceof PkgError) return false
    throw error
  }
}

interface Upload {
  item: PublishItem
  origin: Origin
  overwrite: boolean
  site: ChartSite
}

async function upload(
  kind: 'charts' | 'prov',
  body: Buffer,
  { item, origin, overwrite, site }: Upload,
): Promise<void> {
  const url = apiUrl(origin.url, kind)
  if (overwrite) url.searchParams.set('force', 'true')
  const answer = await site.downloader.post(url.href, body, {
    origin,
    bytes: ANSWER_BYTES,
    headers: { 'Content-Type': 'application/octet-stream' },
  })
  if (answer.status >= 200 && answer.status < 300) return
  const { name, version } = item.metadata
  if (answer.status === 409) throw published([`${name} ${version}`])
  throw new PkgError(
    'REPOSITORY_UNREACHABLE',
    `cannot publish ${name} ${version} to ${shownAddress(url.href)}: the server answered ${answer.status}`,
    { hint: hintFor(answer.status), details: reasonIn(answer.body, origin) },
  )
}

const ANSWER_BYTES = 1024 * 1024

/** `/api` comes before the path of the repository, as ChartMuseum has it for its tenants. */
function apiUrl(repository: string, kind: string): URL {
  const url = new URL(repository)
  url.pathname = `/api${url.pathname.replace(/\/+$/, '')}/${kind}`
  return url
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'Check the name and password of the repository.'
  return 'Check that the server takes uploads: it needs the API of ChartMuseum.'
}

/** A server may say in its answer what it was told. */
function reasonIn(body: Buffer, { password = '', token = '' }: Origin): string[] {
  const secrets = [password, token]
  const [, reason] = /"error"\s*:\s*"([^"]{1,200})"/.exec(body.toString('utf8')) ?? []
  return reason === undefined ? [] : [redactText(reason, secrets)]
}
