import { describe, expect, test } from 'vitest'
import { auditedWrites, auditMark } from '../support/audit.ts'
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
import { api } from '../support/plane.ts'
import { pkg } from '../support/plane-cli.ts'
import { stateOf } from '../support/release-state.ts'

/*
 * A run is told to end at one of its calls. It gives the lock back, leaves a record that says so,
 * and ends as the signal asks; the same command then gets to where a run gets that nobody
 * disturbed, and no hook is made twice.
 */

const LANES = 6
/** A share of the calls is enough where all are alike. */
const EVERY = IS_FULL ? 1 : 4

const SIGNALS = [
  { mode: 'term-before', exit: 143, code: 'TERMINATED' },
  { mode: 'int-before', exit: 130, code: 'INTERRUPTED' },
] as const

const { lineOf, prepared, runProcess } = useMatrix('s')

/** Hooks by how often the server has made them. */
async function hooksMade(mark: number, release: string): Promise<string[]> {
  const names = ['settings', 'before', 'after'].map((name) => `${release}-${name}`)
  const writes = await auditedWrites(
    mark,
    ({ name, status }) => status === 201 && names.includes(name),
  )
  return writes.map(({ name }) => name.replace(release, 'RELEASE')).sort()
}

async function record(lane: Lane, row: MatrixVerb) {
  const release = await prepared(row, lane.namespace)
  const mark = auditMark()
  lane.proxy.begin()
  const { code, stderr } = await runProcess(lane, row, release)
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  return {
    row,
    points: pointsOf(lane.proxy.calls, release),
    state: await stateOf(lane.namespace, release),
    hooks: await hooksMade(mark, release),
  }
}

interface Stop {
  point: FaultPoint
  signal: (typeof SIGNALS)[number]
  wanted: Awaited<ReturnType<typeof record>>
}

/** Ends a run at a point, repeats the command, and says what is wrong; empty when nothing is. */
async function stopAndRepeat(lane: Lane, { point, signal, wanted }: Stop): Promise<string> {
  const { namespace, proxy } = lane
  const { row } = wanted
  const release = await prepared(row, namespace)
  const mark = auditMark()
  proxy.begin([ruleAt(point, release, { mode: signal.mode })])
  const { code, stderr } = await runProcess(lane, row, release)
  if (!proxy.calls.some(({ mode }) => mode === signal.mode)) {
    // What is ready at once is not watched.
    return point.verb === 'WATCH' ? '' : 'the point was not met'
  }
  if (code !== 0 && code !== signal.exit) return `ends with ${code}: ${stderr}`
  if (code !== 0 && !stderr.includes(`code: ${signal.code}`)) return `does not say why: ${stderr}`
  const lease = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/pkg-${release}`
  if ((await api('GET', lease)).status !== 404) return 'keeps the lock'
  const stopped = await stateOf(namespace, release)
  if (stopped.some((line) => / pending-/.test(line))) return `leaves ${stopped.join('\n')}`

  proxy.begin()
  if (code !== 0) {
    const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
    const again = await pkg(namespace, lineOf(row, release), env)
    if (again.code !== 0) return `the same command ends with ${again.code}: ${again.err}`
  }
  const state = await stateOf(namespace, release)
  if (state.join('\n') !== wanted.state.join('\n')) return `gets to ${state.join('\n')}`
  const hooks = await hooksMade(mark, release)
  return hooks.join() === wanted.hooks.join() ? '' : `made the hooks ${hooks.join()}`
}

describe.concurrent('a signal at any call', () => {
  test.each(MATRIX_VERBS)(
    'of $verb ends it in order, and the same command does the rest',
    MATRIX_LIMITS,
    async (row) => {
      const lanes = await openLanes(LANES / 2)
      const wanted = await record(lanes[0], row)
      expect(wanted.hooks).toEqual(['RELEASE-after', 'RELEASE-before', 'RELEASE-settings'])
      const stops = inFixedOrder(wanted.points).flatMap((point, at): Stop[] => {
        const chosen = IS_FULL ? SIGNALS : [SIGNALS[(at / EVERY) % 2 < 1 ? 0 : 1]]
        return at % EVERY === 0 ? chosen.map((signal) => ({ point, signal, wanted })) : []
      })
      const work = async (lane: Lane, stop: Stop): Promise<string> => {
        const failure = await stopAndRepeat(lane, stop).catch(String)
        return failure && `${stop.signal.mode} ${describePoint(stop.point)}: ${failure}`
      }
      expect(await workThrough(`signals of ${row.verb}`, lanes, stops, work)).toEqual([])
    },
  )
})
