import { beforeAll } from 'vitest'
import { startBuilt, type Ended } from './built-cli.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { partOf, tellProgress } from './full-matrix.ts'
import { writeMatrixCharts, type MatrixCharts, type MatrixVerb } from './matrix-chart.ts'
import { freshNamespace } from './plane.ts'
import { pkgOk } from './plane-cli.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Where one release of the matrix lives after the other. */
export interface Lane {
  namespace: string
  proxy: FaultProxy
}

/** What suites of the matrix begin with. */
export interface MatrixRuns {
  /** Names a release as none was named. */
  newName: () => string
  /** What a person types for a verb. */
  lineOf: (row: MatrixVerb, release: string) => string
  /** Does what goes before a verb, in this process, and gives the release's name. */
  prepared: (row: MatrixVerb, namespace: string) => Promise<string>
  /** Runs a verb as a process, which the lane's proxy may strike. */
  runProcess: (lane: Lane, row: MatrixVerb, release: string) => Promise<Ended>
}

/**
 * Writes the charts of the matrix before a suite's tests.
 *
 * @param prefix what its releases' names begin with
 */
export function useMatrix(prefix: string): MatrixRuns {
  // Runs of all lanes in this process listen for signals.
  process.setMaxListeners(50)
  let home = ''
  let charts: MatrixCharts = { one: '', two: '' }
  let count = 0
  beforeAll(() => {
    home = temporaryFolder()
    charts = writeMatrixCharts(home)
  })

  const newName = (): string => `${prefix}${String(count++).padStart(4, '0')}`
  const named = (line: string, release: string): string => line.replace('RELEASE', release)
  const lineOf: MatrixRuns['lineOf'] = (row, release) => named(row.line(charts), release)
  return {
    newName,
    lineOf,
    prepared: async (row, namespace) => {
      const release = newName()
      for (const line of row.before(charts)) await pkgOk(namespace, named(line, release))
      return release
    },
    runProcess: ({ namespace, proxy }, row, release) => {
      const words = [...lineOf(row, release).split(' '), '--namespace', namespace]
      const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
      const { child, end } = startBuilt(words, { cwd: home, env })
      proxy.strike(child)
      return end
    },
  }
}

/** Opens lanes in one fresh namespace, each with a proxy of its own. */
export async function openLanes(count: number): Promise<[Lane, ...Lane[]]> {
  const namespace = await freshNamespace()
  const open = async (): Promise<Lane> => {
    return { namespace, proxy: await startFaultProxy(() => false) }
  }
  return [await open(), ...(await Promise.all(Array.from({ length: count - 1 }, open)))]
}

/**
 * Works through all there is, or the part of it that was asked for, on each lane one after the
 * other; gives what is not empty.
 *
 * @param what all this is, as a full matrix tells its progress
 */
export async function workThrough<T>(
  what: string,
  lanes: readonly Lane[],
  all: readonly T[],
  work: (lane: Lane, each: T) => Promise<string>,
): Promise<string[]> {
  const chosen = partOf(all)
  const left = [...chosen]
  const results: string[] = []
  const goOn = async (lane: Lane): Promise<void> => {
    for (let each = left.shift(); each !== undefined; each = left.shift()) {
      const failure = await work(lane, each).catch(String)
      tellProgress(what, { failure, done: results.push(failure), all: chosen.length })
    }
  }
  await Promise.all(lanes.map(goOn))
  await Promise.all(lanes.map(({ proxy }) => proxy.close()))
  return results.filter(Boolean)
}
