import type { Json, JsonObject } from '../base/json.ts'
import { textAt, valueAt } from './field-path.ts'
import type { Migration } from './migration.ts'

/** Levels of the Pod Security Standards, from the one that allows all. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted'

/** A PodSecurityPolicy has no successor; namespaces have labels instead, which the note names. */
export function migratePodSecurityPolicy(object: JsonObject, { note }: Migration): undefined {
  const level = nearestLevel(object)
  const label = `pod-security.kubernetes.io/enforce: ${level}`
  note('rewritten', 'spec', `no object: the nearest to it is the namespace label ${label}`)
  note('needed', 'metadata.labels', 'which namespaces get the label, only you can say')
  const volumes = valueAt(object, 'spec', 'volumes')
  const allowed = Array.isArray(volumes) ? volumes : []
  if (level === 'baseline' && allowed.some((name) => name === '*' || name === 'hostPath')) {
    note('dropped', 'spec.volumes', 'hostPath, which it allowed, is forbidden by "baseline"')
  }
  return undefined
}

/** The strictest level that allows what the policy asks of pods, volumes aside. */
function nearestLevel(policy: JsonObject): PodSecurityLevel {
  const field = (key: string): Json | undefined => valueAt(policy, 'spec', key)
  const opens = ['privileged', 'hostNetwork', 'hostPID', 'hostIPC']
  const capabilities = field('allowedCapabilities')
  const addsAny = Array.isArray(capabilities) && capabilities.includes('*')
  if (addsAny || opens.some((key) => field(key) === true)) return 'privileged'
  const dropped = field('requiredDropCapabilities')
  const dropsAll = Array.isArray(dropped) && dropped.includes('ALL')
  const isNonRoot = textAt(policy, 'spec', 'runAsUser', 'rule') === 'MustRunAsNonRoot'
  const cannotEscalate = field('allowPrivilegeEscalation') === false
  return dropsAll && isNonRoot && cannotEscalate ? 'restricted' : 'baseline'
}
