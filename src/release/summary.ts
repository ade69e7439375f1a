import type { Release } from './release.ts'

/** What a list shows of a release; a small part of its record. */
export interface ReleaseSummary extends Pick<
  Release,
  'name' | 'namespace' | 'revision' | 'status' | 'lastDeployed' | 'labels'
> {
  chart: { metadata: Pick<Release['chart']['metadata'], 'name' | 'version' | 'appVersion'> }
}

/** Keeps of a release what a list shows, so that thousands of them take little memory. */
export function summaryOf(release: Release): ReleaseSummary {
  const { name, namespace, revision, status, lastDeployed, labels } = release
  const { name: chart, version, appVersion } = release.chart.metadata
  const metadata = { name: chart, version, ...(appVersion !== undefined && { appVersion }) }
  return { name, namespace, revision, status, lastDeployed, labels, chart: { metadata } }
}
