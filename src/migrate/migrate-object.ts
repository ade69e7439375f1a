import type { JsonObject } from '../base/json.ts'
import { deadOperator, hasSuccessor } from './dead-operators.ts'
import { textAt, type FieldPath } from './field-path.ts'
import { fieldProblems, type KubeFields } from './kube-fields.ts'
import { migrateAutoscaler, migrateScaleTarget, scalesMoved } from './migrate-autoscaler.ts'
import { migrateCertificate, migrateIssuer } from './migrate-cert-manager.ts'
import {
  migrateBudget,
  migratePriorityLevel,
  migrateReview,
  migrateSame,
  migrateSlice,
} from './migrate-cluster-kinds.ts'
import { migrateDefinition } from './migrate-definition.ts'
import { migrateIngress } from './migrate-ingress.ts'
import { isOldJaeger, migrateJaeger } from './migrate-jaeger.ts'
import { migratePodSecurityPolicy } from './migrate-pod-security.ts'
import {
  migrateFilesystem,
  migrateObjectStore,
  migrateRookCluster,
  ROOK_KINDS,
} from './migrate-rook.ts'
import { migrateRookVolumes, namesOldRook } from './migrate-rook-volumes.ts'
import { migrateWebhooks } from './migrate-webhook.ts'
import { migrateWorkload } from './migrate-workload.ts'
import type { Migrate, Migration, MigrationNote } from './migration.ts'
import { isServed, movedApi } from './moved-apis.ts'
import { newerApi } from './newer-apis.ts'
import { notInstallable } from './not-installable.ts'
import type { SourceObject } from './read-source.ts'
import type { Refusal, RefusalCause } from './refusal.ts'

/** What happens to one object. */
export interface ObjectMigration {
  /** As it was. */
  apiVersion: string
  kind: string
  name: string
  outcome: 'accept' | 'migrate' | 'refuse'
  /** `apps/v1 Deployment`; empty when the object is accepted, refused or has no successor. */
  to: string
  notes: MigrationNote[]
  refusals: Refusal[]
  /** As it is to be; undefined for an object that none takes the place of. */
  after: JsonObject | undefined
}

/** What a migration is for. */
export interface MigrationTarget extends Omit<Migration, 'note' | 'all'> {
  /** The fields by which results are checked. */
  fields: KubeFields
}

/**
 * Migrates one object: leaves it as it is when it is served, rewrites it when it moved, and
 * refuses it when it is none, or when what comes out would not be accepted.
 *
 * @param all the objects that are migrated together, by which issuers find their certificates
 */
export function migrateObject(
  source: SourceObject,
  target: MigrationTarget,
  all: readonly JsonObject[],
): ObjectMigration {
  const { value } = source
  const head = headOf(value)
  const notes: MigrationNote[] = []
  const refused = refusalsOf(source)
  if (refused.length > 0)
    return { ...head, outcome: 'refuse', to: '', notes, refusals: refused, after: value }

  const note: Migration['note'] = (kind, path, message) => notes.push({ kind, path, message })
  const after = migrateValue(value, { ...target, all, note })
  const problems = after === undefined ? [] : problemsOf(after, target.fields)
  if (problems.length > 0) {
    const refusals = problems.map(({ path, message }) => refusal(source, path, ['schema', message]))
    return { ...head, outcome: 'refuse', to: '', notes, refusals, after: value }
  }
  if (after === value) return { ...head, outcome: 'accept', to: '', notes, refusals: [], after }
  const to = after === undefined ? '' : `${textAt(after, 'apiVersion')} ${textAt(after, 'kind')}`
  return { ...head, outcome: 'migrate', to, notes, refusals: [], after }
}

/** What objects are called. */
export function headOf(value: JsonObject): Pick<ObjectMigration, 'apiVersion' | 'kind' | 'name'> {
  return {
    apiVersion: textAt(value, 'apiVersion') || textAt(value, typoOf(value) ?? ''),
    kind: textAt(value, 'kind'),
    name: textAt(value, 'metadata', 'name'),
  }
}

function refusalsOf(source: SourceObject): Refusal[] {
  const { value } = source
  const { apiVersion, kind } = headOf(value)
  const typo = typoOf(value)
  const refusals: Refusal[] = []
  if (typo !== undefined) {
    const message = `the key "${typo}" must be spelled "apiVersion"`
    refusals.push(refusal(source, [typo], ['apiversion-typo', message]))
  }
  const purpose = notInstallable(value)
  if (purpose !== undefined) {
    return [...refusals, refusal(source, ['kind'], ['not-installable', `this is ${purpose}`])]
  }
  if (!hasSuccessor(apiVersion)) {
    const { operator = '', instead = '' } = deadOperator(apiVersion.split('/')[0] ?? '') ?? {}
    const message = `${kind} belongs to ${operator}. ${instead}`
    refusals.push(refusal(source, ['apiVersion'], ['no-successor', message]))
  } else if (apiVersion === 'extensions/v1beta1' && kind === 'ThirdPartyResource') {
    const message =
      'ThirdPartyResource is gone since Kubernetes 1.8. Write a CustomResourceDefinition.'
    refusals.push(refusal(source, ['kind'], ['no-successor', message]))
  }
  if (kind.endsWith('Review') && value['spec'] === undefined && value['status'] !== undefined) {
    const message = `this ${kind} is an answer of the API server: it has a status and no spec`
    refusals.push(refusal(source, ['status'], ['review-reply', message]))
  }
  return refusals
}

