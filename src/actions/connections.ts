import type { FileStore } from '../base/kept-file.ts'
import type { Identity, LockTimes } from '../apply/lock.ts'
import type { WaitSettings } from '../apply/site.ts'
import type { Chart } from '../chart/chart.ts'
import type { Holder } from '../cluster/lease.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { GoMap } from '../golang/value.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { ImageMap } from '../manifest/replace-images.ts'
import type { LookupQuery } from '../render/lookup.ts'
import type { ReleaseStorage } from '../storage/storage.ts'
import type { RecordsKind } from './rights.ts'

/** What one run works through. */
export interface Connections {
  /** Of releases that name none. */
  namespace: string
  cluster: Cluster
  storage: ReleaseStorage
  /** What holds the records at an API server; undefined elsewhere. */
  records?: RecordsKind | undefined
  /** Begins without asking for the rights that it takes. */
  skipsPreflight?: boolean | undefined
  /** Loads a chart by what the person typed. */
  loadChart: (reference: string) => Promise<Chart>
  render: Render
  identity: Identity
  lock: LockSettings
  /** What runs wait for; hooks only by default. */
  wait?: WaitSettings | undefined
  now: () => Date
  signal: AbortSignal
  /** Told what a person should know but that stops nothing. */
  onNotice: (notice: string) => void
  /** Lets the program end: idle connections are closed. */
  close: () => void
}

export interface LockSettings {
  times: LockTimes
  /** How long to wait for another run, in milliseconds. */
  timeout: number
  /** Without a change for so long, a record that Helm left pending is taken over; milliseconds. */
  staleAfter: number
  onWait?: ((holder: Holder | undefined) => void) | undefined
}

/** Turns a chart and the person's values into manifests; throws as rendering does. */
export type Render = (input: RenderInput) => Promise<RenderResult>

export interface RenderInput {
  chart: Chart
  /** What the person passed, without the chart's defaults. */
  values: GoMap
  release: { name: string; namespace: string; revision: number; isUpgrade: boolean }
  options: RenderOptions
  /** Asks the target for nothing, not even what it is. */
  isOffline?: boolean | undefined
  /** Told each object and list of the target that templates ask for. */
  onLookup?: ((query: LookupQuery) => void) | undefined
}

export interface RenderOptions {
  skipSchemaValidation?: boolean | undefined
  /** Refuses keys that stand twice and values that no template reads, which else are told. */
  strictValues?: boolean | undefined
  renderSubchartNotes?: boolean | undefined
  enableDns?: boolean | undefined
  /** Steps that all templates together may take. */
  steps?: number | undefined
  /** A program, and its arguments, that manifests are piped through. */
  postRenderer?: { command: string; args: readonly string[] } | undefined
  postRenderHooks?: boolean | undefined
  /** What stands in the place of images, after the program had the manifests. */
  images?: ImageMap | undefined
  /** Keeps what is read of the chart for later runs. */
  fileStore?: FileStore | undefined
}

export interface RenderResult extends Manifest {
  /** The chart as it was rendered: without subcharts that are switched off. */
  chart: Chart
  /** What a person should know of their values and of images that stayed, a line each. */
  warnings: readonly string[]
}
