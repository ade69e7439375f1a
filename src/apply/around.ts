import type { Hook, HookEvent } from '../manifest/manifest.ts'
import type { Plan } from '../plan/plan.ts'
import type { Release } from '../release/release.ts'
import { runHooks } from './run-hooks.ts'
import type { Site } from './site.ts'
import { waitUntilGone } from './wait-gone.ts'
import { waitUntilReady } from './wait.ts'

/** Stores how the hooks of a release ran. */
export type RecordHooks = (hooks: Hook[]) => Promise<void>

/** What a target that runs hooks does around the writes of objects. */
export interface Around {
  before: (release: Release, record: RecordHooks) => Promise<void>
  /** Waits for what the plan has written or deleted, and runs the hooks that come last. */
  after: (release: Release, plan: Plan, record: RecordHooks) => Promise<void>
  /** Only waits, where nothing has changed. */
  settle: (plan: Plan) => Promise<void>
}

/** How long one step may take when nobody says, in milliseconds. */
const STEP_TIMEOUT = 300_000

/**
 * Hooks and waits around the writes of a verb; its name is what the events are named for.
 *
 * Source: Helm 4.1.4 pkg/action, install.go, upgrade.go, rollback.go, uninstall.go.
 */
export function aroundWrites(
  site: Site,
  verb: 'install' | 'upgrade' | 'rollback' | 'delete',
): Around {
  const { timeout = STEP_TIMEOUT, areHooksOff = false } = site.wait ?? {}
  const run = async (event: HookEvent, release: Release, record: RecordHooks): Promise<void> => {
    if (areHooksOff || !site.cluster.runsHooks) return
    await runHooks(site, { release, event, timeout, record })
  }
  const settle = (plan: Plan): Promise<void> =>
    verb === 'delete' ? waitForDeletion(site, plan, timeout) : waitForObjects(site, plan, timeout)
  return {
    before: (release, record) => run(`pre-${verb}`, release, record),
    after: async (release, plan, record) => {
      await settle(plan)
      await run(`post-${verb}`, release, record)
    },
    settle,
  }
}

async function waitForDeletion(site: Site, { changes }: Plan, timeout: number): Promise<void> {
  if (site.wait?.rules === undefined || !site.cluster.runsHooks) return
  const gone = changes.flatMap(({ op, live }) => (op === 'delete' && live ? [live] : []))
  await waitUntilGone({ ...site, onProgress: site.wait.onProgress }, gone, timeout)
}

/** What an upgrade takes away may go later: a volume, for example, once no pod uses it. */
async function waitForObjects(site: Site, { changes }: Plan, timeout: number): Promise<void> {
  const rules = site.wait?.rules
  if (rules === undefined || !site.cluster.runsHooks) return
  await waitUntilReady(
    { ...site, onProgress: site.wait?.onProgress },
    {
      objects: changes
        .filter(({ op }) => op !== 'delete' && op !== 'keep')
        .map(({ object }) => object),
      rules,
      purpose: 'ready',
      timeout,
    },
  )
}

/** The verb that a pending revision is of, as the events of its hooks are named. */
export function verbOf({ status }: Release): 'install' | 'upgrade' | 'rollback' {
  if (status === 'pending-install') return 'install'
  return status === 'pending-rollback' ? 'rollback' : 'upgrade'
}
