import type { AddOnCase, Row } from '../support/add-on-case.ts'

export const addOn: AddOnCase = {
  name: 'efk',
  switches: {
    preset: ['', 'small', 'ha'],
    store: [
      '',
      'store.kind=opensearch',
      'store.replicas=3,store.dataNodes=2',
      'store.kind=opensearch,store.replicas=3,store.dataNodes=1',
      'store.kind=external,store.external.host=es.example.com,store.external.secret=writer,store.external.uiSecret=pages,store.external.caSecret=ca,store.external.version=9.5.2',
      'store.kind=external,store.external.kind=opensearch,store.external.host=os,store.external.tls=false,store.external.secret=writer,store.external.setupSecret=admin,ui.enabled=false',
      'store.kind=none,sinks.forward.enabled=true,sinks.forward.host=logs.example.com',
    ],
    collector: [
      '',
      'collector.kind=fluent-bit,collector.topology=direct',
      'collector.kind=fluent-bit,collector.topology=aggregated',
      'collector.kind=fluentd,collector.topology=direct',
      'collector.kind=fluentd,collector.topology=aggregated',
      'collector.kind=none',
    ],
    parser: ['', 'collector.parser=docker', 'collector.parser=auto'],
    multiline: ['', 'multiline.languages={java,python}', 'multiline.start=^[0-9]{4}-'],
    sources: [
      '',
      'sources.kubelet.enabled=true,sources.audit.enabled=true',
      'sources.containers=false,sources.audit.enabled=true',
      'sources.controlPlane=false',
    ],
    excluded: ['', 'collector.excludeNamespaces={kube-system,dev}'],
    sinks: [
      '',
      'sinks.kafka.enabled=true,sinks.kafka.brokers={a:9092},fluentd.image.repository=logs/fluentd',
      'sinks.kafka.enabled=true,sinks.kafka.brokers={a:9092,b:9092},sinks.kafka.topicPerNamespace=false,sinks.kafka.tls=true,sinks.kafka.saslMechanism=scram-sha-512,sinks.kafka.secret=kafka,fluentd.image.repository=logs/fluentd',
      'sinks.syslog.enabled=true,sinks.syslog.host=s,sinks.syslog.mode=tls,fluentd.image.repository=logs/fluentd',
      'sinks.http.enabled=true,sinks.http.url=https://h.example.com:8443/in,sinks.http.secret=h,sinks.forward.enabled=true,sinks.forward.host=f,sinks.forward.tls=true,sinks.forward.secret=f',
    ],
    retention: ['', 'retention.enabled=false', 'retention.days=90,retention.stream=logs-shop-prod'],
    tls: [
      '',
      'tls.mode=certManager,tls.issuer.name=ca,tls.names={logs.example.com}',
      'tls.mode=secret,tls.secret=mine,tls.subject=CN=logs',
    ],
    mmap: ['', 'store.mmap=node', 'store.mmap=init'],
    persistence: [
      '',
      'store.persistence.enabled=false,aggregator.persistence.enabled=false',
      'store.persistence.storageClass=fast,aggregator.persistence.enabled=true,aggregator.persistence.storageClass=fast',
    ],
    ui: [
      '',
      'ui.enabled=false',
      'ui.https=true,ui.replicas=2,ui.ingress.enabled=true,ui.ingress.host=logs.example.com,ui.ingress.className=traefik,ui.ingress.tlsSecret=t,ui.ingress.annotations.a=b',
    ],
    config: ['', 'store.config.http\\.max_content_length=50mb,ui.config.logging\\.dest=stdout'],
    budget: ['', 'podDisruptionBudget.enabled=true'],
    spread: ['', 'spread=true'],
    metrics: ['', 'metrics.annotatePods=false'],
    rbac: ['', 'rbac.create=false'],
    images: [
      '',
      'images.registry=r.example.com,images.pullSecrets={login}',
      `store.image.digest=sha256:${'0'.repeat(64)},ui.image.digest=sha256:${'1'.repeat(64)},collector.image.digest=sha256:${'2'.repeat(64)},fluentd.image.digest=sha256:${'3'.repeat(64)}`,
    ],
    placing: [
      '',
      'nodeSelector.disk=ssd,tolerations[0].operator=Exists,priorityClassName=high,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight=1,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key=disk,affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].operator=Exists,listen=::,collector.nodeSelector.logs=yes,collector.priorityClassName=system-node-critical',
    ],
  },
  podSecurity: (row) => [...collectorOffences(row), ...nodeOffences(row)],
  customKinds: ['cert-manager.io/v1 Certificate'],
  leftovers: ['Secret/edge-efk-keys', 'Secret/edge-efk-tls', 'Secret/edge-efk-users'],
  lifecycle: {
    // What claims a StatefulSet makes cannot be changed.
    set: ['store.persistence.size=10Gi'],
    leftovers: [
      ...[0, 1, 2].map((each) => `PersistentVolumeClaim/data-edge-efk-store-${each}`),
      ...[0, 1].map((each) => `PersistentVolumeClaim/state-edge-efk-aggregator-${each}`),
    ],
  },
  random: [
    /^( {2}(?:ca\.crt|tls\.crt|tls\.key|(?:forward|ui)-key|\w+-(?:hash|password)): )\S+$/gm,
    /^( {4}(?:kibana|collector|setup):)\S+$/gm,
    /(\{hash: )[^,]+/g,
  ],
}

/** Log files are root's, and in folders of the node, as is the state of the collector. */
function collectorOffences({ collector = '', parser }: Row): string[] {
  if (collector === 'collector.kind=none') return []
  const folders = parser === '' ? 2 : 3
  return [
    ...Array.from({ length: folders }, () => 'volume hostPath'),
    'runAsNonRoot',
    'runAsUser 0',
  ].map((offence) => `DaemonSet/edge-efk-collector: ${offence}`)
}

/** A container that sets vm.max_map_count must be privileged. */
function nodeOffences({ mmap, store = '' }: Row): string[] {
  if (mmap !== 'store.mmap=init' || /external|none/.test(store)) return []
  const sets = store.includes('dataNodes') ? ['store', 'store-data'] : ['store']
  const offences = [
    'allowPrivilegeEscalation',
    'capabilities kept',
    'privileged',
    'runAsNonRoot',
    'runAsUser 0',
  ]
  return sets.flatMap((set) => offences.map((each) => `StatefulSet/edge-efk-${set}: ${each}`))
}
