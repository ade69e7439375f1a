import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { groupOf, valueAt } from './content.ts'
import { managedEntries, isOwn, type ManagedEntry } from './managed-fields.ts'

/*
 * Some fields are set by controllers as they run: the number of replicas by an autoscaler,
 * the CA of a webhook by whoever makes the certificate, the rules of a role that is the sum of
 * others. A chart that sets them too would undo their work with every upgrade, so such fields are
 * left to their owners.
 */

/** An object without the fields that are left to others, and what people are told of it. */
export interface Yielded {
  object: KubeObject
  notices: string[]
}

export interface YieldFacts {
  /** As the target holds it; undefined before it is created. */
  live: KubeObject | undefined
  /** HorizontalPodAutoscalers and ScaledObjects, live and wanted, of its namespace. */
  scalers: readonly KubeObject[]
  /** Field manager of this program. */
  manager: string
}

/** Leaves fields out of an object that a controller sets at the target. */
export function yieldFields(object: KubeObject, facts: YieldFacts): Yielded {
  const scaled = yieldReplicas(object, facts)
  const trusted = yieldCaBundles(scaled.object, facts)
  const summed = yieldRules(trusted.object, facts)
  const notices = [...scaled.notices, ...trusted.notices, ...summed.notices]
  return { object: summed.object, notices }
}

/** Whether the object has a number of replicas that an autoscaler may own. */
export function isScalable(object: KubeObject): boolean {
  return typeof valueAt(object, 'spec', 'replicas') === 'number' && object.kind !== 'ScaledObject'
}

/** Managers that only ever write for an autoscaler; what they set goes with it. */
const SCALERS: ReadonlySet<string> = new Set(['keda', 'keda-operator', 'kube-controller-manager'])

/** Whether a field was set by an autoscaler, that may be gone by now. */
export function isScalers({ manager, subresource }: ManagedEntry): boolean {
  return subresource === 'scale' && SCALERS.has(manager)
}

/**
 * A field that nobody else manages would fall back to its default when it is left out: then
 * the live value is applied instead.
 */
function yieldReplicas(object: KubeObject, { live, scalers, manager }: YieldFacts): Yielded {
  const scaler = scalers.find((each) => isTargeting(each, object))
  const { spec } = object
  if (live === undefined || scaler === undefined || !isScalable(object) || !isJsonObject(spec)) {
    return { object, notices: [] }
  }
  const count = valueAt(live, 'spec', 'replicas')
  const isShared = ownersOf(live, ['spec', 'replicas']).some((entry) => !isOwn(entry, manager))
  const { replicas: wanted, ...rest } = spec
  const kept = !isShared && count !== undefined ? { ...rest, replicas: count } : rest
  const label = describeObject(object)
  const text = `spec.replicas of ${label} is left to ${describeObject(scaler)}: ${JSON.stringify(count)}, not ${JSON.stringify(wanted)}`
  return { object: { ...object, spec: kept }, notices: wanted === count ? [] : [text] }
}

function isTargeting(scaler: KubeObject, object: KubeObject): boolean {
  const target = valueAt(scaler, 'spec', 'scaleTargetRef')
  if (!isJsonObject(target) || scaler.metadata['namespace'] !== object.metadata['namespace']) {
    return false
  }
  const { name, kind = 'Deployment', apiVersion = 'apps/v1' } = target
  if (name !== object.metadata.name || kind !== object.kind) return false
  return typeof apiVersion === 'string' && apiVersion.split('/')[0] === groupOf(object)
}

/** Where webhooks and their like hold the CA that their callers trust. */
const CA_PLACES: Readonly<Record<string, readonly string[]>> = {
  CustomResourceDefinition: ['spec', 'conversion', 'webhook', 'clientConfig'],
  APIService: ['spec'],
}

