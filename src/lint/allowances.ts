import type { Chart } from '../chart/chart.ts'
import type { PodSecurityLevel } from '../migrate/migrate-pod-security.ts'
import { isPodSecurityLevel } from './pod-security.ts'

/** A finding that a chart has a reason for. */
export interface Allowance {
  rule: string
  /** `ClusterRole/*-operator`; "*" stands for any text. */
  object: string
  reason: string
}

/** What a chart declares of itself. */
export interface Declaration {
  declared: PodSecurityLevel | undefined
  allowed: Allowance[]
}

/** The annotation that names the Pod Security level which a chart's pods need. */
const LEVEL = 'kubectl-pkg/pod-security'

/** The annotation of findings that a chart has reasons for: a line `RULE KIND/NAME: reason` each. */
const ALLOW = 'kubectl-pkg/lint-allow'

/** Reads what a chart declares in the annotations of its Chart.yaml. */
export function declarationOf(chart: Chart): Declaration {
  const { annotations } = chart.metadata
  const level = annotations?.get(LEVEL) ?? ''
  const lines = (annotations?.get(ALLOW) ?? '').split('\n')
  const allowed = lines.flatMap((line) => {
    const [, rule = '', object = '', reason = ''] = /^\s*(\S+) (\S+): (.+)$/.exec(line) ?? []
    return rule === '' ? [] : [{ rule, object, reason }]
  })
  return { declared: isPodSecurityLevel(level) ? level : undefined, allowed }
}

/** Whether the finding is one that there is a reason for. */
export function isAllowed({ rule, object }: Allowance, found: string, at: string): boolean {
  if (rule !== found) return false
  const parts = object
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`).test(at)
}
