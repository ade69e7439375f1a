import { describe, expect, test } from 'vitest'
import {
  describePoint,
  inFixedOrder,
  pointsOf,
  ruleAt,
  type FaultPoint,
} from '../support/fault-points.ts'
import type { Fault } from '../support/fault-rules.ts'
import { IS_FULL, MATRIX_LIMITS } from '../support/full-matrix.ts'
import { MATRIX_VERBS, type MatrixVerb } from '../support/matrix-chart.ts'
import { openLanes, useMatrix, workThrough, type Lane } from '../support/matrix-runs.ts'
import { pkg } from '../support/plane-cli.ts'
import { deployedOf, stateOf } from '../support/release-state.ts'

/*
 * One call of a run meets a fault. The run either ends with 0, and the API server holds what it
 * holds after a run that met none; or it says what was wrong, and the same command run again
 * gets there.
 */

/** Runs at a time: they pause more than they work. */
const LANES = 4

/** A fault, for how many calls of the kind in a row, and where it can happen. */
interface FaultRow {
  fault: Fault
  times?: number
  on: 'call' | 'write' | 'watch'
  /** Whether one try more is all that it takes. */
  isPassing: boolean
}

const FAULTS: Record<string, FaultRow> = {
  'too many requests': { fault: { mode: '429', retryAfter: '0' }, on: 'call', isPassing: true },
  'a server’s failure': { fault: { mode: '500' }, times: 2, on: 'call', isPassing: true },
  'a balancer’s page': { fault: { mode: '503', page: true }, on: 'call', isPassing: true },
  'a lost request': { fault: { mode: 'reset-before' }, on: 'call', isPassing: true },
  'a lost reply': { fault: { mode: 'reset-after' }, on: 'call', isPassing: true },
  'no answer': { fault: { mode: 'stall', at: 'answer' }, on: 'call', isPassing: false },
  'half an answer': { fault: { mode: 'stall', at: 'body' }, on: 'call', isPassing: false },
  'text for JSON': { fault: { mode: 'garbage', as: 'text' }, on: 'call', isPassing: false },
  'JSON cut short': { fault: { mode: 'garbage', as: 'cut' }, on: 'call', isPassing: false },
  'a conflict': { fault: { mode: '409', reason: 'Conflict' }, on: 'write', isPassing: false },
  'a refusal': { fault: { mode: '403' }, on: 'call', isPassing: false },
  'no credentials': { fault: { mode: '401' }, on: 'call', isPassing: false },
  'a server that stays down': { fault: { mode: '503' }, times: 5, on: 'call', isPassing: false },
  'a dropped watch': { fault: { mode: 'watch-drop', after: 1 }, on: 'watch', isPassing: true },
  'a watch that is gone': { fault: { mode: 'watch-gone' }, on: 'watch', isPassing: true },
  'a watch that breaks': {
    fault: { mode: 'watch-error', after: 0 },
    on: 'watch',
    isPassing: true,
  },
}

const { lineOf, prepared } = useMatrix('f')

interface Meeting {
  name: string
  point: FaultPoint
  met: FaultRow
}

/** Runs a verb in this process, through the lane's proxy. */
function run({ namespace, proxy }: Lane, row: MatrixVerb, release: string, more = '') {
  const line = `${lineOf(row, release)} --request-timeout 8s${more}`
  return pkg(namespace, line, { KUBECONFIG: proxy.kubeconfig({ namespace }) })
}

/** What a verb's run does and leaves that meets no fault. */
interface Undisturbed {
  row: MatrixVerb
  points: FaultPoint[]
  state: string[]
}

async function record(lane: Lane, row: MatrixVerb): Promise<Undisturbed> {
  const release = await prepared(row, lane.namespace)
  lane.proxy.begin()
  const { code, err } = await run(lane, row, release)
  expect([code, code === 0 ? '' : err]).toEqual([0, ''])
  return {
    row,
    points: pointsOf(lane.proxy.calls, release),
    state: await stateOf(lane.namespace, release),
  }
}

