import type { AddOnCase } from '../support/add-on-case.ts'

export const addOn: AddOnCase = {
  name: 'metrics-server',
  switches: {
    preset: ['', 'small', 'ha'],
    tls: [
      '',
      'tls.mode=certManager',
      'tls.mode=certManager,tls.issuer.name=ca,tls.issuer.kind=ClusterIssuer',
      'tls.mode=insecure',
    ],
    api: ['', 'apiService.create=false'],
    kubelet: ['', 'kubelet.insecureTLS=true,kubelet.addressTypes={Hostname}'],
    network: ['', 'hostNetwork=true'],
    budget: ['', 'podDisruptionBudget.enabled=true,podDisruptionBudget.minAvailable=50%'],
    spread: ['', 'spread=true,replicas=2'],
    account: ['', 'serviceAccount.name=meter', 'serviceAccount.create=false'],
    rbac: ['', 'rbac.create=false', 'rbac.aggregate=false'],
    image: [
      '',
      'image.registry=r.example.com,image.tag=v0.9.1,image.pullSecrets={login}',
      `image.digest=sha256:${'0'.repeat(64)},testImage.digest=sha256:${'1'.repeat(64)}`,
    ],
    extra: ['', 'extraArgs={--v=2},podLabels.a=b,podAnnotations.c=d'],
    placing: ['', 'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high'],
  },
  podSecurity: ({ network }) =>
    network === 'hostNetwork=true' ? ['Deployment/edge-metrics-server: hostNetwork'] : [],
  customKinds: ['cert-manager.io/v1 Certificate', 'cert-manager.io/v1 Issuer'],
  references: ({ rbac }) =>
    rbac === 'rbac.create=false'
      ? []
      : [
          'ClusterRoleBinding/edge-edge-metrics-server-auth-delegator: there is no ClusterRole system:auth-delegator',
          'RoleBinding/edge-edge-metrics-server-auth-reader: there is no Role extension-apiserver-authentication-reader',
        ],
  // No program answers there, and an API without answers holds up the deletion of namespaces.
  lifecycle: { set: ['apiService.create=false'] },
  random: [/^( {2}(?:ca\.crt|tls\.crt|tls\.key|caBundle): )\S+$/gm],
}
