import { beforeAll, describe, expect, test } from 'vitest'
import { builtCli, startBuilt } from '../support/built-cli.ts'
import { describePoint, pointsOf, ruleAt, type FaultPoint } from '../support/fault-points.ts'
import { startFaultProxy, writesOf, type FaultProxy } from '../support/fault-proxy.ts'
import { writeMatrixCharts, type MatrixCharts } from '../support/matrix-chart.ts'
import { eventually, freshNamespace } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { stateOf } from '../support/release-state.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/*
 * A process that holds a release is stopped for longer than its Lease lasts, as a laptop is that
 * sleeps. Another run takes the release over. When the first one goes on, it writes nothing more.
 */

/** How many of the writes are visited. */
const VISITED = 5

let home: string
let charts: MatrixCharts
beforeAll(() => {
  home = temporaryFolder()
  charts = writeMatrixCharts(home)
  builtCli()
})

function upgrade(proxy: FaultProxy, namespace: string, release: string) {
  const line = `upgrade ${release} ${charts.two} --no-hooks --namespace ${namespace}`
  const env = { KUBECONFIG: proxy.kubeconfig({ namespace }) }
  const run = startBuilt(line.split(' '), { cwd: home, env })
  proxy.strike(run.child)
  return run
}

/** Writes, but for those of Leases and questions of rights. */
function ownWrites(proxy: FaultProxy): number {
  return writesOf(proxy.calls).filter(
    ({ path }) => !path.includes('/leases') && !path.includes('/selfsubjectaccessreviews'),
  ).length
}

interface Sleeper {
  point: FaultPoint
  /** Whether the call is answered while it sleeps, or was refused and is to be tried again. */
  isRefused: boolean
}

/** Says what is wrong; empty when nothing is. */
async function sleepThrough(namespace: string, release: string, { point, isRefused }: Sleeper) {
  const proxy = await startFaultProxy(() => false)
  await pkgOk(namespace, `install ${release} ${charts.one} --no-hooks`)
  let stop: () => void = () => undefined
  const write = async (): Promise<void> => stop()
  const fault = isRefused
    ? ({ mode: '429', retryAfter: '3' } as const)
    : ({ mode: 'second-writer', write } as const)
  proxy.begin([ruleAt(point, release, fault)])
  const { child, end } = upgrade(proxy, namespace, release)
  let isStopped = false
  stop = () => (isStopped = child.kill('SIGSTOP'))
  await eventually(async () => proxy.calls.some(({ mode }) => mode === fault.mode) || isStopped)
  stop()

  const second = `upgrade ${release} ${charts.one} --set a=b --lock-timeout 3m --no-hooks`
  const other = await pkg(namespace, second)
  if (other.code !== 0) return `the other run ends with ${other.code}: ${other.err}`
  const [state, writes] = [await stateOf(namespace, release), ownWrites(proxy)]
  child.kill('SIGCONT')
  const { code, stderr } = await end
  const after = await stateOf(namespace, release)
  const more = ownWrites(proxy) - writes
  await proxy.close()
  if (code !== 4 || !stderr.includes('code: LOCK_LOST')) return `ends with ${code}: ${stderr}`
  if (more > 0) return `makes ${more} writes more`
  return after.join('\n') === state.join('\n') ? '' : `changes ${after.join('\n')}`
}

describe.concurrent('a process that sleeps longer than its Lease lasts', () => {
  test('writes nothing when it goes on, wherever it was stopped', async () => {
    const namespace = await freshNamespace()
    const proxy = await startFaultProxy(() => false)
    await pkgOk(namespace, `install z0 ${charts.one} --no-hooks`)
    proxy.begin()
    await upgrade(proxy, namespace, 'z0').end
    const points = pointsOf(proxy.calls, 'z0').filter(
      ({ isWrite, path }) => isWrite && !path.includes('/leases'),
    )
    await proxy.close()
    expect(points.length).toBeGreaterThan(5)

    const step = Math.max(1, Math.floor(points.length / VISITED))
    // After the last write there is nothing left to refrain from.
    const visited = points.slice(0, -1).filter((_, at) => at % step === 0)
    const sleepers = [
      ...visited.map((point): Sleeper => ({ point, isRefused: false })),
      ...visited.slice(0, 3).map((point): Sleeper => ({ point, isRefused: true })),
    ]
    const failures = await Promise.all(
      sleepers.map(async (sleeper, at) => {
        const failure = await sleepThrough(namespace, `z${at + 1}`, sleeper).catch(String)
        const { point, isRefused } = sleeper
        return failure && `${isRefused ? 'refused' : 'sent'} ${describePoint(point)}: ${failure}`
      }),
    )
    expect(failures.filter(Boolean)).toEqual([])
  })
})
