import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import type { KubeObject } from '../manifest/object.ts'

/**
 * The name under which this program applies objects: that of Helm 4, so that either can upgrade
 * what the other has installed. Under two names each would refuse the fields of the other.
 */
export const FIELD_MANAGER = 'helm'

/** What tells one entry of `metadata.managedFields` from others. */
export interface ManagerEntry {
  manager: string
  operation: string
  subresource: string
}

const LEGACY_MANAGERS: ReadonlySet<string> = new Set(['helm', 'kubectl-client-side-apply'])

/**
 * Whether an entry stands for what was written without apply: by Helm 3, by Helm 4 when it is
 * told so, and by `kubectl apply` without `--server-side`.
 */
export function isLegacyManager({ manager, operation, subresource }: ManagerEntry): boolean {
  return subresource === '' && operation === 'Update' && LEGACY_MANAGERS.has(manager)
}

/**
 * Makes the JSON patch that gives the fields of legacy managers to ours, and those that are
 * claimed from whoever manages them, so that a field that the next apply leaves out is removed, and one that it changes is
 * no conflict.
 *
 * The patch fails with OBJECT_CHANGED when somebody was faster.
 *
 * Source: Kubernetes client-go 0.35 util/csaupgrade/upgrade.go.
 *
 * @param claimed as `fieldsV1` has them
 * @returns undefined when there is nothing to move
 */
export function movedFields(live: KubeObject, claimed?: JsonObject): Json[] | undefined {
  const { managedFields, resourceVersion } = live.metadata
  const entries = Array.isArray(managedFields) ? managedFields.filter(isJsonObject) : []
  const legacy = entries.filter((entry) => isLegacyManager(readEntry(entry)))
  const [newest = claimed && { apiVersion: live.apiVersion, fieldsType: 'FieldsV1' }] = legacy
  if (newest === undefined || resourceVersion === undefined) return undefined
  const own = entries.find((entry) => isOwn(entry))
  const kept = own ?? { ...newest, manager: FIELD_MANAGER, operation: 'Apply' }
  // Fields of another version cannot be told in this one; what was owned there is let go.
  const moved = legacy.filter(({ apiVersion }) => apiVersion === kept['apiVersion'])
  const known = unite(fieldsOf(kept), claimed ?? {})
  const fields = moved.reduce((all, entry) => unite(all, fieldsOf(entry)), known)
  const others = entries
    .filter((entry) => entry !== own && !legacy.includes(entry))
    .flatMap((entry) => (claimed === undefined ? [entry] : withoutFields(entry, claimed)))
  return [
    {
      op: 'replace',
      path: '/metadata/managedFields',
      value: [{ ...kept, fieldsV1: fields }, ...others],
    },
    // A replacement, not a test: it is refused as a conflict then, not as an invalid request.
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ]
}

/** An entry that is left with nothing goes. */
function withoutFields(entry: JsonObject, claimed: JsonObject): JsonObject[] {
  const fieldsV1 = subtract(fieldsOf(entry), claimed)
  return isLeaf(fieldsV1) ? [] : [{ ...entry, fieldsV1 }]
}

function readEntry(entry: JsonObject): ManagerEntry {
  const text = (key: string): string => {
    const value = entry[key]
    return typeof value === 'string' ? value : ''
  }
  return {
    manager: text('manager'),
    operation: text('operation'),
    subresource: text('subresource'),
  }
}

function isOwn(entry: JsonObject): boolean {
  const { manager: name, operation, subresource } = readEntry(entry)
  return name === FIELD_MANAGER && operation === 'Apply' && subresource === ''
}

function fieldsOf(entry: JsonObject): JsonObject {
  const fields = entry['fieldsV1']
  return isJsonObject(fields) ? fields : {}
}

/** All fields of two trees; `.` says that a place with fields below it is meant itself too. */
export function unite(one: JsonObject, other: JsonObject): JsonObject {
  const all: JsonObject = { ...one }
  for (const [key, tree] of Object.entries(other)) {
    const own = all[key]
    if (!isJsonObject(own) || !isJsonObject(tree)) all[key] = tree
    else if (isLeaf(own) !== isLeaf(tree)) all[key] = { '.': {}, ...own, ...tree }
    else all[key] = unite(own, tree)
  }
  return all
}

/** The fields of a tree without those of another, and without places that are empty then. */
function subtract(one: JsonObject, other: JsonObject): JsonObject {
  const kept = Object.entries(one).flatMap(([key, tree]): [string, Json][] => {
    const taken = other[key]
    if (!isJsonObject(taken) || !isJsonObject(tree)) return [[key, tree]]
    if (isLeaf(taken) || isLeaf(tree)) return []
    const rest = subtract(tree, taken)
    return Object.keys(rest).length === 0 ? [] : [[key, rest]]
  })
  return Object.fromEntries(kept)
}

function isLeaf(tree: JsonObject): boolean {
  return Object.keys(tree).length === 0
}
