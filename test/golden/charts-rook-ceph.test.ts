import { expect, test } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'
import { at, listAt } from '../support/gates.ts'
import { renderOnce } from '../support/render-add-on.ts'

const CLUSTER = 'cluster.enabled=true'
const NODES =
  'cluster.storage.useAllNodes=false,cluster.storage.nodes[0].name=a,cluster.storage.nodes[1].name=b'
const FILES =
  'filesystems.f.metadataPool.replicated.size=3,filesystems.f.metadataServer.activeCount=1'
const CONFIRMED = 'cluster.cleanup.confirmation=yes-really-destroy-data'

async function render(...set: string[]): Promise<KubeObject[]> {
  return (await renderOnce('rook-ceph', { set })).objects
}

test.each([
  {
    set: ['pools.p.replicated.size=3'],
    message: 'pools, filesystems and objectStores are of a cluster: set cluster.enabled',
  },
  { set: ['toolbox.enabled=true'], message: 'the toolbox talks to a cluster: set cluster.enabled' },
  {
    set: [CLUSTER, 'cluster.mon.count=2'],
    message: 'cluster.mon.count is 2: monitors vote, so take an odd number',
  },
  {
    set: [CLUSTER, 'cluster.storage.hosts=1'],
    message:
      '3 monitors need as many nodes, and there are 1: set cluster.mon.count to 1, or allowMultiplePerNode',
  },
  {
    set: [CLUSTER, 'cluster.storage.hosts=3', 'pools.p.replicated.size=4'],
    message:
      'pools.p.replicated.size is 4, and copies are kept on different hosts, of which there are 3',
  },
  {
    set: [CLUSTER, NODES, 'pools.p.replicated.size=3'],
    message:
      'pools.p.replicated.size is 3, and copies are kept on different hosts, of which there are 2',
  },
  {
    set: [
      CLUSTER,
      'cluster.storage.hosts=3',
      'pools.p.erasureCoded.dataChunks=2,pools.p.erasureCoded.codingChunks=2',
    ],
    message:
      'pools.p.erasureCoded has 2+2 pieces, which are kept on different hosts, of which there are 3',
  },
  {
    set: [
      CLUSTER,
      'cluster.storage.hosts=3',
      'objectStores.s.metadataPool.replicated.size=3,objectStores.s.dataPool.erasureCoded.dataChunks=4,objectStores.s.dataPool.erasureCoded.codingChunks=2',
    ],
    message:
      'objectStores.s.dataPool.erasureCoded has 4+2 pieces, which are kept on different hosts, of which there are 3',
  },
  {
    set: [CLUSTER, 'pools.p.replicated.size=1'],
    message:
      'pools.p.replicated.size is 1, which loses data with the disk: set requireSafeReplicaSize to false if that is meant',
  },
  {
    set: [CLUSTER, 'pools.p.failureDomain=osd'],
    message: 'pools.p needs either replicated or erasureCoded',
  },
  {
    set: [
      CLUSTER,
      'pools.p.erasureCoded.dataChunks=2,pools.p.erasureCoded.codingChunks=1,pools.p.storageClass.enabled=true',
    ],
    message:
      'pools.p is erasure coded: its storageClass.metadataPool must name a replicated pool',
  },
  {
    set: [
      CLUSTER,
      FILES,
      'filesystems.f.dataPools[0].erasureCoded.dataChunks=2,filesystems.f.dataPools[0].erasureCoded.codingChunks=1',
    ],
    message: 'filesystems.f.dataPools[0] must be replicated: pools in pieces come after it',
  },
  {
    set: [
      CLUSTER,
      FILES,
      'filesystems.f.dataPools[0].replicated.size=3,filesystems.f.dataPools[1].replicated.size=3',
    ],
    message: 'filesystems.f.dataPools[1] needs a name',
  },
  {
    set: [CLUSTER, CONFIRMED],
    message:
      'to destroy all data, set both cluster.cleanup.confirmation to yes-really-destroy-data and cluster.cleanup.destroyDataOf to edge',
  },
  {
    set: [CLUSTER, 'cluster.spec.cleanupPolicy.confirmation=yes-really-destroy-data'],
    message: 'the destruction of data is confirmed in cluster.cleanup, and not in cluster.spec',
  },
  {
    set: [CLUSTER, 'cluster.external=true', CONFIRMED, 'cluster.cleanup.destroyDataOf=edge'],
    message: "the data of an external cluster is not this chart's to destroy",
  },
  {
    set: [CLUSTER, 'cluster.storage.useAllDevices=true,cluster.storage.deviceFilter=^sd'],
    message:
      'cluster.storage.useAllDevices and deviceFilter, devicePathFilter or devices contradict each other',
  },
])('$message', async ({ set, message }) => {
  await expect(render(...set)).rejects.toThrow(message)
})

