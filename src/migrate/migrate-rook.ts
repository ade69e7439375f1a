import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { itemsAt, objectAt } from './field-path.ts'
import type { Migration } from './migration.ts'
import { dropNulls, replace, take } from './reshape.ts'

/** New kinds of Rook's old ones. */
export const ROOK_KINDS: Readonly<Record<string, string>> = {
  Cluster: 'CephCluster',
  Filesystem: 'CephFilesystem',
  ObjectStore: 'CephObjectStore',
  Pool: 'CephBlockPool',
}

/** Rewrites Rook's Cluster as a CephCluster; the data on the disks stays as it is. */
export function migrateRookCluster(object: JsonObject, migration: Migration): JsonObject {
  const spec = objectAt(object, 'spec')
  if (spec === undefined) return object
  const { note } = migration
  dropFields(spec, 'spec', ['backend', 'serviceAccount'], migration)
  const count = spec['monCount']
  if (count !== undefined) {
    replace(spec, 'monCount', ['mon', { count, allowMultiplePerNode: false }])
    note('rewritten', 'spec.mon', 'was spec.monCount')
  }
  const hostNetwork =
    take(spec, 'hostNetwork') ?? take(objectAt(spec, 'network') ?? {}, 'hostNetwork')
  if (hostNetwork === true) spec['network'] = { provider: 'host' }
  if (hostNetwork !== undefined) note('rewritten', 'spec.network.provider', 'was hostNetwork')
  dropFields(objectAt(spec, 'placement') ?? {}, 'spec.placement', ['api'], migration)
  dropFields(objectAt(spec, 'resources') ?? {}, 'spec.resources', ['api'], migration)
  const storage = objectAt(spec, 'storage')
  if (storage !== undefined) migrateStorage(storage, 'spec.storage', migration)
  dropNulls(spec)
  note('needed', 'spec.cephVersion.image', 'the old object had no image of Ceph')
  note('needed', 'spec', 'the object moves, the data on the disks does not')
  return object
}

function migrateStorage(storage: JsonObject, path: string, migration: Migration): void {
  dropFields(storage, path, ['location', 'directories'], migration)
  const config: JsonObject = {}
  const device = take(storage, 'metadataDevice')
  if (typeof device === 'string') config['metadataDevice'] = device
  const old = storage['storeConfig']
  if (isJsonObject(old)) moveStoreConfig(old, config, { path, migration })
  if (Object.keys(config).length > 0) replace(storage, 'storeConfig', ['config', config])
  else delete storage['storeConfig']
  dropNulls(storage)
  for (const { item: node, at } of itemsAt(storage, 'nodes')) {
    migrateStorage(node, `${path}.nodes[${at}]`, migration)
  }
}

/** Rook reads the settings of a store as texts. */
function moveStoreConfig(
  old: JsonObject,
  config: JsonObject,
  { path, migration: { note } }: { path: string; migration: Migration },
): void {
  for (const [key, value] of Object.entries(old)) {
    if (key === 'journalSizeMB')
      note('dropped', `${path}.storeConfig.${key}`, 'of a store that is gone')
    else if (key === 'storeType')
      note('dropped', `${path}.storeConfig.${key}`, 'BlueStore is the only one')
    else if (value !== null) config[key] = typeof value === 'object' ? value : String(value)
  }
  note('rewritten', `${path}.config`, 'was storeConfig; its values are texts')
}

/** Rewrites Rook's ObjectStore as a CephObjectStore. */
export function migrateObjectStore(object: JsonObject, migration: Migration): JsonObject {
  const gateway = objectAt(object, 'spec', 'gateway')
  if (gateway === undefined) return object
  dropFields(gateway, 'spec.gateway', ['type', 'allNodes'], migration)
  dropNulls(gateway)
  return object
}

/** Rewrites Rook's Filesystem as a CephFilesystem. */
export function migrateFilesystem(object: JsonObject, { note }: Migration): JsonObject {
  if (hasErasureCodedDefault(object)) {
    note('needed', 'spec.dataPools[0]', 'the first data pool must be replicated: put one before it')
  }
  return object
}

/** Whether the first data pool, in which Ceph keeps every file's inode, is erasure-coded. */
export function hasErasureCodedDefault(filesystem: JsonObject): boolean {
  return objectAt(filesystem, 'spec', 'dataPools', 0, 'erasureCoded') !== undefined
}

function dropFields(
  object: JsonObject,
  path: string,
  names: readonly string[],
  { note }: Migration,
): void {
  for (const name of names) {
    const value: Json | undefined = take(object, name)
    if (value !== undefined) note('dropped', `${path}.${name}`, "today's Rook has no such field")
  }
}
