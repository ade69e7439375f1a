import { PkgError, type SourceSpan } from '../base/errors.ts'
import { requirePackage } from '../base/lazy.ts'
import { encodeJson } from '../encoding/json.ts'
import type { Value } from '../golang/value.ts'
import { rawFile, type Chart } from './chart.ts'
import { dependencyStruct } from './metadata-document.ts'
import type { Dependency } from './metadata.ts'
import { spanOfField } from './read-yaml.ts'

/**
 * The digest that Helm writes into Chart.lock: of the dependencies that Chart.yaml declares
 * and those that were locked for them.
 *
 * Source: helm.sh/helm/v4 internal/resolver/resolver.go `HashReq`.
 *
 * @returns `sha256:` and 64 hexadecimal digits
 */
export function lockDigest(
  declared: readonly Dependency[] | undefined,
  locked: readonly Dependency[] | undefined,
): string {
  return sha256(`[${listText(declared)},${listText(locked)}]`)
}

/**
 * Whether the chart's lock was made for the dependencies it declares now; without a lock it
 * is when there are none. A lock of an apiVersion v1 chart may carry the digest of Helm 2.
 */
export function isLockInStep({ metadata, lock }: Chart): boolean {
  const { dependencies, apiVersion } = metadata
  if (lock === undefined) return dependencies === undefined || dependencies.length === 0
  const locked = lock.lacksList === true ? undefined : lock.dependencies
  if (lock.digest === lockDigest(dependencies, locked)) return true
  return apiVersion === 'v1' && lock.digest === sha256(`{"dependencies":${listText(dependencies)}}`)
}

/** @throws PkgError CHART_LOCK_OUT_OF_STEP when the chart has a lock made for others */
export function assertLockInStep(chart: Chart): void {
  if (chart.lock === undefined || isLockInStep(chart)) return
  const isOld = chart.metadata.apiVersion === 'v1'
  const [lock, file] = isOld
    ? ['requirements.lock', 'requirements.yaml']
    : ['Chart.lock', 'Chart.yaml']
  throw new PkgError(
    'CHART_LOCK_OUT_OF_STEP',
    `the lock file (${lock}) is out of sync with the dependencies file (${file}). Please update the dependencies`,
    { hint: 'Run "kubectl pkg dependency update" in the folder of the chart.' },
  )
}

/** Names of declared dependencies that charts/ does not hold, in the order of Chart.yaml. */
export function missingDependencies({ metadata, subcharts }: Chart): string[] {
  const present = new Set(subcharts.map((subchart) => subchart.metadata.name))
  const names = (metadata.dependencies ?? []).map((dependency) => dependency.name)
  return names.filter((name) => !present.has(name))
}

/**
 * Refuses a chart that lacks a dependency, with Helm's words.
 *
 * @param lead what comes before them
 * @throws PkgError DEPENDENCY_MISSING
 */
export function assertDependenciesPresent(chart: Chart, lead = ''): void {
  const missing = missingDependencies(chart)
  if (missing.length === 0) return
  throw new PkgError(
    'DEPENDENCY_MISSING',
    `${lead}found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`,
    {
      hint: 'Run "kubectl pkg dependency build", or put the charts into charts/.',
      span: spanOfDependency(chart, missing[0]),
    },
  )
}

function spanOfDependency(chart: Chart, name: string | undefined): SourceSpan | undefined {
  const { apiVersion, dependencies = [] } = chart.metadata
  const file = rawFile(chart, apiVersion === 'v1' ? 'requirements.yaml' : 'Chart.yaml')
  const at = dependencies.findIndex((dependency) => dependency.name === name)
  return file && spanOfField(file, ['dependencies', at])
}

/** JSON of Go's []*Dependency: a list that was never set is null. */
function listText(dependencies: readonly Dependency[] | undefined): string {
  if (dependencies === undefined) return 'null'
  const list: Value = dependencies.map(dependencyStruct)
  return encodeJson(list)
}

function sha256(text: string): string {
  const { createHash } = requirePackage('node:crypto') as typeof import('node:crypto')
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