function typoOf(value: JsonObject): string | undefined {
  if ('apiVersion' in value) return undefined
  return Object.keys(value).find((key) => /^api[-_]?version$/i.test(key))
}

function refusal(
  source: SourceObject,
  path: FieldPath,
  [cause, message]: [RefusalCause, string],
): Refusal {
  const place = source.document.locate([...source.path, ...path])
  return { cause, message, ...place, ...(path.length > 0 && { path: path.join('.') }) }
}

/** Gives the very object when nothing is to be done. */
function migrateValue(value: JsonObject, migration: Migration): JsonObject | undefined {
  let object = value
  for (;;) {
    const next = nextVersion(object, migration)
    if (next === undefined) break
    const { kind, apiVersion, migrate } = next
    const copy = structuredClone(object)
    const migrated = migrate(copy, migration)
    if (migrated === undefined || apiVersion === undefined) return undefined
    object = Object.assign(migrated, { apiVersion, kind })
  }
  if (namesOldRook(object))
    object = migrateRookVolumes(structuredClone(object), migration) ?? object
  if (scalesMoved(object, migration))
    object = migrateScaleTarget(structuredClone(object), migration)
  const isJaeger = migration.withDeprecated && isOldJaeger(object)
  return isJaeger ? migrateJaeger(structuredClone(object), migration) : object
}

interface NextVersion {
  apiVersion: string | undefined
  kind: string
  migrate: Migrate
}

function nextVersion(object: JsonObject, migration: Migration): NextVersion | undefined {
  const { apiVersion, kind } = headOf(object)
  const { minor, withDeprecated } = migration
  const moved = movedApi(apiVersion, kind)
  if (moved !== undefined) {
    const isDone = isServed(moved, minor) && (!withDeprecated || moved.to === undefined)
    if (isDone) return undefined
    const newKind = moved.to === 'ceph.rook.io/v1' ? (ROOK_KINDS[kind] ?? kind) : kind
    return { apiVersion: moved.to, kind: newKind, migrate: FAMILIES[kind] ?? migrateSame }
  }
  const newer = withDeprecated ? newerApi(apiVersion, kind) : undefined
  return newer === undefined ? undefined : { apiVersion: newer, kind, migrate: migrateSame }
}

const FAMILIES: Readonly<Record<string, Migrate>> = {
  Certificate: migrateCertificate,
  Cluster: migrateRookCluster,
  ClusterIssuer: migrateIssuer,
  CustomResourceDefinition: migrateDefinition,
  DaemonSet: migrateWorkload,
  Deployment: migrateWorkload,
  EndpointSlice: migrateSlice,
  Filesystem: migrateFilesystem,
  HorizontalPodAutoscaler: migrateAutoscaler,
  Ingress: migrateIngress,
  Issuer: migrateIssuer,
  LocalSubjectAccessReview: migrateReview,
  MutatingWebhookConfiguration: migrateWebhooks,
  ObjectStore: migrateObjectStore,
  PodDisruptionBudget: migrateBudget,
  PodSecurityPolicy: migratePodSecurityPolicy,
  PriorityLevelConfiguration: migratePriorityLevel,
  ReplicaSet: migrateWorkload,
  StatefulSet: migrateWorkload,
  SubjectAccessReview: migrateReview,
  ValidatingWebhookConfiguration: migrateWebhooks,
}

/** What the API server would not accept. */
function problemsOf(
  object: JsonObject,
  fields: KubeFields,
): { path: FieldPath; message: string }[] {
  const missing = ['apiVersion', 'kind'].filter((key) => textAt(object, key) === '')
  if (missing.length > 0) {
    return missing.map((key) => ({ path: [key], message: `${key} is required` }))
  }
  const isReview = textAt(object, 'kind').endsWith('Review')
  const name = textAt(object, 'metadata', 'name') || textAt(object, 'metadata', 'generateName')
  const isNamed = isReview || name !== ''
  const unnamed = { path: ['metadata', 'name'], message: 'metadata.name is required' }
  return [...(isNamed ? [] : [unnamed]), ...fieldProblems(object, fields)]
}
