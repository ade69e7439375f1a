import type { AddOnCase } from '../support/add-on-case.ts'

export const addOn: AddOnCase = {
  name: 'ingress',
  switches: {
    preset: ['', 'small', 'ha'],
    kind: ['kind=Deployment', 'kind=DaemonSet'],
    exposure: [
      'exposure.type=LoadBalancer,exposure.sourceRanges={192.0.2.0/24},exposure.loadBalancerClass=x/y',
      'exposure.type=NodePort,ports.web.nodePort=30080,dashboard=true',
      'exposure.type=ClusterIP,exposure.ipFamilyPolicy=PreferDualStack,exposure.ipFamilies={IPv4}',
      'exposure.type=HostPort,ports.websecure.exposed=8443',
      'exposure.type=HostNetwork',
      'exposure.type=HostNetwork,ports.web.exposed=8080,ports.websecure.exposed=8443',
    ],
    providers: [
      'providers.ingress=true',
      'providers.ingress=false,providers.nginxCompat.enabled=true',
      'providers.ingress=false,providers.gatewayApi.enabled=true',
      'providers.nginxCompat.enabled=true,providers.nginxCompat.allowSnippets=true',
      'providers.nginxCompat.enabled=true,providers.gatewayApi.enabled=true',
    ],
    classes: [
      'ingressClass.default=true',
      'ingressClass.create=false,providers.nginxCompat.createClass=true,providers.gatewayApi.createClass=false',
    ],
    namespaces: ['', 'providers.namespaces={edge}', 'providers.namespaces={shop,blog}'],
    certificate: ['', 'tls.defaultCertificate=wildcard'],
    proxies: ['', 'trustedProxies={10.0.0.0/8,192.0.2.7}'],
    metrics: [
      '',
      'metrics.enabled=false',
      'metrics.annotatePods=false,metrics.podMonitor.enabled=true,metrics.podMonitor.labels.release=kps',
    ],
    env: ['', 'env.CF_DNS_API_TOKEN.secret=cloudflare,env.CF_DNS_API_TOKEN.key=token'],
    redirect: ['', 'redirectToHttps=true'],
    autoscaling: ['', 'autoscaling.enabled=true'],
    budget: ['', 'podDisruptionBudget.enabled=true', 'podDisruptionBudget.minAvailable=50%'],
    spread: ['', 'spread=true'],
    account: ['', 'serviceAccount.name=proxy', 'serviceAccount.create=false'],
    rbac: ['', 'rbac.create=false'],
    log: ['', 'log.access=true,log.level=DEBUG'],
    image: [
      '',
      'image.registry=r.example.com,image.tag=v3.7.12,image.pullSecrets={login}',
      `image.digest=sha256:${'0'.repeat(64)}`,
    ],
    placing: ['', 'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high'],
  },
  podSecurity: ({ kind, exposure }) => {
    const workload = kind === 'kind=DaemonSet' ? 'DaemonSet' : 'Deployment'
    return offencesOf(exposure ?? '').map((offence) => `${workload}/edge-ingress: ${offence}`)
  },
  rbac: ({ namespaces, rbac }) =>
    namespaces === '' && rbac === ''
      ? ['ClusterRole/edge-edge-ingress: secrets of all namespaces']
      : [],
  privilegedPorts: ({ exposure }) => (exposure === 'exposure.type=HostNetwork' ? [80, 443] : []),
  customKinds: ['gateway.networking.k8s.io/v1 GatewayClass', 'monitoring.coreos.com/v1 PodMonitor'],
  clusterKinds: ['gateway.networking.k8s.io/v1 GatewayClass'],
}

function offencesOf(exposure: string): string[] {
  if (exposure.includes('HostPort')) return ['hostPort']
  if (!exposure.includes('HostNetwork')) return []
  return exposure.includes('8443')
    ? ['hostNetwork']
    : ['hostNetwork', 'runAsUser 0', 'runAsNonRoot']
}
