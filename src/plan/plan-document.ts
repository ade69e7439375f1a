import { sha256 } from '../base/digest.ts'
import { isJsonObject, type Json } from '../base/json.ts'
import { PkgError } from '../base/errors.ts'
import { isKubeObject } from '../manifest/decode-objects.ts'
import type { KubeObject } from '../manifest/object.ts'
import { changedFields, contentOf } from './content.ts'
import type { FieldChange } from './diff.ts'
import { maskSecrets, type Mask } from './diff.ts'
import { IMPACTS, impactOf, type Impact } from './impact.ts'
import { isWrite, type Change, type Op, type Plan } from './plan.ts'

/** A plan as a file: what would be done to which objects, and what they are like now. */
export interface PlanDocument {
  apiVersion: 'kubectl-pkg/v1'
  kind: 'Plan'
  /** RFC 3339. */
  createdAt: string
  /** Where the objects are: `dir:deploy`, or the address of an API server. */
  target: string
  release: {
    name: string
    namespace: string
    /** The revision that applying the plan makes. */
    revision: number
    isInstall: boolean
  }
  chart: { name: string; version: string; digest: string }
  values: { digest: string }
  /** The most that any of the changes does. */
  impact: Impact
  changes: PlannedChange[]
  /** Fields that others manage and that the changes would set. */
  conflicts: PlannedConflict[]
  options: PlanOptions
  /** The CRDs of crds/ folders, which a record only holds of the outermost chart. */
  definitions: KubeObject[]
  /** The revision in the encoding of a release's record; holds values and Secrets. */
  record: string
  /** Of all the rest, in whatever order and format it is written. */
  digest: string
}

/** What was asked for besides chart and values, and counts when the plan is applied. */
export interface PlanOptions {
  takeOwnership?: boolean
  withHooks?: boolean
  createNamespace?: boolean
  crds?: 'create' | 'upgrade' | 'skip'
  forceConflicts?: boolean
  recreate?: 'all' | string[]
  allowDataLoss?: boolean
  maxImpact?: Impact
  historyMax?: number
  description?: string
}

export interface PlannedConflict {
  apiVersion: string
  kind: string
  /** Empty for kinds without one. */
  namespace: string
  name: string
  /** `.spec.replicas` */
  field: string
  manager: string
}

/** What would be done to one object. */
export interface PlannedChange {
  op: Op
  apiVersion: string
  kind: string
  /** Empty for kinds without one. */
  namespace: string
  name: string
  impact: Impact
  /** By which rule the impact is what it is. */
  reason: string
  /** Fields that change, secrets masked. */
  fields: PlannedField[]
  /** The object as it is now; missing when it is not there. */
  live?: LiveMark
}

export interface PlannedField {
  /** `spec.replicas` */
  path: string
  before?: Json
  after?: Json
}

/** What tells whether an object is still the one that was looked at. */
export interface LiveMark {
  uid?: string
  resourceVersion?: string
  /** Of all but its status and what the server keeps about it. */
  digest: string
}

/** The conflicts of a plan as its file has them. */
export function plannedConflicts({ conflicts = [] }: Plan): PlannedConflict[] {
  return conflicts.map(({ object, field, manager }) => ({ ...nameOf(object), field, manager }))
}

/** The changes of a plan as its file has them, those that write nothing left out. */
export function plannedChanges(plan: Plan, mask: Mask): PlannedChange[] {
  return plan.changes
    .filter((change) => isWrite(change) || change.op === 'keep')
    .map((change) => plannedChange(change, plan, mask))
}

function plannedChange(change: Change, plan: Plan, mask: Mask): PlannedChange {
  const { op, object, live } = change
  return {
    op,
    ...nameOf(object),
    ...impactOf(change, plan),
    fields: op === 'update' || op === 'recreate' ? maskedFields(change, mask) : [],
    ...(live !== undefined && { live: markOf(live) }),
  }
}

function nameOf({ apiVersion, kind, metadata }: KubeObject) {
  const { namespace, name } = metadata
  return { apiVersion, kind, namespace: typeof namespace === 'string' ? namespace : '', name }
}

function maskedFields(change: Change, mask: Mask): PlannedField[] {
  const hide = (object: KubeObject): KubeObject => maskSecrets(object, mask)
  const { object, live, after } = change
  if (live === undefined) return []
  const masked: Change = {
    ...change,
    object: hide(object),
    live: hide(live),
    ...(after !== undefined && { after: hide(after) }),
  }
  return changedFields(masked).map(({ path, before, after: next }: FieldChange) => ({
    path,
    ...(before !== undefined && { before }),
    ...(next !== undefined && { after: next }),
  }))
}

