import { PkgError } from '../base/errors.ts'
import { encodeYaml } from '../encoding/yaml-encode.ts'
import type { ReleaseList, ReleaseMetadata } from '../actions/inspect.ts'
import { compareText } from '../golang/order.ts'
import { trimSpace } from '../golang/space.ts'
import type { GoMap } from '../golang/value.ts'
import { dependencyJson } from '../release/record-write.ts'
import type { Release } from '../release/release.ts'
import type { ReleaseSummary } from '../release/summary.ts'
import type { ReleaseHistoryItem } from '../types/history.ts'
import type { ReleaseListItem } from '../types/list.ts'
import { viewTable } from './table.ts'
import { term } from './term.ts'
import { viewTime, viewTimeAs, viewTimestamp } from './times.ts'

export interface ReleaseViewOptions {
  hideNotes?: boolean
  /** Chart, version and appVersion too. */
  withChart?: boolean
  /** Hooks and manifest too: what a dry run is for. */
  withManifest?: boolean
  /** The values passed and the values that templates saw. */
  values?: { passed: GoMap | null; computed: GoMap | null }
}

/** A release as install, upgrade, status and `get all` print it; the form is Helm's. */
export function viewRelease(release: Release, options: ReleaseViewOptions = {}): string {
  const lines = [`NAME: ${release.name}`]
  if (release.lastDeployed !== '') lines.push(`LAST DEPLOYED: ${viewTime(release.lastDeployed)}`)
  lines.push(
    `NAMESPACE: ${release.namespace}`,
    `STATUS: ${release.status}`,
    `REVISION: ${release.revision}`,
  )
  if (options.withChart === true) lines.push(...viewChart(release))
  lines.push(`DESCRIPTION: ${release.description}`)
  lines.push(...viewTests(release))
  if (options.values !== undefined) lines.push(...viewValues(options.values))
  if (options.withManifest === true) lines.push(...viewManifest(release))
  if (options.hideNotes !== true && release.notes !== '') {
    lines.push('NOTES:', trimSpace(release.notes))
  }
  return term(`${lines.join('\n')}\n`)
}

/** Tests that have run; Helm shows one that is still under way as ended in the year 1. */
function viewTests({ hooks }: Release): string[] {
  const tests = hooks.filter(({ events }) => events.includes('test'))
  if (tests.length === 0) return ['TEST SUITE: None']
  return tests.flatMap(({ name, lastRun }) => {
    if (lastRun === undefined || lastRun.startedAt === '') return []
    const { startedAt, completedAt, phase } = lastRun
    return [
      `TEST SUITE:     ${name}`,
      `Last Started:   ${viewTime(startedAt)}`,
      `Last Completed: ${viewTime(completedAt || '0001-01-01T00:00:00Z')}`,
      `Phase:          ${phase}`,
    ]
  })
}

/** Hooks as `get hooks` prints them. */
export function viewHooks({ hooks }: Release): string {
  return hooks.map(({ path, manifest }) => `---\n# Source: ${path}\n${manifest}\n`).join('')
}

export function viewNotes({ notes }: Release): string {
  return notes === '' ? '' : `NOTES:\n${notes}\n`
}

/** What `list` shows of a release whose newest record cannot be decoded. */
export function unreadableItem(record: ReleaseList['hidden'][number]): ReleaseListItem {
  const { name, namespace, revision } = record
  const status = 'unreadable'
  return {
    name,
    namespace,
    revision: String(revision),
    updated: '',
    status,
    chart: '',
    app_version: '',
  }
}

/** What to do about records that cannot be decoded, a line for each release that has some. */
export function repairHints(records: readonly Pick<Release, 'name' | 'namespace'>[]): string[] {
  const commands = records.map(
    ({ name, namespace }) => `kubectl pkg repair ${name} --namespace ${namespace}`,
  )
  return [...new Set(commands)].map(
    (command) => `hint: "${command}" shows what is wrong, and with --yes mends or removes it`,
  )
}

/**
 * What `list -o json` and `-o yaml` print of a release.
 *
 * @param layout of the time, as Go has it; otherwise as Go prints a time
 */
export function listItem(release: ReleaseSummary, layout = ''): ReleaseListItem {
  const { lastDeployed } = release
  return {
    name: release.name,
    namespace: release.namespace,
    revision: String(release.revision),
    updated: layout === '' ? viewTimestamp(lastDeployed) : viewTimeAs(lastDeployed, layout),
    status: release.status,
    chart: chartLabel(release),
    app_version: release.chart.metadata.appVersion ?? '',
  }
}

