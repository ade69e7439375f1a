import type { Chart } from '../chart/chart.ts'
import type { GoMap } from '../golang/value.ts'
import type { Release } from '../release/release.ts'
import { coalesceInto, coalesceValues, type OnWarning } from '../values/coalesce.ts'
import { rememberKept } from '../values/compose-values.ts'
import { copyMap } from '../values/copy-values.ts'

/** How an upgrade treats the values of the release before it. */
export type ValueReuse =
  /** The old ones when none are passed, else only those passed. */
  | 'default'
  /** Only those passed: `--reset-values`. */
  | 'reset'
  /** Those passed over the old ones, over the old chart's defaults: `--reuse-values`. */
  | 'reuse'
  /** Those passed over the old ones, over the new chart's defaults: `--reset-then-reuse-values`. */
  | 'reset-then-reuse'

export interface UpgradeInput {
  chart: Chart
  /** What the person passed. */
  values: GoMap
  /** Told of values that were ignored. */
  onWarning: OnWarning
}

/**
 * Decides which values an upgrade starts from.
 *
 * Source: Helm 4.1.4 pkg/action/upgrade.go, reuseValues.
 */
export function reuseValues(
  { chart, values, onWarning }: UpgradeInput,
  current: Release,
  reuse: ValueReuse,
): Omit<UpgradeInput, 'onWarning'> {
  if (reuse === 'reset') return { chart, values }
  if (reuse === 'default' && values.size > 0) return { chart, values }
  if (reuse === 'default') {
    rememberKept(current.config, values, current.config)
    return { chart, values: current.config }
  }

  const defaults = reuse === 'reuse' ? coalesceValues(current.chart, current.config) : chart.values
  const merged = coalesceInto(copyMap(values), copyMap(current.config), onWarning)
  rememberKept(merged, values, current.config)
  return { chart: { ...chart, values: defaults }, values: merged }
}
