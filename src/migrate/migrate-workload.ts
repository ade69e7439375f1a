import { isJsonObject, type JsonObject } from '../base/json.ts'
import { objectAt, textAt, valueAt } from './field-path.ts'
import type { Migration } from './migration.ts'
import { putBefore, take } from './reshape.ts'

/** How the old API versions say "no limit": the largest integer that their field holds. */
const NO_LIMIT = 2_147_483_647

/**
 * Rewrites a Deployment, DaemonSet, StatefulSet or ReplicaSet for apps/v1: the selector is
 * written out, and so are defaults that are others now.
 */
export function migrateWorkload(object: JsonObject, migration: Migration): JsonObject {
  const from = textAt(object, 'apiVersion')
  const spec = objectAt(object, 'spec')
  if (spec === undefined) return object
  writeSelector(spec, migration)
  dropOldFields(spec, migration)
  const kind = textAt(object, 'kind')
  if (kind === 'Deployment') writeDeploymentDefaults(spec, { from, migration })
  const wasManual = from === 'extensions/v1beta1' || from === 'apps/v1beta1'
  if (wasManual && (kind === 'DaemonSet' || kind === 'StatefulSet')) {
    const strategy = objectAt(spec, 'updateStrategy')
    if (strategy?.['type'] === undefined) {
      spec['updateStrategy'] = { ...strategy, type: 'OnDelete' }
      noteDefault(migration, 'spec.updateStrategy.type', 'OnDelete')
    }
  }
  return object
}

function writeSelector(spec: JsonObject, { note }: Migration): void {
  if (isJsonObject(spec['selector'])) return
  const labels = objectAt(spec, 'template', 'metadata', 'labels')
  if (labels === undefined || (spec['selector'] !== undefined && spec['selector'] !== null)) return
  putBefore(spec, 'template', ['selector', { matchLabels: { ...labels } }])
  note('rewritten', 'spec.selector', 'the labels of the template, which no update can change')
}

function dropOldFields(spec: JsonObject, { note }: Migration): void {
  if (take(spec, 'rollbackTo') !== undefined) {
    note('dropped', 'spec.rollbackTo', 'going back is a command today')
  }
  if (take(spec, 'templateGeneration') !== undefined) {
    note('dropped', 'spec.templateGeneration', 'the controller counts itself')
  }
}

function writeDeploymentDefaults(
  spec: JsonObject,
  { from, migration }: { from: string; migration: Migration },
): void {
  const write = (key: string, value: number): void => {
    if (typeof spec[key] === 'number') return
    putBefore(spec, 'template', [key, value])
    noteDefault(migration, `spec.${key}`, value === NO_LIMIT ? 'no limit' : String(value))
  }
  if (from === 'apps/v1beta1') write('revisionHistoryLimit', 2)
  if (from !== 'extensions/v1beta1') return
  write('progressDeadlineSeconds', NO_LIMIT)
  write('revisionHistoryLimit', NO_LIMIT)
  writeStrategy(spec, migration)
}

function writeStrategy(spec: JsonObject, migration: Migration): void {
  const type = valueAt(spec, 'strategy', 'type') ?? 'RollingUpdate'
  if (type !== 'RollingUpdate') return
  const given = objectAt(spec, 'strategy', 'rollingUpdate') ?? {}
  const defaults = ['maxSurge', 'maxUnavailable'].filter((key) => (given[key] ?? null) === null)
  if (defaults.length === 0) return
  const rollingUpdate = { ...given, ...Object.fromEntries(defaults.map((key) => [key, 1])) }
  putBefore(spec, 'template', ['strategy', { type, rollingUpdate }])
  for (const key of defaults) noteDefault(migration, `spec.strategy.rollingUpdate.${key}`, '1')
}

function noteDefault({ note }: Migration, path: string, value: string): void {
  note('rewritten', path, `the old default, ${value}, written out`)
}
