import type { Chart } from '../chart/chart.ts'
import type { GoMap } from '../golang/value.ts'
import type { Release, ReleaseStatus } from '../release/release.ts'
import { timestamp } from '../release/timestamp.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections, RenderOptions } from './connections.ts'
import { assertInstallable } from './installable.ts'
import { assertLabels } from './names.ts'

/** What a release shall be made of. */
export interface ReleaseDraft {
  release: ReleaseName
  revision: number
  chart: Chart
  /** What the person passed, and what is taken over from the release before. */
  values: GoMap
  isUpgrade: boolean
  /** When the first revision was deployed; now, for the first. */
  firstDeployed?: string
  labels: Record<string, string>
  render: RenderOptions
  /** Asks the target for nothing. */
  isOffline?: boolean | undefined
}

/**
 * Turns a chart and a person's values into a release that nobody has applied yet.
 *
 * @throws PkgError USAGE for labels, and all that `assertInstallable` and rendering throw
 */
export async function prepare(connections: Connections, draft: ReleaseDraft): Promise<Release> {
  const { chart, values, revision, isUpgrade, labels } = draft
  const { name, namespace } = draft.release
  assertInstallable(chart)
  assertLabels(labels)
  const rendered = await connections.render({
    chart,
    values,
    release: { name, namespace, revision, isUpgrade },
    options: draft.render,
    isOffline: draft.isOffline,
  })
  for (const warning of rendered.warnings) connections.onNotice(warning)
  const now = timestamp(connections.now())
  const status: ReleaseStatus = isUpgrade ? 'pending-upgrade' : 'pending-install'
  return {
    name,
    namespace,
    revision,
    status,
    firstDeployed: draft.firstDeployed ?? now,
    lastDeployed: now,
    deleted: '',
    description: isUpgrade ? 'Preparing upgrade' : 'Initial install underway',
    notes: rendered.notes,
    chart: rendered.chart,
    config: values,
    manifest: rendered.text,
    hooks: rendered.hooks,
    labels,
    applyMethod: 'ssa',
  }
}
