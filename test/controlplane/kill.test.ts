import { constantFrom, sample, tuple } from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { builtCli, startBuilt } from '../support/built-cli.ts'
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
import { pkg } from '../support/plane-cli.ts'
import { deployedOf, stateOf } from '../support/release-state.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * A process is killed by SIGKILL before or after one of its calls; then the same command runs
 * again. The API server must hold what it holds after a run that nobody disturbed. A release
 * goes so through its whole life, from installation to uninstallation.
 */

/** Also every read, before every call, and more pairs; for people, since it takes minutes. */
const IS_FULL = process.env['KUBECTL_PKG_FULL_MATRIX'] === '1'
/** Lives that are lived at a time: hooks are waited for more than worked at. */
const LANES = 8

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

/** Where one life after the other is lived. */
interface Lane {
  namespace: string
  proxy: FaultProxy
}

/** What a verb's run left that nobody disturbed. */
interface Undisturbed {
  row: MatrixVerb
  points: FaultPoint[]
  state: string[]
  hooks: string[]
}

/** The deaths that the runs of one verb meet, one after the other. */
interface Step {
  wanted: Undisturbed
  deaths: readonly Death[]
}

let count = 0

function newName(): string {
  return `k${String(count++).padStart(4, '0')}`
}

function wordsOf({ line }: MatrixVerb, release: string): string {
  return line(charts).replace('RELEASE', release)
}

async function runProcess({ namespace, proxy }: Lane, row: MatrixVerb, release: string) {
  const words = [...wordsOf(row, release).split(' '), '--namespace', namespace]
  const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
  const { child, end } = startBuilt(words, { cwd: home, env })
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

async function record(lane: Lane): Promise<Undisturbed[]> {
  const release = newName()
  const all: Undisturbed[] = []
  for (const row of MATRIX_VERBS) {
    lane.proxy.begin()
    const { code, stderr } = await runProcess(lane, row, release)
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    const { calls } = lane.proxy
    const state = await stateOf(lane.namespace, release)
    all.push({ row, points: pointsOf(calls, release), state, hooks: hooksMade(calls, release) })
  }
  return all
}

/** Lives a life up to the first thing that is wrong, and tells it; empty when nothing is. */
async function live(lane: Lane, steps: readonly Step[]): Promise<string> {
  const release = newName()
  for (const step of steps) {
    const failure = await killAndRepeat(lane, release, step).catch(String)
    const deaths = step.deaths.map(({ mode, point }) => `${mode} ${describePoint(point)}`)
    if (failure !== '') return `${step.wanted.row.verb}, ${deaths.join(', ')}: ${failure}`
  }
  return ''
}

/** Kills a run at each point, repeats the command, and says what is wrong then. */
async function killAndRepeat(
  lane: Lane,
  release: string,
  { wanted, deaths }: Step,
): Promise<string> {
  const { namespace, proxy } = lane
  const calls: ProxiedCall[] = []
  let isOver = false
  for (const death of deaths) {
    proxy.begin([ruleAt(death.point, release, { mode: death.mode })])
    const { code, signal, stderr } = await runProcess(lane, wanted.row, release)
    const isFirst = calls.length === 0
    calls.push(...proxy.calls)
    const isKilled = signal === 'SIGKILL'
    // A later run takes another way, and may end without having met the point.
    const mustBeMet = isFirst && !isOfWaits(death.point)
    if (!isKilled && (mustBeMet || code !== 0))
      return `not killed, but ended with ${code}: ${stderr}`
    isOver = !isKilled || isLast(death)
    if (isOver) break
  }
  proxy.begin()
  if (!isOver) {
    const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
    const again = await pkg(namespace, wordsOf(wanted.row, release), env)
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

/** Once the lock is given back all is done; only the process's own end was missing. */
function isLast({ mode, point: { verb, path } }: Death): boolean {
  return mode === 'kill-after' && verb === 'DELETE' && path.includes('/leases')
}

/** What is ready at once is not looked at any more. */
function isOfWaits({ verb, path }: FaultPoint): boolean {
  return verb === 'GET' && /\/(?:events|pods|replicasets)\?/.test(path)
}

/**
 * After a write is before the next one, but for writes that are under way at once: so it is
 * before the first and after each second one (`hook-crashes.test.ts` visits each), and in full
 * before and after every call. Some runs are killed twice.
 */
function deathsOf(points: readonly FaultPoint[]): Death[][] {
  const writes = bothWays(points.filter(({ isWrite }) => isWrite))
  const death = constantFrom(...writes)
  const pairs = sample(tuple(death, death), { numRuns: IS_FULL ? 60 : 2, seed: 11 })
  // A watch changes nothing, and has no whole reply after which to be killed.
  const once = IS_FULL
    ? bothWays(points.filter(({ verb }) => verb !== 'WATCH'))
    : writes.filter((_, at) => at === 0 || at % 4 === 1)
  return [...once.map((each) => [each]), ...pairs]
}

function bothWays(points: readonly FaultPoint[]): Death[] {
  return points.flatMap((point): Death[] => [
    { point, mode: 'kill-before' },
    { point, mode: 'kill-after' },
  ])
}

/** As many lives as the verb with the most deaths needs. */
function livesOf(verbs: readonly Undisturbed[]): Step[][] {
  const rows = verbs.map((wanted) => ({ wanted, all: deathsOf(wanted.points) }))
  const length = Math.max(...rows.map(({ all }) => all.length))
  return Array.from({ length }, (_, at) =>
    rows.map(({ wanted, all }) => ({ wanted, deaths: all[at] ?? [] })),
  )
}

test(
  'a process that is killed at a write leaves what the same command finishes',
  async () => {
    const namespace = await freshNamespace()
    const open = async (): Promise<Lane> => {
      return { namespace, proxy: await startFaultProxy(() => false) }
    }
    const lanes = await Promise.all(Array.from({ length: LANES }, open))
    const [first] = lanes
    if (first === undefined) throw new Error('there is no lane')
    const left = livesOf(await record(first))
    const points = left.flat().filter(({ deaths }) => deaths.length > 0)
    expect(points.length).toBeGreaterThan(IS_FULL ? 300 : 40)

    const failures: string[] = []
    const work = async (lane: Lane): Promise<void> => {
      for (let steps = left.shift(); steps !== undefined; steps = left.shift())
        failures.push(await live(lane, steps))
    }
    await Promise.all(lanes.map(work))
    expect(failures.filter(Boolean)).toEqual([])
    await Promise.all(lanes.map(({ proxy }) => proxy.close()))
  },
  IS_FULL ? 3_600_000 : 600_000,
)