export function viewList(items: readonly ReleaseListItem[], { headers = true } = {}): string {
  const head = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION']
  const rows = items.map((item) => [
    item.name,
    item.namespace,
    item.revision,
    item.updated,
    item.status,
    item.chart,
    item.app_version,
  ])
  return viewTable(headers ? [head, ...rows] : rows)
}

/**
 * What `history -o json` and `-o yaml` print. One record that cannot be decoded hides no other.
 *
 * @param onUnreadable told why one cannot
 */
export function historyItems(
  releases: readonly Release[],
  onUnreadable: (reason: string) => void,
): ReleaseHistoryItem[] {
  return releases.map((release) => {
    try {
      return historyItem(release)
    } catch (error) {
      if (!(error instanceof PkgError) || error.code !== 'RELEASE_UNREADABLE') throw error
      onUnreadable(error.message)
      const { revision } = release
      const status = 'unreadable'
      return { revision, updated: '', status, chart: '', app_version: '', description: '' }
    }
  })
}

function historyItem(release: Release): ReleaseHistoryItem {
  return {
    revision: release.revision,
    updated: release.lastDeployed,
    status: release.status,
    chart: chartLabel(release),
    app_version: release.chart.metadata.appVersion ?? '',
    description: release.description,
  }
}

export function viewHistory(items: readonly ReleaseHistoryItem[]): string {
  const head = ['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION']
  const rows = items.map((item) => [
    String(item.revision),
    item.updated === '' ? '' : viewTime(item.updated),
    item.status,
    item.chart,
    item.app_version,
    item.description,
  ])
  return viewTable([head, ...rows])
}

const APPLY_METHODS: Record<string, string> = {
  '': 'client-side apply (defaulted)',
  csa: 'client-side apply',
  ssa: 'server-side apply',
}

/** What `get metadata -o json` and `-o yaml` print: as in Go, what is empty is left out. */
export function metadataDocument(metadata: ReleaseMetadata): object {
  const optional = new Set(['annotations', 'labels', 'dependencies', 'applyMethod'])
  const isEmpty = (value: unknown): boolean =>
    value === '' || (typeof value === 'object' && value !== null && !Object.keys(value).length)
  const document = { ...metadata, dependencies: metadata.dependencies.map(dependencyJson) }
  return Object.fromEntries(
    Object.entries(document).filter(([key, value]) => !optional.has(key) || !isEmpty(value)),
  )
}

/** Metadata as `get metadata` prints it. */
export function viewMetadata(metadata: ReleaseMetadata): string {
  const lines: [string, string | number][] = [
    ['NAME', metadata.name],
    ['CHART', metadata.chart],
    ['VERSION', metadata.version],
    ['APP_VERSION', metadata.appVersion],
    ['ANNOTATIONS', viewPairs(metadata.annotations)],
    ['LABELS', viewPairs(metadata.labels)],
    ['DEPENDENCIES', viewNames(metadata.dependencies)],
    ['NAMESPACE', metadata.namespace],
    ['REVISION', metadata.revision],
    ['STATUS', metadata.status],
    ['DEPLOYED_AT', metadata.deployedAt],
    ['APPLY_METHOD', APPLY_METHODS[metadata.applyMethod] ?? `unknown ("${metadata.applyMethod}")`],
  ]
  return term(lines.map(([label, value]) => `${label}: ${value}`).join('\n'))
}

/** Source: Helm 4.1.4 pkg/action/get_metadata.go, FormattedDepNames. */
function viewNames(dependencies: ReleaseMetadata['dependencies']): string {
  const names = dependencies.map(({ name }) => name)
  return names.sort(compareText).join(',')
}

function viewChart({ chart: { metadata } }: Release): string[] {
  return [
    `CHART: ${metadata.name}`,
    `VERSION: ${metadata.version}`,
    `APP_VERSION: ${metadata.appVersion ?? ''}`,
  ]
}

function viewValues({ passed, computed }: NonNullable<ReleaseViewOptions['values']>): string[] {
  return ['USER-SUPPLIED VALUES:', encodeYaml(passed), 'COMPUTED VALUES:', encodeYaml(computed)]
}

function viewManifest(release: Release): string[] {
  return ['HOOKS:', `${viewHooks(release)}MANIFEST:`, release.manifest]
}

function viewPairs(pairs: Record<string, string>): string {
  return Object.keys(pairs)
    .sort()
    .map((key) => `${key}=${pairs[key]}`)
    .join(',')
}

function chartLabel({ chart: { metadata } }: Pick<ReleaseSummary, 'chart'>): string {
  return `${metadata.name}-${metadata.version}`
}
