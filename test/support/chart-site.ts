import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageChart } from '../../src/chart/package-chart.ts'
import { openChartSite, type ChartSite } from '../../src/repo/chart-site.ts'
import { emptyIndex, indexItem, indexText, putItem } from '../../src/index/document.ts'
import { sha256 } from '../../src/base/digest.ts'
import { chartOf, chartYaml, type ChartFiles } from './chart-builder.ts'
import type { FakeRepository } from './fake-repository.ts'

export interface TestSite extends ChartSite {
  /** Everything a person was told. */
  notices: string[]
}

export interface TestSiteOptions {
  isOffline?: boolean
  requiresDigest?: boolean
  isStrict?: boolean
  timeout?: number
}

/** A site whose configuration and caches are below a folder; the add-ons are the real ones. */
export function siteAt(folder: string, options: TestSiteOptions = {}): TestSite {
  const notices: string[] = []
  const site = openChartSite({
    repositoriesFile: join(folder, 'config', 'repositories.yaml'),
    home: folder,
    addonsFolder: join(import.meta.dirname, '..', '..', 'charts'),
    indexFolder: join(folder, 'cache', 'repositories'),
    blobFolder: join(folder, 'cache', 'charts'),
    registry: {},
    readFile: (path) => readFileSync(path),
    onNotice: (notice) => notices.push(notice),
    ...options,
  })
  return Object.assign(site, { notices })
}

/** The archive of a chart with these files. */
export function archiveOf(
  name: string,
  more = '',
  files: ChartFiles = {},
  version = '1.0.0',
): Buffer {
  const chart = chartOf({ 'Chart.yaml': chartYaml(name, more), ...files })
  return packageChart(chart, { version }).bytes
}

export interface Offer {
  name: string
  version?: string
  archive: Buffer
  /** The archive's own by default. */
  digest?: string
  /** Relative by default. */
  url?: string
}

/** Puts archives and an index of them into a repository. */
export function offer(repository: FakeRepository, offers: readonly Offer[]): void {
  const index = emptyIndex()
  for (const { name, version = '1.0.0', archive, digest = sha256(archive), url } of offers) {
    const file = `${name}-${version}.tgz`
    repository.files.set(`/${file}`, archive)
    const metadata = { apiVersion: 'v2', name, version }
    putItem(index, indexItem({ metadata, digest, url: url ?? file, created: CREATED }))
  }
  repository.files.set('/index.yaml', indexText(index, { generated: CREATED }))
}

const CREATED = '2026-01-02T03:04:05Z'

/** Code and message of what a promise fails with. */
export async function failureOf(run: Promise<unknown>): Promise<string> {
  try {
    await run
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`
  }
  return 'no failure'
}
