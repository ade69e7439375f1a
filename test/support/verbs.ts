import { applyPlanFile } from '../../src/actions/apply-plan-file.ts'
import type { Connections } from '../../src/actions/connections.ts'
import { install } from '../../src/actions/install.ts'
import { planRelease } from '../../src/actions/plan.ts'
import { rollback } from '../../src/actions/rollback.ts'
import { uninstall } from '../../src/actions/uninstall.ts'
import { upgrade } from '../../src/actions/upgrade.ts'
import type { PlanDocument } from '../../src/plan/plan-document.ts'
import { configMapChart } from './target.ts'

/** The release that every verb is about. */
export const release = { name: 'web', namespace: 'apps' }
const values = new Map()
/** Charts by reference, of two versions. */
export const charts = {
  // The upgrade changes two objects, removes one and adds one.
  './web': configMapChart({ a: '1', b: '1', gone: '1', same: '1' }),
  './web2': configMapChart({ a: '2', b: '2', added: '2', same: '1' }, '2.0.0'),
}

/** One command of one process. */
export type Run = (connections: Connections) => Promise<unknown>

const installs: Run = (connections) => install(connections, { release, chart: './web', values })
const upgrades: Run = (connections) =>
  upgrade(connections, { release, chart: './web2', values, install: true, historyMax: 2 })

let planned: PlanDocument | undefined
const installsAndPlans: Run = async (connections) => {
  await installs(connections)
  const wanted = { release, chart: './web2', values }
  planned = (await planRelease(connections, wanted, (value) => value)).document
}
const applies: Run = (connections) => {
  if (planned === undefined) throw new Error('nothing is planned yet')
  return applyPlanFile(connections, planned)
}

export interface VerbRow {
  verb: string
  before: Run[]
  run: Run
  /** What finishes a run that is recorded as failed, where it is not the same command. */
  finish?: Run
}

/** Every verb, with the runs that go before it. */
export const VERBS: VerbRow[] = [
  { verb: 'install', before: [], run: installs },
  { verb: 'upgrade', before: [installs], run: upgrades },
  {
    verb: 'upgrade that drops history',
    before: [installs, (connections) => upgrade(connections, { release, chart: './web2', values })],
    run: (connections) => upgrade(connections, { release, chart: './web', values, historyMax: 2 }),
  },
  {
    verb: 'rollback to the one before',
    before: [installs, upgrades],
    run: (connections) => rollback(connections, { release }),
    finish: (connections) => rollback(connections, { release, revision: 1 }),
  },
  {
    verb: 'rollback to a revision',
    before: [installs, upgrades],
    run: (connections) => rollback(connections, { release, revision: 1 }),
  },
  {
    verb: 'uninstall',
    before: [installs, upgrades],
    run: (connections) => uninstall(connections, { release }),
  },
  {
    verb: 'uninstall that keeps history',
    before: [installs, upgrades],
    run: (connections) => uninstall(connections, { release, keepHistory: true }),
  },
  {
    verb: 'apply of a plan',
    before: [installsAndPlans],
    run: applies,
    // What has failed is no longer what the plan was made for.
    finish: upgrades,
  },
]
