import type { Chart } from '../chart/chart.ts'
import type { Release } from './release.ts'

/** What a list shows of a release; a small part of its record. */
export interface ReleaseSummary extends Pick<
  Release,
  | 'name'
  | 'namespace'
  | 'revision'
  | 'status'
  | 'firstDeployed'
  | 'lastDeployed'
  | 'description'
  | 'labels'
> {
  chart: Pick<Chart, 'metadata'>
}

/** Keeps of a release what a list shows, so that thousands of them take little memory. */
export function summaryOf(release: Release): ReleaseSummary {
  const { name, namespace, revision, status, labels } = release
  const { firstDeployed, lastDeployed, description } = release
  const chart = { metadata: release.chart.metadata }
  return {
    name,
    namespace,
    revision,
    status,
    firstDeployed,
    lastDeployed,
    description,
    labels,
    chart,
  }
}
