import type { JsonObject } from '../base/json.ts'
import { deadOperator } from '../migrate/dead-operators.ts'
import { itemsAt, textAt, valueAt } from '../migrate/field-path.ts'
import type { Rule } from './rule.ts'

/** A rule of a role that gives more than a reader of the chart would expect. */
export interface RbacOffence {
  rule: 'rbac-wildcard' | 'rbac-secrets'
  /** Position among the role's rules. */
  at: number
}

/** Finds rights with "*", and rights to the Secrets of all namespaces. */
export function rbacOffences(object: JsonObject): RbacOffence[] {
  return itemsAt(object, 'rules').flatMap(({ item, at }): RbacOffence[] => {
    const words = ['apiGroups', 'resources', 'verbs'].flatMap((name) => wordsOf(item, name))
    const isClusterWide = textAt(object, 'kind') === 'ClusterRole' && words.includes('secrets')
    return [
      ...(words.includes('*') ? [{ rule: 'rbac-wildcard', at } as const] : []),
      ...(isClusterWide ? [{ rule: 'rbac-secrets', at } as const] : []),
    ]
  })
}

/** Looks at roles and bindings. */
export const checkRbac: Rule = ({ object, kind, report }) => {
  if (kind === 'Role' || kind === 'ClusterRole') {
    for (const { rule, at } of rbacOffences(object)) report(rule, ['rules', at], MESSAGES[rule])
    for (const { item, at } of itemsAt(object, 'rules')) checkNames(item, at, report)
  }
  if (!kind.endsWith('RoleBinding')) return
  for (const { item, at } of itemsAt(object, 'subjects')) {
    const subject = textAt(item, 'kind')
    if (subject !== 'User' && subject !== 'Group') continue
    if ('namespace' in item) {
      report('user-subject', ['subjects', at, 'namespace'], `a ${subject} is in no namespace`)
    }
    if (!('apiGroup' in item)) {
      report('user-subject', ['subjects', at], 'the subject has no apiGroup')
    }
  }
}

const MESSAGES = {
  'rbac-wildcard': 'a right with "*" also gives what comes later',
  'rbac-secrets': 'a right to the Secrets of all namespaces',
}

function checkNames(item: JsonObject, at: number, report: Parameters<Rule>[0]['report']): void {
  for (const group of wordsOf(item, 'apiGroups')) {
    const dead = deadOperator(group)
    if (dead === undefined) continue
    report(
      'dead-operator',
      ['rules', at, 'apiGroups'],
      `${group} is of ${dead.operator}. ${dead.instead}`,
    )
  }
  if (wordsOf(item, 'apiGroups').includes('') && wordsOf(item, 'resources').includes('endpoints')) {
    const message = 'Endpoints are deprecated since 1.33: EndpointSlices of discovery.k8s.io'
    report('endpoints-deprecated', ['rules', at, 'resources'], message)
  }
}

function wordsOf(rule: JsonObject, name: string): string[] {
  const words = valueAt(rule, name)
  return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : []
}
