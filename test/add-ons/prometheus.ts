import type { AddOnCase } from '../support/add-on-case.ts'

const OPERATOR = 'operator.enabled=true'
const KINDS = ['Alertmanager', 'Probe', 'Prometheus', 'PrometheusRule', 'ServiceMonitor']

export const addOn: AddOnCase = {
  name: 'prometheus',
  switches: {
    preset: ['', 'small', 'ha'],
    mode: ['', OPERATOR, `${OPERATOR},operator.allMonitors=false`],
    alertmanager: [
      '',
      'alertmanager.enabled=false',
      'alertmanager.replicas=3,alertmanager.secrets={slack},alertmanager.config.receivers[0].name=team,alertmanager.config.receivers[0].slack_configs[0].channel=x,alertmanager.config.receivers[0].slack_configs[0].api_url_file=/etc/alertmanager/secrets/slack/url,alertmanager.config.route.receiver=team,alertmanager.externalUrl=https://a.example.com',
    ],
    nodes: ['', 'nodeExporter.enabled=false', 'nodeExporter.port=9101'],
    objects: [
      '',
      'kubeStateMetrics.enabled=false',
      'kubeStateMetrics.resourceKinds={pods,deployments,secrets,leases}',
    ],
    push: ['', 'pushgateway.enabled=true'],
    probes: [
      '',
      'blackbox.enabled=true,blackbox.targets.http_2xx={https://example.com/,https://example.org/},blackbox.targets.tcp_connect={example.com:22}',
    ],
    control: [
      '',
      'targets.controlPlane.etcd=true,targets.controlPlane.scheduler=true,targets.controlPlane.controllerManager=true,targets.controlPlane.proxy=true,rules.groups.controlPlane=true',
    ],
    targets: [
      '',
      'targets.apiServers=false,targets.nodes=false,targets.containers=false,targets.dns=false',
      'targets.annotatedPods=false,targets.annotatedServices=false,targets.insecureKubelets=false,targets.extra[0].job_name=mine,targets.extra[0].static_configs[0].targets={a:1}',
    ],
    rules: [
      '',
      'rules.groups.general=false,rules.groups.prometheus=false,rules.groups.alertmanager=false,rules.groups.workloads=false,rules.groups.capacity=false,rules.groups.recording=false',
      'rules.without={Watchdog,ContainerThrottled},rules.extra[0].name=mine,rules.extra[0].rules[0].alert=Mine,rules.extra[0].rules[0].expr=vector(1)',
    ],
    write: [
      '',
      'server.remoteWrite.far.url=https://w.example.com/,server.remoteWrite.far.basicAuth.secret=far,server.remoteWrite.far.basicAuth.usernameKey=u,server.remoteWrite.far.basicAuth.passwordKey=p,server.remoteWrite.far.keep=up|ALERTS',
      'server.remoteWrite.far.url=https://w.example.com/,server.remoteWrite.far.token.secret=far,server.remoteWrite.far.token.key=t,server.secrets={far,more}',
    ],
    store: [
      '',
      'server.persistence.enabled=false,alertmanager.persistence.enabled=false',
      'server.persistence.storageClass=fast,alertmanager.persistence.storageClass=fast,server.retention.size=40GB',
    ],
    server: [
      '',
      'server.externalUrl=https://p.example.com,server.externalLabels.cluster=one,server.extraArgs.query\\.max-samples=1000000',
    ],
    ingress: [
      '',
      'ingress.enabled=true,ingress.host=p.example.com,ingress.className=traefik,ingress.tlsSecret=t,ingress.annotations.a=b',
    ],
    dashboards: ['', 'dashboards.enabled=false', 'dashboards.grafana=true'],
    budget: ['', 'podDisruptionBudget.enabled=true'],
    spread: ['', 'spread=true'],
    rbac: ['', 'rbac.create=false'],
    images: [
      '',
      'images.registry=r.example.com,grafana.image.registry=r.example.com,images.prometheus.tag=v3.13.3,images.pullSecrets={login}',
      `images.prometheus.digest=sha256:${'0'.repeat(64)}`,
    ],
    placing: [
      '',
      'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight=1,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key=disk,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].operator=Exists,server.accountAnnotations.role=write,server.podLabels.team=sre,server.podAnnotations.note=b',
    ],
  },
  podSecurity: ({ nodes }) =>
    nodes === 'nodeExporter.enabled=false'
      ? []
      : ['hostNetwork', 'hostPID', 'hostPort', ...Array<string>(3).fill('volume hostPath')].map(
          (offence) => `DaemonSet/edge-prometheus-node-exporter: ${offence}`,
        ),
  rbac: ({ mode, rbac, objects }) =>
    rbac === ''
      ? [
          ...(mode === ''
            ? []
            : ['ClusterRole/edge-edge-prometheus-operator: secrets of all namespaces']),
          ...(objects?.includes('secrets') === true
            ? ['ClusterRole/edge-edge-prometheus-kube-state-metrics: secrets of all namespaces']
            : []),
        ]
      : [],
  // The operator makes the pods.
  references: ({ mode, alertmanager, budget, preset }) =>
    mode === ''
      ? []
      : ['', ...(alertmanager === 'alertmanager.enabled=false' ? [] : ['-alertmanager'])].flatMap(
          (part) => [
            `Service/edge-prometheus${part}: selects no workload`,
            ...(budget === '' && preset !== 'ha'
              ? []
              : [
                  `PodDisruptionBudget/edge-prometheus-${part.slice(1) || 'prometheus'}: selects no workload`,
                ]),
          ],
        ),
  customKinds: KINDS.map((kind) => `monitoring.coreos.com/v1 ${kind}`),
  lifecycle: {
    // Claims of a StatefulSet keep the size that they were made with.
    set: ['server.persistence.size=20Gi', 'alertmanager.persistence.enabled=true'],
    leftovers: [
      'edge-prometheus-0',
      'edge-prometheus-1',
      'edge-prometheus-alertmanager-0',
      'edge-prometheus-alertmanager-1',
      'edge-prometheus-alertmanager-2',
    ].map((pod) => `PersistentVolumeClaim/data-${pod}`),
  },
}