test('data is destroyed when both are said, and by nothing else', async () => {
  const confirmed = async (...set: string[]): Promise<unknown> => {
    const objects = await render(CLUSTER, ...set)
    const cluster = objects.find(({ kind }) => kind === 'CephCluster')
    return at(cluster ?? null, 'spec', 'cleanupPolicy', 'confirmation')
  }
  expect(await confirmed()).toBe('')
  expect(await confirmed(CONFIRMED, 'cluster.cleanup.destroyDataOf=edge')).toBe(
    'yes-really-destroy-data',
  )
})

test('no device is taken that nobody has named', async () => {
  const objects = await render(CLUSTER)
  const cluster = objects.find(({ kind }) => kind === 'CephCluster')
  expect(at(cluster ?? null, 'spec', 'storage')).toEqual({
    useAllNodes: true,
    useAllDevices: false,
  })
})

/** Users of Ceph that Rook keeps in Secrets of these names. Source: Rook, CSI configuration. */
const SECRETS = {
  rbd: { provisioner: 'rook-csi-rbd-provisioner', node: 'rook-csi-rbd-node' },
  cephfs: { provisioner: 'rook-csi-cephfs-provisioner', node: 'rook-csi-cephfs-node' },
}

test.each([
  {
    driver: 'rbd',
    set: 'pools.p.replicated.size=3,pools.p.storageClass.enabled=true',
    own: { clusterID: 'edge', pool: 'p', imageFormat: '2', imageFeatures: 'layering' },
    fileSystem: { 'csi.storage.k8s.io/fstype': 'ext4' },
  },
  {
    driver: 'cephfs',
    set: `${FILES},filesystems.f.dataPools[0].replicated.size=3,filesystems.f.storageClass.enabled=true`,
    own: { clusterID: 'edge', fsName: 'f', pool: 'f-data0' },
    fileSystem: {},
  },
] as const)('a StorageClass of $driver names the driver and the Secrets that Rook makes', async (row) => {
  const objects = await render(CLUSTER, row.set)
  const found = objects.find(({ kind }) => kind === 'StorageClass')
  const { provisioner, node } = SECRETS[row.driver]
  const secrets = [
    ...['provisioner', 'controller-expand', 'controller-publish'].map((use) => [use, provisioner]),
    ['node-stage', node],
  ].flatMap(([use, name]) => [
    [`csi.storage.k8s.io/${use}-secret-name`, name],
    [`csi.storage.k8s.io/${use}-secret-namespace`, 'edge'],
  ])
  expect(found).toMatchObject({ provisioner: `edge.${row.driver}.csi.ceph.com` })
  expect(at(found ?? null, 'parameters')).toEqual({
    ...row.own,
    ...row.fileSystem,
    ...(Object.fromEntries(secrets) as Record<string, string>),
  })
  const drivers = objects.filter(({ kind }) => kind === 'Driver').map(({ metadata }) => metadata.name)
  expect(drivers).toContain(`edge.${row.driver}.csi.ceph.com`)
})

test('buckets are claimed from a provisioner that carries the namespace', async () => {
  const objects = await render(
    CLUSTER,
    'objectStores.s.metadataPool.replicated.size=3,objectStores.s.dataPool.replicated.size=3,objectStores.s.storageClass.enabled=true',
  )
  const settings = objects.find(({ metadata }) => metadata.name === 'rook-ceph-operator-config')
  const prefix = at(settings ?? null, 'data', 'ROOK_OBC_PROVISIONER_NAME_PREFIX') as string
  expect(objects.find(({ kind }) => kind === 'StorageClass')).toMatchObject({
    provisioner: `${prefix}.ceph.rook.io/bucket`,
    parameters: { objectStoreName: 's', objectStoreNamespace: 'edge' },
  })
})

test('every account that a role is bound to is made', async () => {
  const objects = await render(CLUSTER, 'csi.nfs=true')
  const made: Json[] = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name)
  const bound = objects.flatMap((object) => listAt(object, 'subjects').map(({ name }) => name ?? ''))
  expect(bound.filter((name) => !made.includes(name))).toEqual([])
})