function yieldCaBundles(object: KubeObject, { live, manager }: YieldFacts): Yielded {
  if (live === undefined) return { object, notices: [] }
  if (/^(Mutating|Validating)WebhookConfiguration$/.test(object.kind)) {
    return yieldWebhooks(object, live, manager)
  }
  const place = CA_PLACES[object.kind]
  if (place === undefined || valueAt(object, ...place, 'caBundle') === undefined) {
    return { object, notices: [] }
  }
  const owner = foreignOwner(ownersOf(live, [...place, 'caBundle']), manager)
  if (owner === undefined) return { object, notices: [] }
  const path = [...place, 'caBundle'].join('.')
  return { object: without(object, [...place, 'caBundle']), notices: [told(object, path, owner)] }
}

function yieldWebhooks(object: KubeObject, live: KubeObject, manager: string): Yielded {
  const webhooks = object['webhooks']
  if (!Array.isArray(webhooks)) return { object, notices: [] }
  const notices: string[] = []
  const kept = webhooks.map((webhook): Json => {
    if (!isJsonObject(webhook)) return webhook
    const { name } = webhook
    const { owner, fields } = controlledFields(webhook, live, manager)
    if (owner === undefined) return webhook
    for (const field of fields) {
      notices.push(told(object, `webhooks[name=${JSON.stringify(name)}].${field.join('.')}`, owner))
    }
    return fields.reduce(without, webhook)
  })
  return { object: notices.length === 0 ? object : { ...object, webhooks: kept }, notices }
}

/**
 * Finds who writes the CA of a webhook, and what the chart sets that is theirs. A program that
 * serves its own webhook also says what becomes of requests while it does not answer, but
 * whoever else changes that is in conflict with the chart.
 */
function controlledFields(
  webhook: JsonObject,
  live: KubeObject,
  manager: string,
): { owner: ManagedEntry | undefined; fields: string[][] } {
  const key = `k:${JSON.stringify({ name: webhook['name'] ?? null })}`
  const ownersOfField = (path: readonly string[]): ManagedEntry[] =>
    ownersAt(live, ['f:webhooks', key, ...path.map((each) => `f:${each}`)])
  const owner = foreignOwner(ownersOfField(['clientConfig', 'caBundle']), manager)
  const fields = [['clientConfig', 'caBundle'], ['failurePolicy']].filter(
    (path) =>
      valueAt(webhook, ...path) !== undefined &&
      ownersOfField(path).some((entry) => entry.manager === owner?.manager),
  )
  return { owner, fields }
}

/** The rules of a role with an aggregation rule; that a chart leaves them empty needs no notice. */
function yieldRules(object: KubeObject, { live, manager }: YieldFacts): Yielded {
  const { kind, rules } = object
  const isSum = kind === 'ClusterRole' && isJsonObject(object['aggregationRule'])
  if (live === undefined || !isSum || rules === undefined) return { object, notices: [] }
  const owner = foreignOwner(ownersOf(live, ['rules']), manager)
  if (owner === undefined) return { object, notices: [] }
  const hasRules = Array.isArray(rules) && rules.length > 0
  return {
    object: without(object, ['rules']),
    notices: hasRules ? [told(object, 'rules', owner)] : [],
  }
}

function told(object: KubeObject, path: string, owner: ManagedEntry): string {
  return `${path} of ${describeObject(object)} is left to "${owner.manager}"`
}

function foreignOwner(owners: readonly ManagedEntry[], manager: string): ManagedEntry | undefined {
  return owners.find((entry) => entry.manager !== manager && entry.manager !== 'helm')
}

/** Who manages the field at a path of keys. */
function ownersOf(live: KubeObject, path: readonly string[]): ManagedEntry[] {
  return ownersAt(
    live,
    path.map((key) => `f:${key}`),
  )
}

function ownersAt(live: KubeObject, segments: readonly string[]): ManagedEntry[] {
  return managedEntries(live).filter(({ fields }) => valueAt(fields, ...segments) !== undefined)
}

function without<T extends JsonObject>(object: T, [key = '', ...rest]: readonly string[]): T {
  if (rest.length === 0) {
    const { [key]: _left, ...kept } = object
    return kept as T
  }
  const child = object[key]
  return isJsonObject(child) ? { ...object, [key]: without(child, rest) } : object
}
