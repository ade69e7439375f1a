import { PkgError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { describeObject, type KubeObject } from '../manifest/object.ts'
import { apiError, hasReason, isChanged, isOtherObject } from './api-errors.ts'
import {
  refOf,
  type Applied,
  type ApplyOptions,
  type DeleteOptions,
  type ObjectRef,
  type PatchOptions,
} from './cluster.ts'
import { FIELD_MANAGER } from './field-managers.ts'
import type { Api } from './list-objects.ts'
import { collectionPath, objectIn, objectPathOf, resourceOf, subjectOf } from './object-calls.ts'
import { pause } from './retry.ts'
import type { ApiAnswer } from './transport.ts'

export interface WriteOptions extends Api {
  /** What becomes of fields that a kind does not have; by default they are refused. */
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined
  fieldManager?: string | undefined
}

const PATCH_TYPES = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}
const CREATED = 201

/** Undefined when there is no such object. */
export async function getObject(
  { transport, discovery }: Api,
  ref: ObjectRef,
  signal: AbortSignal | undefined,
): Promise<KubeObject | undefined> {
  const resource = await resourceOf(discovery, ref, signal)
  const path = objectPathOf(resource, ref)
  const answer = await transport.request({ method: 'GET', path, signal })
  return isMissing(answer) ? undefined : objectIn(answer, subjectOf('read', ref))
}

/** Server-side apply. */
export async function applyObject(
  api: WriteOptions,
  object: KubeObject,
  options: ApplyOptions,
): Promise<Applied> {
  const answer = await sendUntilTaken(api, object, options)
  if (options.uid !== undefined && isOtherObject(answer)) throw otherObject(object)
  const live = objectIn(answer, subjectOf('apply', refOf(object)))
  const isSame = options.seen !== undefined && live.metadata['resourceVersion'] === options.seen
  if (definesKinds(object) && !isSame) api.discovery.forget()
  if (answer.status === CREATED) return { result: 'created', object: live }
  return { result: isSame ? 'unchanged' : 'updated', object: live }
}

/** Other writers may be faster a few times in a row, though nobody else wants the same fields. */
async function sendUntilTaken(
  api: WriteOptions,
  object: KubeObject,
  options: ApplyOptions,
): Promise<ApiAnswer> {
  const { resourceVersion } = object.metadata
  for (let tries = 1; ; tries++) {
    const answer = await sendApply(api, object, options)
    const isMeant = resourceVersion === undefined && !isOtherObject(answer)
    const isRace = answer.status === 409 && isChanged(answer) && isMeant
    if (!isRace || tries === TRIES) return answer
    await pause(Math.random() * 100 * tries, options.signal)
  }
}

const TRIES = 5

function otherObject(object: KubeObject): PkgError {
  const message = `${describeObject(object)} was deleted, or made anew by somebody else`
  return new PkgError('OBJECT_CHANGED', message, {
    hint: 'Run the same command again; it begins with what is there now.',
  })
}

/** Server-side apply that leaves everything as it is. */
export async function previewObject(
  api: WriteOptions,
  object: KubeObject,
  options: ApplyOptions,
): Promise<KubeObject> {
  const answer = await sendApply(api, object, options, 'All')
  return objectIn(answer, subjectOf('apply', refOf(object)))
}

async function sendApply(
  api: WriteOptions,
  object: KubeObject,
  { force, uid, signal }: ApplyOptions,
  dryRun?: 'All',
): Promise<ApiAnswer> {
  const ref = refOf(object)
  const resource = await resourceOf(api.discovery, ref, signal)
  return api.transport.request({
    method: 'PATCH',
    path: objectPathOf(resource, ref),
    query: { ...writeQuery(api), force: force === true || undefined, dryRun },
    // JSON is YAML too.
    contentType: PATCH_TYPES.apply,
    body: uid === undefined ? object : { ...object, metadata: { ...object.metadata, uid } },
    signal,
  })
}

/** Fails when the object exists. */
export async function createObject(
  api: WriteOptions,
  object: KubeObject,
  signal: AbortSignal | undefined,
): Promise<KubeObject> {
  const ref = refOf(object)
  const resource = await resourceOf(api.discovery, ref, signal)
  const answer = await api.transport.request({
    method: 'POST',
    path: collectionPath(resource, ref),
    query: writeQuery(api),
    body: object,
    signal,
  })
  if (definesKinds(object)) api.discovery.forget()
  return objectIn(answer, subjectOf('create', ref))
}

/** Undefined when there is no such object. */
export async function patchObject(
  api: WriteOptions,
  ref: ObjectRef,
  patch: JsonObject | readonly Json[],
  options: PatchOptions,
): Promise<KubeObject | undefined> {
  const { type, subresource, fieldManager, isTrial = false, signal } = options
  const resource = await resourceOf(api.discovery, ref, signal)
  const answer = await api.transport.request({
    method: 'PATCH',
    path: objectPathOf(resource, ref, subresource),
    query: {
      ...writeQuery({ ...api, fieldManager: fieldManager ?? api.fieldManager }),
      dryRun: isTrial ? 'All' : undefined,
    },
    contentType: PATCH_TYPES[type],
    body: patch as Json,
    signal,
    // Done twice, a JSON patch may add an item twice.
    isRepeatable: type !== 'json',
  })
  return isMissing(answer) ? undefined : objectIn(answer, subjectOf('change', ref))
}

/** False when there was no such object. */
export async function deleteObject(
  api: WriteOptions,
  ref: ObjectRef,
  { cascade = 'background', uid, signal }: DeleteOptions,
): Promise<boolean> {
  const resource = await api.discovery.find(ref.apiVersion, ref.kind, signal)
  // A kind that is not served any more has no objects.
  if (resource === undefined) return false
  const answer = await api.transport.request({
    method: 'DELETE',
    path: objectPathOf(resource, ref),
    body: {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: POLICIES[cascade],
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    },
    signal,
  })
  if (definesKinds(ref)) api.discovery.forget()
  if (isMissing(answer)) return false
  if (answer.status < 300) return true
  throw apiError(answer, subjectOf('delete', ref))
}

const POLICIES = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' }

function writeQuery(options: WriteOptions): Record<string, string> {
  const { fieldManager = FIELD_MANAGER, fieldValidation = 'Strict' } = options
  return { fieldManager, fieldValidation }
}

/** Not that the kind or the namespace is missing, which are failures. */
function isMissing(answer: ApiAnswer): boolean {
  return answer.status === 404 && hasReason(answer, 'NotFound')
}

function definesKinds({ kind }: { kind: string }): boolean {
  return kind === 'CustomResourceDefinition' || kind === 'APIService'
}
