import type { KubeObject } from '../manifest/object.ts'
import { at, conditionsOf, describeCondition, textAt } from './readiness-fields.ts'
import { progressing, ready, type Readiness } from './readiness-verdict.ts'

/** Conditions that say of custom resources that they are ready; the first that is there counts. */
const READY_CONDITIONS = [
  'Ready',
  'Available',
  'Healthy',
  'Programmed',
  'Established',
  'Succeeded',
  'Complete',
  'Completed',
  'Synced',
  'Accepted',
] as const

/** Phases, in lower case, of resources that have no such condition. */
const READY_PHASES: ReadonlySet<string> = new Set([
  'active',
  'available',
  'bound',
  'complete',
  'completed',
  'deployed',
  'established',
  'healthy',
  'online',
  'ready',
  'running',
  'succeeded',
  'synced',
])
const STARTING_PHASES =
  /^(pending|creating|provisioning|progressing|installing|initiali[sz]ing|starting|updating|deploying|reconciling|waiting|unknown|failed|failure|error|degraded|invalid)$/i

/** How long a resource without any status may be left to a controller that has yet to write it. */
const STATUS_WINDOW = 2000

/**
 * Custom resources by their own words: a condition, else a phase, else any status at all, else
 * that nobody writes a status for a while.
 */
export function customReadiness(object: KubeObject): Readiness {
  const conditions = conditionsOf(object)
  for (const type of READY_CONDITIONS) {
    const condition = conditions.find((each) => each.type === type)
    if (condition === undefined) continue
    if (condition.status === 'True') return ready(`${type} is True`)
    return progressing(describeCondition(condition))
  }
  const phase = textAt(object, 'status', 'phase') || textAt(object, 'status', 'state')
  if (READY_PHASES.has(phase.toLowerCase())) return ready(`is ${phase}`)
  if (STARTING_PHASES.test(phase)) return progressing(`is ${phase}`)
  if (at(object, 'status') !== undefined && Object.keys(at(object, 'status') ?? {}).length > 0) {
    return ready('has a status, and no condition that says more')
  }
  return {
    ...progressing('has no status; taken for ready when none comes'),
    settles: { into: 'ready', after: STATUS_WINDOW },
  }
}
