import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditMark, auditedWrites, type AuditedCall } from '../support/audit.ts'
import { at } from '../support/gates.ts'
import { api, apiOk, freshNamespace } from '../support/plane.ts'
import { pkg, pkgOk } from '../support/plane-cli.ts'
import { standInForRook, type RookStandIn } from '../support/stand-in-rook.ts'

/*
 * What is special about rook-ceph: one thing after the other, there and back, with an operator
 * that keeps finalizers as Rook does and has no rights but those of the chart.
 */

const CHART = 'charts/rook-ceph'
/** Kinds in the order in which a first one of each is applied. */
const ORDER = [
  'deployments',
  'drivers',
  'cephclusters',
  'cephblockpools',
  'cephfilesystemsubvolumegroups',
  'storageclasses',
]

let namespace: string
let elsewhere: string
let operator: RookStandIn

// Several runs in one process listen for signals.
process.setMaxListeners(50)

beforeAll(async () => {
  namespace = await freshNamespace({ 'pod-security.kubernetes.io/enforce': 'privileged' })
  elsewhere = await freshNamespace()
  operator = standInForRook(namespace)
})
afterAll(async () => {
  operator.used.clear()
  await pkg(namespace, 'uninstall rook --ignore-not-found')
  await operator.stop()
})

test('a cluster is not ready before its operator says so', async () => {
  const { code, err } = await pkg(elsewhere, install('--timeout', '10s'))
  expect(code).not.toBe(0)
  expect(err).toContain(
    `timed out after 10 s waiting for CephCluster/${elsewhere}: waits for {.phase} == "Ready"`,
  )
})

test('all of it is installed in order, by no other rights than those of the chart', async () => {
  const mark = auditMark()
  await pkgOk(namespace, install('--wait'))
  const applied = await ownWrites(mark, 'patch')
  expect([...new Set(applied.map(({ resource }) => resource))]).toEqual(ORDER)
  expect(operator.refusals).toEqual([])
})

test.each([
  { may: 'rook-ceph-system create apps/deployments', own: true, other: false },
  { may: 'rook-ceph-system get /secrets', own: true, other: false },
  { may: 'rook-ceph-system list objectbucket.io/objectbucketclaims', own: true, other: false },
  { may: 'rook-ceph-system delete ceph.rook.io/cephclusters', own: false, other: false },
  { may: 'rook-ceph-system list /nodes', own: true, other: true },
  { may: 'rook-ceph-system update /nodes', own: false, other: false },
  { may: 'rook-ceph-osd get /nodes', own: true, other: true },
  { may: 'rook-ceph-osd list /secrets', own: false, other: false },
  { may: 'rook-ceph-default get /configmaps', own: false, other: false },
  { may: 'ceph-csi-operator create apps/daemonsets', own: true, other: false },
  { may: 'ceph-csi-operator create storage.k8s.io/csidrivers', own: true, other: true },
  { may: 'ceph-csi-operator get /secrets', own: false, other: false },
  { may: 'ceph-csi-rbd-ctrlplugin-sa create /persistentvolumes', own: true, other: true },
  { may: 'ceph-csi-rbd-ctrlplugin-sa get /secrets/rook-csi-rbd-node', own: true, other: false },
  { may: 'ceph-csi-rbd-ctrlplugin-sa get /secrets/rook-ceph-mon', own: false, other: false },
  { may: 'ceph-csi-rbd-nodeplugin-sa create /persistentvolumes', own: false, other: false },
])('$may: in its namespace $own, elsewhere $other', async ({ may, own, other }) => {
  expect({
    own: await isAllowed(may, namespace),
    other: await isAllowed(may, elsewhere),
  }).toEqual({ own, other })
})

test('an upgrade that would take the cluster away is refused', async () => {
  const { code, err } = await pkg(namespace, `upgrade rook ${CHART} --reset-values`)
  expect(code).not.toBe(0)
  expect(err).toContain('without cluster.enabled this upgrade would delete the CephCluster')
})

test('a namespace that lets no privileged pods in is refused', async () => {
  const strict = await freshNamespace({ 'pod-security.kubernetes.io/enforce': 'restricted' })
  const { code, err } = await pkg(strict, `install rook ${CHART}`)
  expect(code).not.toBe(0)
  expect(err).toContain(`namespace ${strict} lets in pods of level restricted alone`)
})

