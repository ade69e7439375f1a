import { PkgError } from '../base/errors.ts'
import { redactText } from '../base/redact-text.ts'
import { shownAddress } from '../base/shown-address.ts'
import type { ChartSite } from './chart-site.ts'
import type { Origin } from './http.ts'
import { published } from './publish-folder.ts'
import type { PublishedChart, PublishItem } from './publish-item.ts'

/**
 * Uploads an archive to a server that has ChartMuseum's API.
 *
 * @throws PkgError VERSION_PUBLISHED, REPOSITORY_UNREACHABLE
 */
export async function publishToServer(
  item: PublishItem,
  { origin, overwrite, dryRun }: { origin: Origin; overwrite: boolean; dryRun: boolean },
  site: ChartSite,
): Promise<PublishedChart> {
  const { name, version } = item.metadata
  const result: PublishedChart = {
    name,
    version,
    digest: `sha256:${item.digest}`,
    location: `${shownAddress(origin.url).replace(/\/+$/, '')}/charts/${item.fileName}`,
    outcome: 'published',
  }
  if (dryRun) return result
  await upload('charts', item.archive, { item, origin, overwrite, site })
  if (item.provenance !== undefined) {
    await upload('prov', item.provenance, { item, origin, overwrite, site })
  }
  return result
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
