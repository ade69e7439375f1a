import { constantFrom, sample, tuple } from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { builtCli, startBuilt } from '../support/built-cli.ts'
import { temporaryFolder } from '../support/chart-builder.ts'
import type { ProxiedCall } from '../support/fault-exchange.ts'
import { describePoint, pointsOf, ruleAt, type FaultPoint } from '../support/fault-points.ts'
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts'
import {
  MATRIX_VERBS,
  writeMatrixCharts,
  type MatrixCharts,
  type MatrixVerb,
} from '../support/matrix-chart.ts'
import { freshNamespace } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { deployedOf, stateOf } from '../support/release-state.ts'

/*
 * A process is killed by SIGKILL before or after one of its calls; then the same command runs
 * again. The API server must hold what it holds after a run that nobody disturbed.
 */

/** Also every read, before every call, and more pairs; for people, since it takes minutes. */
const IS_FULL = process.env['KUBECTL_PKG_FULL_MATRIX'] === '1'
/** Points of one verb that are visited at a time: hooks are waited for more than worked at. */
const LANES = 3

// Runs of all lanes in this process listen for signals.
process.setMaxListeners(50)

let home: string
let charts: MatrixCharts
beforeAll(() => {
  home = temporaryFolder()
  charts = writeMatrixCharts(home)
  builtCli()
}, 120_000)

type Kill = 'kill-before' | 'kill-after'

interface Death {
  point: FaultPoint
  mode: Kill
}

/** Where one point after the other is visited. */
interface Lane {
  row: MatrixVerb
  namespace: string
  proxy: FaultProxy
}

/** What a run left that nobody disturbed. */
interface Undisturbed {
  points: FaultPoint[]
  state: string[]
  hooks: string[]
}

let count = 0

async function prepared({ row, namespace }: Lane): Promise<string> {
  const release = `k${String(count++).padStart(4, '0')}`
  for (const line of row.before(charts)) await pkgOk(namespace, line.replace('RELEASE', release))
  return release
}

async function runProcess({ row, namespace, proxy }: Lane, release: string) {
  const words = row.line(charts).replace('RELEASE', release).split(' ')
  const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
  const { child, end } = startBuilt([...words, '-n', namespace], { cwd: home, env })
  proxy.strike(child)
  return end
}

/** Hooks by how often they were made, whatever run made them. */
function hooksMade(calls: readonly ProxiedCall[], release: string): string[] {
  return calls
    .filter(({ verb, mode }) => verb === 'PATCH' && mode !== 'kill-before')
    .map(({ path }) => /\/([^/?]+)\?/.exec(path)?.[1]?.replace(release, 'RELEASE') ?? '')
    .filter((name) => /^RELEASE-(?:settings|before|after)$/.test(name))
    .sort()
}

async function record(lane: Lane): Promise<Undisturbed> {
  const release = await prepared(lane)
  lane.proxy.begin()
  const { code, stderr } = await runProcess(lane, release)
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  return {
    points: pointsOf(lane.proxy.calls, release),
    state: await stateOf(lane.namespace, release),
    hooks: hooksMade(lane.proxy.calls, release),
  }
}

/** Kills a run at each point, repeats the command, and says what is wrong then; empty for nothing. */
async function killAndRepeat(
  lane: Lane,
  deaths: readonly Death[],
  wanted: Undisturbed,
): Promise<string> {
  const { namespace, proxy, row } = lane
  const release = await prepared(lane)
  const calls: ProxiedCall[] = []
  let isOver = false
  for (const { point, mode } of deaths) {
    proxy.begin([ruleAt(point, release, { mode })])
    const { code, signal, stderr } = await runProcess(lane, release)
    calls.push(...proxy.calls)
    const isKilled = signal === 'SIGKILL'
    // A later run takes another way, and may end without having met the point.
    if (!isKilled && (calls.length === proxy.calls.length || code !== 0))
      return `was not killed, but ended with ${code}: ${stderr}`
    // Once the lock is given back all is done; only the process's own end was missing.
    isOver = !isKilled || (mode === 'kill-after' && point.verb === 'DELETE' && isLease(point))
    if (isOver) break
  }
  proxy.begin()
  if (!isOver) {
    const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
    const again = await pkg(namespace, row.line(charts).replace('RELEASE', release), env)
    calls.push(...proxy.calls)
    if (again.code !== 0) return `the same command ended with ${again.code}: ${again.err}`
  }
  const { deployed, newest } = await deployedOf(namespace, release)
  if (deployed.join() !== (newest === 0 ? '' : String(newest)))
    return `deployed are ${deployed.join()} of ${newest}`
  const state = await stateOf(namespace, release)
  if (state.join('\n') !== wanted.state.join('\n')) return `left ${state.join('\n')}`
  const hooks = hooksMade(calls, release)
  return hooks.join() === wanted.hooks.join() ? '' : `made the hooks ${hooks.join()}`
}

function isLease({ path }: FaultPoint): boolean {
  return path.includes('/leases')
}

/**
 * After a write is before the next one, but for writes that are under way at once: so it is
 * before the first and after each, and in full before and after every call.
 */
function deathsOf(points: readonly FaultPoint[]): Death[] {
  const all = bothWays(points)
  if (IS_FULL) return all
  return all
    .filter(({ point }) => point.isWrite)
    .filter(({ mode }, at) => at === 0 || mode === 'kill-after')
}

function bothWays(points: readonly FaultPoint[]): Death[] {
  return points.flatMap((point): Death[] => [
    { point, mode: 'kill-before' },
    { point, mode: 'kill-after' },
  ])
}

/** Pairs of deaths among writes, the second that of the run that repeats the first. */
function pairsOf(points: readonly FaultPoint[]): Death[][] {
  const death = constantFrom(...bothWays(points.filter(({ isWrite }) => isWrite)))
  return sample(tuple(death, death), { numRuns: IS_FULL ? 60 : 3, seed: 11 })
}

async function failuresOf(lanes: readonly Lane[], all: readonly Death[][], wanted: Undisturbed) {
  const left = [...all]
  const failures: string[] = []
  const work = async (lane: Lane): Promise<void> => {
    for (let deaths = left.shift(); deaths !== undefined; deaths = left.shift()) {
      const failure = await killAndRepeat(lane, deaths, wanted).catch(String)
      const name = deaths.map(({ mode, point }) => `${mode} ${describePoint(point)}`).join(', ')
      if (failure !== '') failures.push(`${name}: ${failure}`)
    }
  }
  await Promise.all(lanes.map(work))
  return failures
}

async function openLanes(row: MatrixVerb): Promise<[Lane, ...Lane[]]> {
  const namespace = await freshNamespace()
  const open = async (): Promise<Lane> => {
    return { row, namespace, proxy: await startFaultProxy(() => false) }
  }
  return [await open(), ...(await Promise.all(Array.from({ length: LANES - 1 }, open)))]
}

describe.concurrent('a process that is killed', () => {
  test.each(MATRIX_VERBS)(
    'during $verb, once or twice, leaves what the same command finishes',
    async (row) => {
      const lanes = await openLanes(row)
      const wanted = await record(lanes[0])
      const deaths = [...deathsOf(wanted.points).map((death) => [death]), ...pairsOf(wanted.points)]
      expect(deaths.length).toBeGreaterThan(15)
      expect(await failuresOf(lanes, deaths, wanted)).toEqual([])
      await Promise.all(lanes.map(({ proxy }) => proxy.close()))
    },
    IS_FULL ? 3_600_000 : 240_000,
  )
})