/** Says what is wrong after a run that met a fault, and after the next one; empty for nothing. */
async function meet(lane: Lane, { point, met }: Meeting, wanted: Undisturbed): Promise<string> {
  const { namespace, proxy } = lane
  const release = await prepared(wanted.row, namespace)
  const { times = 1 } = met
  proxy.begin([{ ...ruleAt(point, release, met.fault), times }])
  const { code, err } = await run(lane, wanted.row, release)
  // What is ready at once is not watched.
  if (!proxy.calls.some(({ mode }) => mode === met.fault.mode))
    return point.verb === 'WATCH' ? '' : 'met no fault'
  proxy.begin()

  const state = await stateOf(namespace, release)
  // Whoever is not let give the lock back says so, and leaves it to expire.
  const isLockLeft = code === 0 && err.includes('other runs may have to wait')
  const held = isLockLeft ? state.filter((line) => !line.startsWith('leases ')) : state
  const isSettled = held.join('\n') === wanted.state.join('\n')
  // An older record that cannot be changed is no reason to fail, and left to the next run.
  const isStrayTold = err.includes('is not recorded as superseded')
  if (code === 0 && !isStrayTold) return isSettled ? '' : 'ends with 0, but is not done'
  if (code !== 0 && met.isPassing) return `ends with ${code}: ${err}`
  if (!isStrayTold && !/^ *code: [A-Z_]+$/m.test(err)) return `does not say what is wrong: ${err}`
  // A hook whose answer was lost has failed, as far as anybody knows.
  if (isSettled && !err.includes('HOOK_FAILED')) return `ends with ${code}, but is done: ${err}`

  return repeat(lane, release, wanted)
}

/** Runs the same command again, and says what is wrong then. */
async function repeat(lane: Lane, release: string, wanted: Undisturbed): Promise<string> {
  const { namespace } = lane
  const { row, state } = wanted
  // Of an uninstallation whose last hook failed nothing is left but that hook, as with Helm.
  const again = await run(lane, row, release, row.verb === 'uninstall' ? ' --ignore-not-found' : '')
  if (again.code !== 0) return `the same command ends with ${again.code}: ${again.err}`
  const { deployed, newest } = await deployedOf(namespace, release)
  if (deployed.join() !== (newest === 0 ? '' : String(newest)))
    return `deployed are ${deployed.join()} of ${newest}`
  const objects = objectsIn(await stateOf(namespace, release)).join('\n')
  return objects === objectsIn(state).join('\n') ? '' : `left ${objects}`
}

/** A failed revision of the first run is history, and hooks are those of the last run. */
function objectsIn(state: readonly string[]): string[] {
  return state.filter((line) => !/^secrets sh\.helm\.release|"helm\.sh\/hook"/.test(line))
}

function fits({ on }: FaultRow, { verb, isWrite }: FaultPoint): boolean {
  if (verb === 'WATCH') return on === 'watch'
  return on === 'call' || (on === 'write' && isWrite)
}

/** Every fault at every call, or each call with the next fault in turn, for a share of the calls. */
function meetingsOf(points: readonly FaultPoint[], share: number): Meeting[] {
  const rows = Object.entries(FAULTS)
  const all = inFixedOrder(points).map((point) =>
    rows.flatMap(([name, met]): Meeting[] => (fits(met, point) ? [{ name, point, met }] : [])),
  )
  if (IS_FULL) return all.flat()
  return all.flatMap((meetings, at) => {
    const chosen = meetings[(at * 7) % Math.max(1, meetings.length)]
    return at % share === 0 && chosen !== undefined ? [chosen] : []
  })
}

describe.concurrent('a fault at any call', () => {
  test.each(MATRIX_VERBS)(
    'of $verb is overcome or told, and the same command finishes',
    MATRIX_LIMITS,
    async (row) => {
      const lanes = await openLanes(LANES)
      const wanted = await record(lanes[0], row)
      const meetings = meetingsOf(wanted.points, row.verb === 'upgrade' ? 2 : 5)
      expect(meetings.length).toBeGreaterThan(7)
      const work = async (lane: Lane, each: Meeting): Promise<string> => {
        const failure = await meet(lane, each, wanted).catch(String)
        return failure && `${each.name} at ${describePoint(each.point)}: ${failure}`
      }
      expect(await workThrough(`faults of ${row.verb}`, lanes, meetings, work)).toEqual([])
    },
  )
})
