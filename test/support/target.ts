import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Connections } from '../../src/actions/connections.ts'
import { openFiles, type Files } from '../../src/base/files.ts'
import { newToken } from '../../src/base/folders.ts'
import type { Chart } from '../../src/chart/chart.ts'
import { machineIdentity } from '../../src/cluster/holder.ts'
import { openDirectoryCluster } from '../../src/cluster/directory-cluster.ts'
import type { GoMap, Value } from '../../src/golang/value.ts'
import type { Hook } from '../../src/manifest/manifest.ts'
import { decodeRelease } from '../../src/release/codec.ts'
import type { Release } from '../../src/release/release.ts'
import { openDirectoryStorage } from '../../src/storage/directory-storage.ts'
import { coalesceValues } from '../../src/values/coalesce.ts'
import { memoryFolder } from './memory-folder.ts'

/** Makes a folder for one test; `remove` takes it away. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = memoryFolder('kubectl-pkg-target-')
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A chart of ConfigMaps: each of its values is one, and null leaves it out. */
export function configMapChart(values: Record<string, Value>, version = '1.0.0'): Chart {
  return {
    metadata: { name: 'web', version, apiVersion: 'v2', appVersion: '9.9' },
    lock: undefined,
    templates: [{ name: 'templates/all.yaml', data: Buffer.from('{{ . }}') }],
    values: new Map(Object.entries(values)),
    schema: undefined,
    files: [],
    subcharts: [],
    parent: undefined,
    raw: [],
    origin: './web',
    warnings: [],
  }
}

export interface TargetOptions {
  path: string
  /** Charts by the reference that names them; `./web` by default. */
  charts?: Record<string, Chart>
  files?: Files
  hooks?: Hook[]
  /** Fails a render with this. */
  signal?: AbortSignal
  /** Of the lock, in milliseconds. */
  times?: { heartbeat: number; expiry: number; poll: number }
  lockTimeout?: number
  /** Says that the run's process is known to be dead, once it is; else its lock expires. */
  isKnownDead?: boolean
  notices?: string[]
}

const MACHINE = await machineIdentity()
/** Above any id that Linux gives. */
const NO_PROCESS = 0x7fff_fff0
const START = Date.UTC(2026, 0, 1)

/** Connections to a directory target, with a renderer that makes ConfigMaps of the values. */
export function connectTo(options: TargetOptions): Connections {
  const { path, files = openFiles(), charts = {}, hooks = [], notices = [] } = options
  const token = newToken()
  const target = { path, files, token }
  let ticks = 0
  return {
    namespace: 'default',
    close: () => undefined,
    cluster: openDirectoryCluster(target),
    storage: openDirectoryStorage(target),
    loadChart: async (reference) => {
      const chart = charts[reference]
      if (chart === undefined) throw new Error(`the test has no chart ${reference}`)
      return chart
    },
    render: async ({ chart, values }) => ({
      chart,
      text: configMapText(chart, coalesceValues(chart, values)),
      hooks,
      notes: 'Thank you.',
      warnings: [],
    }),
    identity: {
      token,
      host: 'test',
      pid: options.isKnownDead === true ? NO_PROCESS : process.pid,
      machine: options.isKnownDead === true ? MACHINE : '',
    },
    lock: {
      times: options.times ?? { heartbeat: 20, expiry: 60, poll: 5 },
      timeout: options.lockTimeout ?? 10_000,
      staleAfter: 600_000,
    },
    now: () => new Date(START + 1000 * ticks++),
    signal: options.signal ?? new AbortController().signal,
    onNotice: (notice) => notices.push(notice),
  }
}

function configMapText(chart: Chart, values: GoMap): string {
  return [...values]
    .filter(([, value]) => value !== null)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => {
      const source = `# Source: ${chart.metadata.name}/templates/${name}.yaml`
      return `---\n${source}\n${configMap(name, typeof value === 'string' ? value : '?')}`
    })
    .join('')
}

/** The manifest of a ConfigMap with one key. */
export function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  key: "${value}"\n`
}

export interface TreeFile {
  path: string
  mode: string
  text: string
}

/** Every file below a folder: path, mode and what it holds. */
export function treeOf(folder: string): TreeFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({
      path: relative(folder, path),
      mode: (statSync(path).mode & 0o777).toString(8),
      text: readFileSync(path, 'utf8'),
    }))
    .sort((left, right) => (left.path < right.path ? -1 : 1))
}

/** A release on one line: `web.v2 deployed: Upgrade complete`. */
export function lineOf({ name, revision, status, description }: Release): string {
  return `${name}.v${revision} ${status}: ${description}`
}

/** Every record below a target on one line each, without times and runs. */
export function recordLines(folder: string): string[] {
  return treeOf(folder)
    .filter(({ path }) => path.startsWith('.kubectl-pkg/releases/'))
    .map(({ path, mode, text }) => {
      if (!/\.v\d+$/.test(path)) return `${mode} ${path}`
      const release = decodeRelease(text.trim())
      return `${mode} ${path} ${lineOf(release)}; ${release.manifest.replaceAll('\n', ' ')}`
    })
}