function markOf(live: KubeObject): LiveMark {
  const { uid, resourceVersion } = live.metadata
  return {
    ...(typeof uid === 'string' && { uid }),
    ...(typeof resourceVersion === 'string' && { resourceVersion }),
    digest: digestOf(contentOf(live)),
  }
}

/** Completes a plan, so that whoever reads it back sees that it is what was looked at. */
export function sealPlan(document: Omit<PlanDocument, 'digest'>): PlanDocument {
  return { ...document, digest: digestOf(document as unknown as Json) }
}

/** A digest of JSON, whatever the order of keys: `sha256:…`. */
export function digestOf(value: Json): string {
  return `sha256:${sha256(JSON.stringify(sorted(value)))}`
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  const keys = Object.keys(value).sort()
  // JSON leaves out what is undefined, wherever it is written.
  const set = keys.filter((key) => value[key] !== undefined)
  return Object.fromEntries(set.map((key) => [key, sorted(value[key] ?? null)]))
}

/**
 * Lists how a plan differs from the one that was approved, one line for each object that
 * moved; empty when it does the very same.
 *
 * An object has moved when it is another one, was made or has gone, or was changed; a status
 * that went on is no change.
 */
export function differencesFromApproved(approved: readonly PlannedChange[], plan: Plan): string[] {
  const now = new Map(plannedChanges(plan, (value) => value).map((each) => [keyOf(each), each]))
  const then = new Map(approved.map((each) => [keyOf(each), each]))
  const moved = [...then].flatMap(([key, each]) => {
    const reason = whyMoved(each, now.get(key))
    return reason === undefined ? [] : [`${labelOf(each)} ${reason}`]
  })
  const added = [...now].filter(([key]) => !then.has(key))
  return [...moved, ...added.map(([, each]) => `${labelOf(each)} ${ADDED[each.op]}`)]
}

const ADDED: Record<Op, string> = {
  create: 'has gone',
  update: 'was changed',
  recreate: 'was changed',
  delete: 'was made',
  keep: 'was made',
  unchanged: 'was changed',
}

function whyMoved(then: PlannedChange, now: PlannedChange | undefined): string | undefined {
  if (now === undefined) return then.live === undefined ? 'was made' : 'has gone or is done already'
  if (then.live === undefined) return now.live === undefined ? undefined : 'was made'
  if (now.live === undefined) return 'has gone'
  if (then.live.uid !== now.live.uid) return 'is another object of the same name'
  const isSame =
    then.live.digest === now.live.digest ||
    (then.live.resourceVersion !== undefined &&
      then.live.resourceVersion === now.live.resourceVersion)
  if (!isSame) return 'was changed'
  return then.op === now.op ? undefined : `would be ${now.op}, not ${then.op}`
}

function keyOf({ apiVersion, kind, namespace, name }: PlannedChange): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
  return `${group}/${kind}/${namespace}/${name}`
}

/** `Deployment apps/web` */
export function labelOf({
  kind,
  namespace,
  name,
}: Pick<PlannedChange, 'kind' | 'namespace' | 'name'>): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/**
 * Checks that a decoded file is a plan, and the one that was written.
 *
 * @throws PkgError PLAN_INVALID
 */
export function asPlanDocument(value: Json, file: string): PlanDocument {
  if (!isJsonObject(value) || value['kind'] !== 'Plan') throw invalid(file, 'it is no plan')
  if (value['apiVersion'] !== 'kubectl-pkg/v1') {
    throw invalid(file, `its apiVersion is ${JSON.stringify(value['apiVersion'])}`)
  }
  const isWhole =
    typeof value['record'] === 'string' &&
    Array.isArray(value['definitions']) &&
    value['definitions'].every(isKubeObject) &&
    Array.isArray(value['changes']) &&
    value['changes'].every(isPlannedChange) &&
    isJsonObject(value['release']) &&
    typeof value['release']['revision'] === 'number' &&
    isJsonObject(value['options'])
  if (!isWhole) throw invalid(file, 'parts of it are missing')
  const { digest, ...rest } = value
  if (digest !== digestOf(rest)) {
    throw invalid(file, 'it is not as "kubectl pkg plan" wrote it')
  }
  return value as unknown as PlanDocument
}

function isPlannedChange(value: Json): boolean {
  if (!isJsonObject(value) || !(IMPACTS as readonly unknown[]).includes(value['impact']))
    return false
  return ['op', 'apiVersion', 'kind', 'namespace', 'name'].every((key) => {
    return typeof value[key] === 'string'
  })
}

function invalid(file: string, reason: string): PkgError {
  return new PkgError('PLAN_INVALID', `${JSON.stringify(file)} cannot be applied: ${reason}`, {
    hint: 'Make a plan with "kubectl pkg plan NAME CHART -o FILE".',
  })
}
