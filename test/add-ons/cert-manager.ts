import type { AddOnCase } from '../support/add-on-case.ts'

const ACME =
  'issuers.le.acme.server=https://acme.example.com/dir,issuers.le.acme.privateKeySecretRef.name=le,issuers.le.acme.solvers[0].http01.ingress.ingressClassName=traefik'

export const addOn: AddOnCase = {
  name: 'cert-manager',
  switches: {
    preset: ['', 'small', 'ha'],
    issuers: [
      '',
      ACME,
      'issuers.le.acme.server=https://acme.example.com/dir,issuers.le.acme.privateKeySecretRef.name=le,issuers.le.acme.solvers[0].dns01.cloudflare.apiTokenSecretRef.name=cf,issuers.le.acme.solvers[0].dns01.cloudflare.apiTokenSecretRef.key=token,issuers.le.acme.solvers[0].selector.dnsZones={example.com}',
      'issuers.own.selfSigned.crlDistributionPoints={},issuers.ca.ca.secretName=ca,issuers.ca.namespace=shop',
      'issuers.v.vault.server=https://v:8200,issuers.v.vault.path=pki/sign/x,issuers.v.vault.auth.kubernetes.role=cm,issuers.v.vault.auth.kubernetes.serviceAccountRef.name=cm',
    ],
    gateway: ['', 'gatewayApi=true'],
    dns: ['', 'dns01Nameservers={1.1.1.1:53,9.9.9.9:53}'],
    issuer: ['', 'defaultIssuer.name=le'],
    places: ['', 'clusterResourceNamespace=keys,leaderElection.namespace=kube-system'],
    network: ['', 'webhook.hostNetwork=true,webhook.port=10260'],
    extra: [
      '',
      'controller.extraArgs={--dns01-check-retry-period=20s},controller.env.HTTPS_PROXY=p:1',
      'controller.accountAnnotations.role=dns,webhook.extraArgs={--feature-gates=A=true},cainjector.extraArgs={--v=3}',
    ],
    metrics: [
      '',
      'metrics.annotatePods=false',
      'metrics.podMonitor.enabled=true,podAnnotations.a=b',
    ],
    budget: ['', 'podDisruptionBudget.enabled=true'],
    spread: ['', 'spread=true'],
    rbac: ['', 'rbac.create=false', 'rbac.aggregate=false'],
    images: [
      '',
      'images.registry=r.example.com,images.repository=certs,images.tag=v1.21.2,images.pullSecrets={login}',
      `images.digests.webhook=sha256:${'0'.repeat(64)}`,
    ],
    placing: [
      '',
      'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high',
      'podLabels.team=pki,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight=1,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key=disk,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].operator=Exists',
    ],
  },
  podSecurity: ({ network }) =>
    network === '' ? [] : ['Deployment/edge-cert-manager-webhook: hostNetwork'],
  rbac: ({ rbac }) =>
    rbac === 'rbac.create=false'
      ? []
      : ['cainjector', 'certificates', 'issuers'].map(
          (part) => `ClusterRole/edge-edge-cert-manager-${part}: secrets of all namespaces`,
        ),
  customKinds: [
    'cert-manager.io/v1 ClusterIssuer',
    'cert-manager.io/v1 Issuer',
    'monitoring.coreos.com/v1 PodMonitor',
  ],
  clusterKinds: ['cert-manager.io/v1 ClusterIssuer'],
  leftovers: [
    'certificaterequests.cert-manager.io',
    'certificates.cert-manager.io',
    'challenges.acme.cert-manager.io',
    'clusterissuers.cert-manager.io',
    'issuers.cert-manager.io',
    'orders.acme.cert-manager.io',
  ].map((name) => `CustomResourceDefinition/${name}`),
}
