import type { Json, JsonObject } from '../base/json.ts'
import { itemsAt, objectAt, textAt } from './field-path.ts'
import type { Migration } from './migration.ts'
import { isServed, movedApi } from './moved-apis.ts'
import { take } from './reshape.ts'

/**
 * Rewrites a HorizontalPodAutoscaler for autoscaling/v2: what a metric should be is one field,
 * `target`. Metrics of v2beta2 have this form already.
 */
export function migrateAutoscaler(object: JsonObject, { note }: Migration): JsonObject {
  if (textAt(object, 'apiVersion') !== 'autoscaling/v2beta1') return object
  for (const { item: metric, at } of itemsAt(object, 'spec', 'metrics')) {
    const source = objectAt(metric, SOURCES[textAt(metric, 'type')] ?? '')
    if (source === undefined) continue
    migrateSource(source, textAt(metric, 'type'))
    note('rewritten', `spec.metrics[${at}]`, 'targets are in one field, "target"')
  }
  return object
}

/**
 * Tells whether an autoscaler, of whatever version, scales a workload by an API version that is not
 * served: it would find nothing to scale.
 */
export function scalesMoved(object: JsonObject, { minor }: Migration): boolean {
  return newApiOfTarget(object, minor) !== undefined
}

/** Writes the API version that has the workload now. */
export function migrateScaleTarget(object: JsonObject, { minor, note }: Migration): JsonObject {
  const target = objectAt(object, 'spec', 'scaleTargetRef') ?? {}
  target['apiVersion'] = newApiOfTarget(object, minor) ?? null
  note('rewritten', 'spec.scaleTargetRef.apiVersion', 'the workload is found by its new one')
  return object
}

function newApiOfTarget(object: JsonObject, minor: number): string | undefined {
  if (textAt(object, 'kind') !== 'HorizontalPodAutoscaler') return undefined
  const target = objectAt(object, 'spec', 'scaleTargetRef')
  const moved = movedApi(textAt(target, 'apiVersion'), textAt(target, 'kind'))
  return moved === undefined || isServed(moved, minor) ? undefined : moved.to
}

const SOURCES: Record<string, string> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}

function migrateSource(source: JsonObject, type: string): void {
  if (type === 'Object') {
    const described = take(source, 'target')
    if (described !== undefined) source['describedObject'] = described
  }
  const name = take(source, 'metricName')
  const selector = take(source, 'selector') ?? take(source, 'metricSelector')
  if (name !== undefined) {
    source['metric'] = { name, ...(selector !== undefined && { selector }) }
  }
  source['target'] = targetOf(source)
}

function targetOf(source: JsonObject): Json {
  const averageUtilization = take(source, 'targetAverageUtilization')
  const averageValue = take(source, 'targetAverageValue') ?? take(source, 'averageValue')
  const value = take(source, 'targetValue')
  if (averageUtilization !== undefined) return { type: 'Utilization', averageUtilization }
  if (averageValue !== undefined) return { type: 'AverageValue', averageValue }
  return { type: 'Value', value: value ?? null }
}
