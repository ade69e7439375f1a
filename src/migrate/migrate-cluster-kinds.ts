import { isJsonObject, type JsonObject } from '../base/json.ts'
import { isClusterScoped } from './cluster-scoped.ts'
import { itemsAt, objectAt, textAt } from './field-path.ts'
import type { Migration } from './migration.ts'
import { rename, take } from './reshape.ts'

/** Kinds whose new version has the same fields; a namespace that means nothing goes. */
export function migrateSame(object: JsonObject, { note }: Migration): JsonObject {
  const metadata = objectAt(object, 'metadata')
  const isLost = isClusterScoped(textAt(object, 'kind')) && metadata?.['namespace'] !== undefined
  if (metadata !== undefined && isLost) {
    delete metadata['namespace']
    note('dropped', 'metadata.namespace', `a ${textAt(object, 'kind')} is in no namespace`)
  }
  return object
}

/** A SubjectAccessReview's groups are called so. */
export function migrateReview(object: JsonObject, { note }: Migration): JsonObject {
  const spec = objectAt(object, 'spec')
  if (spec !== undefined && 'group' in spec) {
    rename(spec, 'group', 'groups')
    note('rewritten', 'spec.groups', 'was spec.group')
  }
  return object
}

/** An empty selector of a budget selected no pod, and selects every pod today. */
export function migrateBudget(object: JsonObject, { note }: Migration): JsonObject {
  const spec = objectAt(object, 'spec')
  const selector = spec?.['selector']
  if (spec !== undefined && isJsonObject(selector) && Object.keys(selector).length === 0) {
    delete spec['selector']
    note('rewritten', 'spec.selector', 'left out: "{}" selected no pod, today it selects all')
  }
  return object
}

/** An endpoint's node and zone are fields of their own. */
export function migrateSlice(object: JsonObject, { note }: Migration): JsonObject {
  for (const { item: endpoint, at } of itemsAt(object, 'endpoints')) {
    const topology = take(endpoint, 'topology')
    if (!isJsonObject(topology)) continue
    const node = take(topology, 'kubernetes.io/hostname')
    const zone = take(topology, 'topology.kubernetes.io/zone')
    if (node !== undefined) endpoint['nodeName'] = node
    if (zone !== undefined) endpoint['zone'] = zone
    const path = `endpoints[${at}].topology`
    note('rewritten', path, 'node and zone are nodeName and zone')
    for (const key of Object.keys(topology)) {
      note('dropped', `${path}["${key}"]`, 'no field stands for it')
    }
  }
  return object
}

/** Shares of a priority level have another name since flowcontrol v1beta3. */
export function migratePriorityLevel(object: JsonObject, { note }: Migration): JsonObject {
  const limited = objectAt(object, 'spec', 'limited')
  if (limited === undefined) return object
  if ('assuredConcurrencyShares' in limited) {
    rename(limited, 'assuredConcurrencyShares', 'nominalConcurrencyShares')
    note('rewritten', 'spec.limited.nominalConcurrencyShares', 'was assuredConcurrencyShares')
  }
  if (limited['nominalConcurrencyShares'] === 0) {
    limited['nominalConcurrencyShares'] = 30
    note('rewritten', 'spec.limited.nominalConcurrencyShares', '0 meant the default, 30')
  }
  return object
}