test('what is still used stops the removal, and all that it needs is still there', async () => {
  operator.used.add('blocks')
  const { code, err } = await pkg(namespace, 'uninstall rook --timeout 2s')
  expect(code).not.toBe(0)
  expect(err).toContain('CephBlockPool/blocks is not gone after 2 s')
  expect(err).toContain('CephBlockPool/blocks waits for cephblockpool.ceph.rook.io')
  const cluster = await apiOk('GET', `${below('ceph.rook.io/v1')}/cephclusters/${namespace}`)
  expect(at(cluster, 'metadata', 'deletionTimestamp')).toBeNull()
  for (const name of ['rook-ceph-operator', 'ceph-csi-operator'])
    await apiOk('GET', `${below('apps/v1')}/deployments/${name}`)
})

test('run again it goes back the whole way, each once the one before is gone', async () => {
  operator.used.clear()
  const mark = auditMark()
  await pkgOk(namespace, 'uninstall rook --delete-crds')
  const steps = (await writesHere(mark))
    .filter(({ resource }) => ['deployments', 'drivers', ...FREED].includes(resource))
    .map((call) => `${isOurs(call) ? call.verb : 'free'} ${call.resource}`)
  expect([...new Set(steps.filter((step) => step !== 'delete cephblockpools'))]).toEqual([
    'free cephblockpools',
    'delete cephclusters',
    'free cephclusters',
    'delete drivers',
    'delete deployments',
  ])
  // It may look once more when its rights are gone already.
  expect(operator.refusals.filter((each) => !each.startsWith('GET '))).toEqual([])
})

test('its definitions stay, and with them the cluster of another namespace', async () => {
  const path = `/apis/ceph.rook.io/v1/namespaces/${elsewhere}/cephclusters/${elsewhere}`
  expect(at(await apiOk('GET', path), 'metadata', 'deletionTimestamp')).toBeNull()
  await pkgOk(elsewhere, 'uninstall rook')
  expect((await api('GET', path)).status).toBe(404)
  for (const name of ['cephclusters.ceph.rook.io', 'drivers.csi.ceph.io'])
    await apiOk('GET', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`)
})

/** Kinds whose objects wait for the operator when they are deleted. */
const FREED = ['cephblockpools', 'cephclusters']

function install(...flags: string[]): string[] {
  const small = 'replicated.size=1'
  const unsafe = 'replicated.requireSafeReplicaSize=false'
  const values = [
    'pools.blocks.storageClass.enabled=true',
    `pools.blocks.storageClass.name=${namespace}`,
    ...['metadataPool', 'dataPools[0]'].flatMap((pool) =>
      [small, unsafe].map((each) => `filesystems.shared.${pool}.${each}`),
    ),
    'filesystems.shared.metadataServer.activeCount=1',
  ]
  const set = values.flatMap((value) => ['--set', value])
  return ['install', 'rook', CHART, '--preset', 'small', ...set, ...flags]
}

function below(groupVersion: string): string {
  return `/apis/${groupVersion}/namespaces/${namespace}`
}

function writesHere(mark: number): Promise<AuditedCall[]> {
  return auditedWrites(mark, ({ namespace: at, name }) => at === namespace || name === namespace)
}

/** What the program wrote of the kinds whose order matters. */
async function ownWrites(mark: number, verb: string): Promise<AuditedCall[]> {
  const writes = await writesHere(mark)
  return writes.filter(
    (call) => call.verb === verb && isOurs(call) && ORDER.includes(call.resource),
  )
}

/** The operator of the tests acts by its ServiceAccount. */
function isOurs({ user }: AuditedCall): boolean {
  return !user.startsWith('system:serviceaccount:')
}

/** Asks whether an account of the chart may do something: `account verb group/resource/name`. */
async function isAllowed(may: string, where: string): Promise<unknown> {
  const [account = '', verb = '', path = ''] = may.split(' ')
  const [group = '', resource = '', name = ''] = path.split('/')
  const review = await apiOk('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: `system:serviceaccount:${namespace}:${account}`,
      resourceAttributes: { verb, group, resource, name, namespace: where },
    },
  })
  return at(review, 'status', 'allowed')
}
