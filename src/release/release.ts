import type { JsonObject } from '../base/json.ts'
import type { Chart } from '../chart/chart.ts'
import type { GoMap } from '../golang/value.ts'
import type { Hook } from '../manifest/manifest.ts'

/** Helm's release statuses, as stored. */
export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback'

/** One stored state of a release: a name in a namespace at a revision. */
export interface Release {
  name: string
  namespace: string
  /** Counts from 1; Helm's JSON calls it `version`. */
  revision: number
  status: ReleaseStatus
  /** RFC 3339 with the offset, as Helm stores it. */
  firstDeployed: string
  lastDeployed: string
  deleted: string
  description: string
  notes: string
  chart: Chart
  /** What the person passed, without the chart's defaults. */
  config: GoMap
  /** Every ordinary object, as one YAML text with `# Source:` lines. */
  manifest: string
  hooks: Hook[]
  labels: Record<string, string>
  /** `ssa` or `csa`: how the objects were last applied; Helm 4 stores it. */
  applyMethod: string
  /** The run that stored it, so that the same command after a crash knows its own work. */
  run?: string
  /** What a signal ended; of a revision that is `failed` or `uninstalling` for nothing else. */
  cancelled?: CancelledRun
  /** Names what lies beside a record that was too large; see `release/left-out.ts`. */
  leftOut?: string
  /** Fields of the stored record that this version does not know; they survive a rewrite. */
  extra?: RecordExtra
}

/** Tells the same command, when it is run again. */
export interface CancelledRun {
  verb: string
  /** What was asked for. */
  request: string
}

/** Unknown fields by their place in the record; `hooks` by position. */
export interface RecordExtra {
  record?: JsonObject
  info?: JsonObject
  chart?: JsonObject
  hooks?: JsonObject[]
}
