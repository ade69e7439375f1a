import type { AddOnCase } from '../support/add-on-case.ts'

const POOL =
  'pools.fast.replicated.size=3,pools.fast.deviceClass=nvme,pools.fast.storageClass.enabled=true,pools.fast.storageClass.default=true'
const PIECES =
  'pools.names.replicated.size=3,pools.pieces.erasureCoded.dataChunks=2,pools.pieces.erasureCoded.codingChunks=1,pools.pieces.storageClass.enabled=true,pools.pieces.storageClass.metadataPool=names'
const FILES =
  'filesystems.shared.metadataPool.replicated.size=3,filesystems.shared.dataPools[0].replicated.size=3,filesystems.shared.metadataServer.activeCount=1,filesystems.shared.storageClass.enabled=true'
const STORE =
  'objectStores.s3.metadataPool.replicated.size=3,objectStores.s3.dataPool.erasureCoded.dataChunks=2,objectStores.s3.dataPool.erasureCoded.codingChunks=1,objectStores.s3.gateway.port=80,objectStores.s3.gateway.instances=2'
const HOSTS = 'cluster.enabled=true,cluster.storage.hosts=3'

export const addOn: AddOnCase = {
  name: 'rook-ceph',
  switches: {
    preset: ['', 'small', 'ha'],
    cluster: [
      HOSTS,
      `${HOSTS},cluster.name=store,cluster.dataDir=/data/rook`,
      `${HOSTS},cluster.external=true`,
    ],
    devices: [
      'cluster.storage.deviceFilter=^sd[b-d]$',
      'cluster.storage.deviceFilter=,cluster.storage.devicePathFilter=^/dev/disk/by-path/pci-.*',
      'cluster.storage.deviceFilter=,cluster.storage.useAllDevices=true',
      'cluster.storage.useAllNodes=false,cluster.storage.nodes[0].name=a,cluster.storage.nodes[0].deviceFilter=^vd',
      'cluster.storage.deviceSets[0].name=set,cluster.storage.deviceSets[0].count=3,cluster.storage.deviceSets[0].volumeClaimTemplates[0].metadata.name=data,cluster.storage.config.osdsPerDevice="2"',
    ],
    pools: ['', POOL, PIECES],
    files: [
      '',
      FILES,
      `${FILES},filesystems.shared.preservePoolNames=true,filesystems.shared.dataPools[0].name=all`,
    ],
    stores: ['', STORE, `${STORE},objectStores.s3.storageClass.enabled=true`],
    claims: ['', 'operator.bucketClaims=cluster'],
    network: [
      '',
      'cluster.network.provider=host,cluster.network.encryption=true',
      'cluster.network.provider=multus,cluster.network.selectors.public=storage',
    ],
    dashboard: [
      '',
      'cluster.dashboard.ssl=false',
      'cluster.dashboard.ingress.enabled=true,cluster.dashboard.ingress.host=ceph.example.com,cluster.dashboard.ingress.className=traefik,cluster.dashboard.ingress.tlsSecret=t,cluster.dashboard.ingress.annotations.a=b',
    ],
    drivers: [
      '',
      'csi.nfs=true,csi.snapshots=volumeSnapshot,csi.secretNames={mine}',
      'csi.addons=true,csi.fencing=true,csi.snapshots=volumeGroupSnapshot,csi.nodeTolerations[0].operator=Exists,csi.nodeResources.plugin.limits.memory=1Gi',
    ],
    spec: [
      '',
      'cluster.spec.healthCheck.daemonHealth.mon.interval=30s,cluster.placement.mon.tolerations[0].operator=Exists,cluster.config.osd.osd_max_backfills="1",cluster.mgr.modules[0].name=rook,cluster.mgr.modules[0].enabled=true',
    ],
    toolbox: ['', 'toolbox.enabled=true'],
    monitoring: ['', 'monitoring.enabled=true,monitoring.interval=1m'],
    rbac: ['', 'rbac.create=false', 'rbac.aggregate=false'],
    images: [
      '',
      'images.registry=r.example.com,images.operator.tag=v1.20.7,images.pullSecrets={login}',
      `images.ceph.digest=sha256:${'0'.repeat(64)},operator.settings.ROOK_CEPH_COMMANDS_TIMEOUT_SECONDS="30",operator.discoverDisks=true`,
    ],
    placing: [
      '',
      'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight=1,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key=disk,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].operator=Exists',
    ],
  },
  rbac: ({ rbac, claims }) =>
    rbac !== 'rbac.create=false' && claims !== ''
      ? ['ClusterRole/edge-edge-rook-ceph-buckets: secrets of all namespaces']
      : [],
  customKinds: [
    'ceph.rook.io/v1 CephBlockPool',
    'ceph.rook.io/v1 CephCluster',
    'ceph.rook.io/v1 CephFilesystem',
    'ceph.rook.io/v1 CephFilesystemSubVolumeGroup',
    'ceph.rook.io/v1 CephObjectStore',
    'csi.ceph.io/v1 Driver',
    'csi.ceph.io/v1 OperatorConfig',
  ],
  leftovers: [
    'cephblockpoolradosnamespaces.ceph.rook.io',
    'cephblockpools.ceph.rook.io',
    'cephbucketnotifications.ceph.rook.io',
    'cephbuckettopics.ceph.rook.io',
    'cephclients.ceph.rook.io',
    'cephclusters.ceph.rook.io',
    'cephconnections.csi.ceph.io',
    'cephcosidrivers.ceph.rook.io',
    'cephfilesystemmirrors.ceph.rook.io',
    'cephfilesystems.ceph.rook.io',
    'cephfilesystemsubvolumegroups.ceph.rook.io',
    'cephnfses.ceph.rook.io',
    'cephnvmeofgateways.ceph.rook.io',
    'cephobjectrealms.ceph.rook.io',
    'cephobjectstoreaccounts.ceph.rook.io',
    'cephobjectstores.ceph.rook.io',
    'cephobjectstoreusers.ceph.rook.io',
    'cephobjectzonegroups.ceph.rook.io',
    'cephobjectzones.ceph.rook.io',
    'cephrbdmirrors.ceph.rook.io',
    'clientprofilemappings.csi.ceph.io',
    'clientprofiles.csi.ceph.io',
    'drivers.csi.ceph.io',
    'objectbucketclaims.objectbucket.io',
    'objectbuckets.objectbucket.io',
    'operatorconfigs.csi.ceph.io',
  ].map((name) => `CustomResourceDefinition/${name}`),
  lifecycle: {
    standIn: async (namespace) => {
      const { standInForRook } = await import('../support/stand-in-rook.ts')
      return standInForRook(namespace).stop
    },
  },
}
