import type { AddOnCase, Row } from '../support/add-on-case.ts'

const TRAFFIC =
  'traffic.reviews.namespace=bookinfo,traffic.reviews.versions.v1=90,traffic.reviews.versions.v3=10,traffic.reviews.headers[0].name=end-user,traffic.reviews.headers[0].value=jason,traffic.reviews.headers[0].version=v2'

export const addOn: AddOnCase = {
  name: 'istio',
  switches: {
    preset: ['', 'small', 'ha'],
    profile: ['', 'profile=ambient', 'cni.enabled=true'],
    revision: ['', 'revision=1-30', 'revision=default'],
    injection: [
      '',
      'injection.failurePolicy=Ignore,injection.rewriteProbes=false,proxy.first=false,proxy.excludeRanges={10.0.0.0/8}',
    ],
    mesh: [
      '',
      'mesh.accessLog.enabled=true,mesh.accessLog.encoding=JSON,mesh.outboundPolicy=REGISTRY_ONLY,mesh.mutualTls=STRICT',
      'mesh.multicluster.network=east,mesh.multicluster.cluster=one,mesh.multicluster.mesh=m,mesh.extra.defaultConfig.concurrency=2',
    ],
    tracing: ['', 'tracing.enabled=true,tracing.percentage=100'],
    istiod: [
      '',
      'istiod.autoscaling.enabled=true',
      'istiod.replicas=3,istiod.env.PILOT_ENABLE_ANALYSIS=true',
    ],
    gateways: [
      '',
      'gateways=null',
      'gateways[0].name=in,gateways[0].hosts={shop.example.com},gateways[0].tlsSecret=shop,gateways[0].annotations.a=b,gateways[0].externalTrafficPolicy=Local,gateways[0].loadBalancerSourceRanges={192.0.2.0/24}',
      'gateways[0].name=in,gateways[0].type=NodePort,gateways[0].maxReplicas=4,gateways[0].labels.tier=edge,gateways[1].name=out,gateways[1].namespace=egress,gateways[1].type=ClusterIP,gateways[1].ipFamilyPolicy=SingleStack,gateways[1].ipFamilies={IPv4},gateways[1].ports[0].name=tls,gateways[1].ports[0].port=15443',
    ],
    traffic: ['', TRAFFIC],
    sample: ['', 'sample.enabled=true'],
    gatewayApi: ['', 'gatewayApi=true'],
    metrics: ['', 'metrics.annotatePods=false'],
    budget: ['', 'podDisruptionBudget.enabled=true'],
    spread: ['', 'spread=true'],
    rbac: ['', 'rbac.create=false'],
    images: [
      '',
      'images.registry=r.example.com,images.repository=mesh,images.tag=1.30.4,images.variant=debug,images.pullSecrets={login}',
      `images.digests.pilot=sha256:${'0'.repeat(64)},images.digests.ztunnel=sha256:${'0'.repeat(64)}`,
    ],
    placing: [
      '',
      'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight=1,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key=disk,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].operator=Exists',
    ],
  },
  podSecurity: (row) => [
    ...(hasPlugin(row) ? offencesOf('istio-cni-node', isAmbient(row) ? 6 : 5) : []),
    ...(isAmbient(row) ? offencesOf('ztunnel', 1) : []),
  ],
  rbac: ({ rbac, revision }) =>
    rbac === ''
      ? [
          `ClusterRole/edge-istiod${revision === 'revision=1-30' ? '-1-30' : ''}: secrets of all namespaces`,
        ]
      : [],
  customKinds: [
    'networking.istio.io/v1 DestinationRule',
    'networking.istio.io/v1 Gateway',
    'networking.istio.io/v1 VirtualService',
    'security.istio.io/v1 PeerAuthentication',
    'telemetry.istio.io/v1 Telemetry',
  ],
  leftovers: [
    'authorizationpolicies.security.istio.io',
    'destinationrules.networking.istio.io',
    'envoyfilters.networking.istio.io',
    'gateways.networking.istio.io',
    'peerauthentications.security.istio.io',
    'proxyconfigs.networking.istio.io',
    'requestauthentications.security.istio.io',
    'serviceentries.networking.istio.io',
    'sidecars.networking.istio.io',
    'telemetries.telemetry.istio.io',
    'trafficextensions.extensions.istio.io',
    'virtualservices.networking.istio.io',
    'wasmplugins.extensions.istio.io',
    'workloadentries.networking.istio.io',
    'workloadgroups.networking.istio.io',
  ].map((name) => `CustomResourceDefinition/${name}`),
}

function isAmbient({ profile }: Row): boolean {
  return profile === 'profile=ambient'
}

function hasPlugin({ profile, preset }: Row): boolean {
  return profile !== '' || preset === 'ha'
}

/** The network of pods is changed by root, with files of the node. */
function offencesOf(program: string, folders: number): string[] {
  const offences = [
    'allowPrivilegeEscalation',
    'capabilities added',
    'runAsNonRoot',
    'runAsUser 0',
    ...Array.from({ length: folders }, () => 'volume hostPath'),
  ]
  return offences.map((offence) => `DaemonSet/${program}: ${offence}`)
}
