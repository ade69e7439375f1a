import { isJsonObject, type JsonObject } from '../base/json.ts'
import { itemsAt, objectAt, textAt } from './field-path.ts'
import type { Migration } from './migration.ts'
import { replace, take } from './reshape.ts'

const OLD_PROVISIONERS = new Set(['rook.io/block', 'ceph.rook.io/block'])
const OLD_DRIVER = /^(?:ceph\.)?rook\.io\//

/** Whether the API still serves the object though the driver that it names is gone. */
export function namesOldRook(object: JsonObject): boolean {
  return OLD_PROVISIONERS.has(textAt(object, 'provisioner')) || oldVolumes(object).length > 0
}

/** Rewrites a StorageClass or pods that name Rook's old drivers for its CSI drivers. */
export function migrateRookVolumes(object: JsonObject, migration: Migration): JsonObject {
  if (OLD_PROVISIONERS.has(textAt(object, 'provisioner'))) migrateClass(object, migration)
  for (const { volume, path } of oldVolumes(object)) migrateVolume(volume, path, migration)
  return object
}

function migrateClass(object: JsonObject, { rookNamespace, note }: Migration): void {
  const old = objectAt(object, 'parameters') ?? {}
  const cluster = textAt(old, 'clusterNamespace') || textAt(old, 'clusterName') || 'rook'
  const pool = textAt(old, 'pool') || textAt(old, 'blockPool')
  const fstype = textAt(old, 'fstype')
  object['provisioner'] = `${rookNamespace}.rbd.csi.ceph.com`
  object['parameters'] = {
    clusterID: cluster,
    pool,
    imageFormat: '2',
    imageFeatures: 'layering',
    ...secretsOf(cluster),
    ...(fstype !== '' && { 'csi.storage.k8s.io/fstype': fstype }),
  }
  note('rewritten', 'provisioner', `the CSI driver of an operator in namespace ${rookNamespace}`)
  note('rewritten', 'parameters', 'those of the CSI driver')
  note('needed', 'provisioner', 'it never changes: delete the StorageClass and create it anew')
}

/** Secrets that Rook's operator makes in the namespace of the cluster. */
function secretsOf(namespace: string): JsonObject {
  const roles = {
    provisioner: 'rook-csi-rbd-provisioner',
    'controller-expand': 'rook-csi-rbd-provisioner',
    'node-stage': 'rook-csi-rbd-node',
  }
  return Object.fromEntries(
    Object.entries(roles).flatMap(([role, name]) => [
      [`csi.storage.k8s.io/${role}-secret-name`, name],
      [`csi.storage.k8s.io/${role}-secret-namespace`, namespace],
    ]),
  )
}

interface OldVolume {
  volume: JsonObject
  path: string
}

function oldVolumes(object: JsonObject): OldVolume[] {
  return [['spec'], ['spec', 'template', 'spec']].flatMap((path) =>
    itemsAt(object, ...path, 'volumes')
      .filter(({ item }) => OLD_DRIVER.test(textAt(item, 'flexVolume', 'driver')))
      .map(({ item, at }) => ({ volume: item, path: `${path.join('.')}.volumes[${at}]` })),
  )
}

function migrateVolume(volume: JsonObject, path: string, { rookNamespace, note }: Migration): void {
  const options = objectAt(volume, 'flexVolume', 'options') ?? {}
  const claimName = textAt(volume, 'name')
  const readOnly = take(objectAt(volume, 'flexVolume') ?? {}, 'readOnly')
  const source = { claimName, ...(readOnly === true && { readOnly }) }
  replace(volume, 'flexVolume', ['persistentVolumeClaim', source])
  note('rewritten', path, `a claim "${claimName}" instead of a flexVolume of Rook`)
  const parameters = [
    `provisioner ${rookNamespace}.cephfs.csi.ceph.com`,
    `clusterID ${textAt(options, 'clusterNamespace') || 'rook'}`,
    ...(isJsonObject(options) && 'fsName' in options
      ? [`fsName ${textAt(options, 'fsName')}`]
      : []),
  ]
  const message = `write the claim, with its size and a StorageClass (${parameters.join(', ')})`
  note('needed', `${path}.persistentVolumeClaim`, message)
}
