import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { fetchBlob, fetchManifest } from './oci-content.ts'
import { MEDIA_TYPES } from './oci-manifest.ts'
import { isHost, isOci, tagOfVersion, type OciReference } from './oci-reference.ts'
import { readPages } from './oci-pages.ts'
import { openRegistry, type Registry, type RegistryOptions } from './oci-registry.ts'

const MOST_REPOSITORIES = 50_000
const PAGE = 1000
const CONFIG_BYTES = 4 * 1024 * 1024

/** A part of a registry: all repositories whose path begins with some parts. */
export interface CatalogPlace {
  registry: string
  /** Empty for the whole registry. */
  path: string
}

/**
 * Reads `oci://HOST` or `oci://HOST/PATH`.
 *
 * @throws PkgError OCI_REFERENCE_INVALID
 */
export function parseCatalogPlace(text: string): CatalogPlace {
  const [, host = '', path = ''] = /^oci:\/\/([^/]*)(?:\/(.*?))?\/*$/.exec(text) ?? []
  if (isOci(text) && isHost(host) && /^[a-z0-9._/-]*$/.test(path)) return { registry: host, path }
  throw new PkgError('OCI_REFERENCE_INVALID', `"${text}" is no registry`, {
    hint: 'Write oci://HOST, or oci://HOST/PATH for a part of it.',
  })
}

/**
 * Lists the repositories of a registry, as far as it tells of them.
 *
 * @throws PkgError REGISTRY_FAILED, REGISTRY_DENIED, OCI_INVALID
 */
export async function listRepositories(
  { registry: host, path }: CatalogPlace,
  options: RegistryOptions & { pageSize?: number; opened?: Registry } = {},
): Promise<string[]> {
  const all = await readPages(options.opened ?? openRegistry(host, options), {
    path: '/v2/_catalog',
    pageSize: options.pageSize ?? PAGE,
    scope: 'registry:catalog:*',
    field: 'repositories',
    most: MOST_REPOSITORIES,
    name: `oci://${host}`,
    missing: new PkgError('REGISTRY_FAILED', `the registry ${host} does not list what it has`, {
      hint: `Name a chart: kubectl pkg versions oci://${host}/PATH/CHART`,
    }),
  })
  return path === '' ? all : all.filter((name) => name === path || name.startsWith(`${path}/`))
}

/** What the configuration of a chart in a registry says of it. */
export interface ChartSummary {
  name: string
  appVersion: string
  description: string
  keywords: string
}

/**
 * Reads what a chart says of itself, without the chart.
 *
 * @returns undefined for what is no chart
 * @throws PkgError REGISTRY_FAILED, REGISTRY_DENIED, DIGEST_MISMATCH, OCI_INVALID
 */
export async function summaryOf(
  reference: Pick<OciReference, 'registry' | 'repository'>,
  version: string,
  registry: Registry,
): Promise<ChartSummary | undefined> {
  const tag = tagOfVersion(version)
  const content = (await fetchManifest(registry, { ...reference, tag }))?.content
  if (content?.kind !== 'manifest') return undefined
  const { config } = content
  if (config.mediaType !== MEDIA_TYPES.config || config.size > CONFIG_BYTES) return undefined
  const metadata = parseJson(await fetchBlob(registry, reference.repository, config))
  if (!isJsonObject(metadata)) return undefined
  const { name, appVersion, description, keywords } = metadata
  return {
    name: textOf(name),
    appVersion: textOf(appVersion),
    description: textOf(description),
    keywords: Array.isArray(keywords) ? keywords.map(textOf).join(' ') : '',
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
