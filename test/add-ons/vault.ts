import type { AddOnCase } from '../support/add-on-case.ts'

export const addOn: AddOnCase = {
  name: 'vault',
  switches: {
    preset: ['', 'small', 'ha'],
    program: [
      'distribution=vault,storage.type=raft,replicas=1',
      'distribution=vault,storage.type=raft,replicas=5',
      'distribution=vault,storage.type=file,replicas=1',
      'distribution=vault,storage.type=consul,replicas=3,storage.consul.address=consul:8500',
      'distribution=openbao,storage.type=raft,replicas=3',
      'distribution=openbao,storage.type=file,replicas=1',
      'distribution=openbao,storage.type=postgresql,replicas=3,env.BAO_PG_CONNECTION_URL.secret=db,env.BAO_PG_CONNECTION_URL.key=url',
    ],
    tls: [
      '',
      'tls.mode=certManager,tls.issuer.name=ca,tls.names={vault.example.com}',
      'tls.mode=secret,tls.secret=mine',
      'tls.mode=off',
    ],
    seal: [
      '',
      'seal.type=awskms,seal.config.region=eu-central-1',
      'seal.type=transit,seal.config.address=https://v:8200,env.VAULT_TOKEN.secret=t,env.VAULT_TOKEN.key=token',
    ],
    audit: ['', 'audit.enabled=true,audit.storageClass=fast'],
    ingress: [
      '',
      'ingress.enabled=true,ingress.host=v.example.com,ingress.className=traefik,ingress.tlsSecret=t,ingress.annotations.a=b',
    ],
    injector: [
      '',
      `injector.enabled=true,injector.replicas=1,injector.image.digest=sha256:${'0'.repeat(64)}`,
      'injector.enabled=true,injector.replicas=2,injector.failurePolicy=Fail,injector.namespaceSelector.matchLabels.vault=yes',
    ],
    csi: ['', 'csi.enabled=true', `csi.enabled=true,csi.image.digest=sha256:${'0'.repeat(64)}`],
    metrics: [
      '',
      'metrics.enabled=true,ui=false',
      'metrics.enabled=true,metrics.annotatePods=false,metrics.podMonitor.enabled=true,metrics.podMonitor.labels.release=kps',
    ],
    extra: ['', 'extraConfig=default_lease_ttl = "1h",podLabels.a=b'],
    budget: ['', 'podDisruptionBudget.enabled=true'],
    spread: ['', 'spread=true'],
    account: ['', 'serviceAccount.name=safe', 'serviceAccount.create=false'],
    rbac: ['', 'rbac.create=false', 'rbac.authDelegator=false'],
    image: [
      '',
      'image.registry=r.example.com,image.repository=safe,image.tag=2.0.5,image.pullSecrets={login}',
      `image.digest=sha256:${'0'.repeat(64)}`,
    ],
    placing: ['', 'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high'],
  },
  podSecurity: ({ csi }) =>
    csi === ''
      ? []
      : ['DaemonSet/edge-vault-csi: volume hostPath', 'DaemonSet/edge-vault-csi: runAsNonRoot'],
  customKinds: ['cert-manager.io/v1 Certificate', 'monitoring.coreos.com/v1 PodMonitor'],
  references: ({ rbac }) =>
    rbac === ''
      ? [
          'ClusterRoleBinding/edge-edge-vault-auth-delegator: there is no ClusterRole system:auth-delegator',
        ]
      : [],
  leftovers: ['Secret/edge-vault-tls'],
  lifecycle: {
    // What claims a StatefulSet makes cannot be changed.
    set: ['storage.size=1Gi,audit.enabled=false'],
    leftovers: [0, 1, 2].map((each) => `PersistentVolumeClaim/data-edge-vault-${each}`),
  },
  random: [/^( {2}(?:ca\.crt|tls\.crt|tls\.key): )\S+$/gm],
}
