import type { KubeObject } from '../manifest/object.ts'
import { customReadiness } from './readiness-custom.ts'
import { annotatedReadiness } from './readiness-expressions.ts'
import {
  annotationOf,
  at,
  conditionOf,
  describeCondition,
  groupOfObject,
  numberAt,
  textAt,
} from './readiness-fields.ts'
import { LEGACY_RULES } from './readiness-legacy.ts'
import { jobHasEnded, podHasEnded, RULES } from './readiness-rules.ts'
import { failed, progressing, ready, type Readiness, type Rule } from './readiness-verdict.ts'

export interface ReadinessRules {
  /**
   * `current`: all of an object is as its spec wants it; `legacy`: as Helm's older rules say,
   * by which a few replicas may be missing and custom resources are never looked at; `hook`:
   * Jobs and Pods have ended well, CRDs are established.
   */
  by: 'current' | 'legacy' | 'hook'
  /** Jobs have completed, not only begun. */
  jobs?: boolean
}

/** Takes an object out of what is waited for: `"false"`. */
const WAIT_ANNOTATION = 'kubectl-pkg/wait'

/** Groups of Kubernetes itself: what has no rule there is ready once it is applied. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
])

/** Whether there is anything to wait for: a ConfigMap is ready once it is applied. */
export function isWaitedFor(object: KubeObject, rules: ReadinessRules): boolean {
  if (annotationOf(object, WAIT_ANNOTATION) === 'false') return false
  return ruleOf(object, rules) !== undefined
}

/**
 * Whether the object, as the target holds it, is ready.
 *
 * Source: the behaviour of kstatus (sigs.k8s.io/cli-utils pkg/kstatus/status), which Helm 4.1.4
 * waits by; the documentation of waits lists where it differs.
 */
export function readinessOf(object: KubeObject, rules: ReadinessRules): Readiness {
  const rule = ruleOf(object, rules)
  if (rule === undefined) return ready('is applied')
  if (textAt(object, 'metadata', 'deletionTimestamp') !== '') {
    return progressing('is being deleted')
  }
  return annotatedReadiness(object) ?? unobserved(object) ?? rule(object)
}

function ruleOf(object: KubeObject, { by, jobs = false }: ReadinessRules): Rule | undefined {
  const key = `${groupOfObject(object)}/${object.kind}`
  if (key === 'batch/Job' && (by === 'hook' || jobs)) return jobHasEnded
  if (by === 'hook') {
    if (key === '/Pod') return podHasEnded
    return key === 'apiextensions.k8s.io/CustomResourceDefinition' ? RULES[key] : undefined
  }
  if (by === 'legacy') return LEGACY_RULES[key]
  return RULES[key] ?? (BUILT_IN_GROUPS.has(groupOfObject(object)) ? undefined : customReadiness)
}

/** What holds for every kind: its controller has not come to it, or says so itself. */
function unobserved(object: KubeObject): Readiness | undefined {
  const generation = numberAt(object, 'metadata', 'generation')
  const observed = numberAt(object, 'status', 'observedGeneration')
  if (generation !== undefined && observed !== undefined && observed < generation) {
    return progressing('waits for its controller to see the change')
  }
  if (at(object, 'status', 'conditions') === undefined) return undefined
  const stalled = conditionOf(object, 'Stalled')
  if (stalled?.status === 'True') return failed(describeCondition(stalled))
  const reconciling = conditionOf(object, 'Reconciling')
  if (reconciling?.status !== 'True') return undefined
  return progressing(describeCondition(reconciling))
}
