import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'
import { isSameJson } from './json-equal.ts'

/** One field that differs; undefined where a side lacks it. */
export interface FieldChange {
  /** As people write it: `spec.containers[0].image`. */
  path: string
  before: Json | undefined
  after: Json | undefined
}

/**
 * Lists the fields in which two states of an object differ, in the order of their paths.
 *
 * Items of a list are compared by position. Values are as they stand: mask first.
 */
export function diffFields(
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): FieldChange[] {
  const changes: FieldChange[] = []
  compare('', before, after, changes)
  return changes
}

/** Gives a masked text for a secret value; the same for the same value. */
export type Mask = (value: string) => string

const SENSITIVE_PATHS = 'kubectl-pkg/sensitive-paths'
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * Gives a copy in which nothing secret can be read: the data of a Secret, what
 * kubectl noted down of it, and paths that the object names as sensitive itself
 * (`kubectl-pkg/sensitive-paths: spec.token, spec.auth.key`). An object that has none of
 * these is given back as it is.
 */
export function maskSecrets(object: KubeObject, mask: Mask): KubeObject {
  const named = childOf(object.metadata, 'annotations')?.[SENSITIVE_PATHS]
  if (object.kind !== 'Secret' && typeof named !== 'string') return object
  const masked = structuredClone(object)
  const annotations = childOf(masked.metadata, 'annotations')
  if (object.kind === 'Secret') {
    maskAll(masked, 'data', mask)
    maskAll(masked, 'stringData', mask)
    if (annotations !== undefined) maskAll(annotations, LAST_APPLIED, mask)
  }
  for (const path of typeof named === 'string' ? named.split(',') : []) {
    maskPath(masked, path.trim().split('.'), mask)
  }
  return masked
}

/** Gives the value of one field masked, where `maskSecrets` would have masked it. */
export function maskField(
  object: KubeObject,
  field: { path: string; value: Json | undefined },
  mask: Mask,
): Json | undefined {
  const { path, value } = field
  const annotations = childOf(object.metadata, 'annotations')
  const named = annotations?.[SENSITIVE_PATHS]
  const secret = object.kind === 'Secret' ? ['data', 'stringData'] : []
  const paths = typeof named === 'string' ? named.split(',').map((each) => each.trim()) : []
  const plain = path.replace(/^\./, '')
  const isSecret = [...secret, ...paths].some((each) => {
    return plain === each || plain.startsWith(`${each}.`) || plain.startsWith(`${each}[`)
  })
  return value === undefined || !isSecret ? value : maskValue(value, mask)
}

function compare(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
  changes: FieldChange[],
): void {
  if (isSameJson(before, after)) return
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    for (const key of keys) compare(join(path, key), own(before, key), own(after, key), changes)
  } else if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length)
    for (let at = 0; at < length; at++) compare(`${path}[${at}]`, before[at], after[at], changes)
  } else {
    changes.push({ path, before, after })
  }
}

function join(path: string, key: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)
  if (!isPlain) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

function maskPath(parent: JsonObject, [key = '', ...rest]: string[], mask: Mask): void {
  if (rest.length === 0) return maskAll(parent, key, mask)
  const child = childOf(parent, key)
  if (child !== undefined) maskPath(child, rest, mask)
}

/** Masks the value under the key, and everything below it. */
function maskAll(parent: JsonObject, key: string, mask: Mask): void {
  const value = own(parent, key)
  if (value !== undefined) parent[key] = maskValue(value, mask)
}

function maskValue(value: Json, mask: Mask): Json {
  if (Array.isArray(value)) return value.map((item) => maskValue(item, mask))
  if (!isJsonObject(value)) return mask(typeof value === 'string' ? value : JSON.stringify(value))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, maskValue(item, mask)]),
  )
}

function childOf(parent: JsonObject, key: string): JsonObject | undefined {
  const value = own(parent, key)
  return isJsonObject(value) ? value : undefined
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
