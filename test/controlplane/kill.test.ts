import { constantFrom, sample, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import type { ProxiedCall } from '../support/fault-exchange.ts'
import {
  describePoint,
  inFixedOrder,
  pointsOf,
  ruleAt,
  type FaultPoint,
} from '../support/fault-points.ts'
import { IS_FULL, MATRIX_LIMITS } from '../support/full-matrix.ts'
import { MATRIX_VERBS, type MatrixVerb } from '../support/matrix-chart.ts'
import { openLanes, useMatrix, workThrough, type Lane } from '../support/matrix-runs.ts'
import { pkg } from '../support/plane-cli.ts'
import { deployedOf, stateOf } from '../support/release-state.ts'

/*
 * A process is killed by SIGKILL before or after one of its calls; then the same command runs
 * again. The API server must hold what it holds after a run that nobody disturbed. A release
 * goes so through its whole life, from installation to uninstallation.
 */

/** Lives that are lived at a time: hooks are waited for more than worked at. */
const LANES = 8

const { newName, lineOf, runProcess } = useMatrix('k')

type Kill = 'kill-before' | 'kill-after'

interface Death {
  point: FaultPoint
  mode: Kill
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
    const again = await pkg(namespace, lineOf(wanted.row, release), env)
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
 * before the first and after each of them, and in full before and after every call. Some runs
 * are killed twice.
 */
function deathsOf(points: readonly FaultPoint[]): Death[][] {
  const writes = points.filter(({ isWrite }) => isWrite)
  const death = constantFrom(...bothWays(inFixedOrder(writes)))
  const pairs = sample(tuple(death, death), { numRuns: IS_FULL ? 60 : 2, seed: 11 })
  // A watch changes nothing, and has no whole reply after which to be killed.
  const once = IS_FULL
    ? bothWays(inFixedOrder(points.filter(({ verb }) => verb !== 'WATCH')))
    : bothWays(writes).filter((_, at) => at === 0 || at % 2 === 1)
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
  MATRIX_LIMITS,
  async () => {
    const lanes = await openLanes(LANES)
    const lives = livesOf(await record(lanes[0]))
    const points = lives.flat().filter(({ deaths }) => deaths.length > 0)
    expect(points.length).toBeGreaterThan(IS_FULL ? 300 : 60)
    expect(await workThrough('lives', lanes, lives, live)).toEqual([])
  },
)
