import type { MigrationTarget } from '../../../src/migrate/migrate-object.ts'

/** An old object and what it is to be. */
export interface Move {
  about: string
  from: string
  to: string
  options?: Partial<MigrationTarget>
  /** Another file, migrated with it. */
  beside?: string
  /** A custom resource, whose definition a control plane may not have. */
  isCustom?: boolean
}

const POD = 'metadata: {labels: {app: a}}\n    spec: {containers: [{name: a, image: "a:1"}]}'
const META = 'metadata: {name: a}'

function same(kind: string, [old, now]: [string, string], rest: string): Move {
  const text = (apiVersion: string): string => `apiVersion: ${apiVersion}\nkind: ${kind}\n${rest}\n`
  return { about: `${kind} of ${old} has the same fields`, from: text(old), to: text(now) }
}

export const MOVES: readonly Move[] = [
  {
    about: 'a Deployment of extensions/v1beta1 gets its selector and its old defaults',
    from: `apiVersion: extensions/v1beta1\nkind: Deployment\n${META}\nspec:\n  rollbackTo: {revision: 1}\n  template:\n    ${POD}\n`,
    to: `apiVersion: apps/v1
kind: Deployment
${META}
spec:
  progressDeadlineSeconds: 2147483647
  revisionHistoryLimit: 2147483647
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}
  selector: {matchLabels: {app: a}}
  template:\n    ${POD}\n`,
  },
  {
    about: 'a Deployment of apps/v1beta2 keeps the selector that it has',
    from: `apiVersion: apps/v1beta2\nkind: Deployment\n${META}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    ${POD}\n`,
    to: `apiVersion: apps/v1\nkind: Deployment\n${META}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    ${POD}\n`,
  },
  {
    about: 'a DaemonSet of extensions/v1beta1 is still updated by hand',
    from: `apiVersion: extensions/v1beta1\nkind: DaemonSet\n${META}\nspec:\n  templateGeneration: 3\n  template:\n    ${POD}\n`,
    to: `apiVersion: apps/v1\nkind: DaemonSet\n${META}\nspec:\n  updateStrategy: {type: OnDelete}\n  selector: {matchLabels: {app: a}}\n  template:\n    ${POD}\n`,
  },
  {
    about: 'a StatefulSet of apps/v1beta1 is still updated by hand',
    from: `apiVersion: apps/v1beta1\nkind: StatefulSet\n${META}\nspec:\n  serviceName: a\n  template:\n    ${POD}\n`,
    to: `apiVersion: apps/v1\nkind: StatefulSet\n${META}\nspec:\n  serviceName: a\n  updateStrategy: {type: OnDelete}\n  selector: {matchLabels: {app: a}}\n  template:\n    ${POD}\n`,
  },
  {
    about: 'an Ingress names services, path types and its class',
    from: `apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata:
  name: a
  annotations: {kubernetes.io/ingress.class: traefik, certmanager.k8s.io/issuer: ca}
spec:
  backend: {serviceName: fallback, servicePort: http}
  rules: [{host: a.example, http: {paths: [{backend: {serviceName: a, servicePort: "80"}, path: /}]}}]
`,
    to: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: a
  annotations: {cert-manager.io/issuer: ca}
spec:
  ingressClassName: traefik
  defaultBackend: {service: {name: fallback, port: {name: http}}}
  rules: [{host: a.example, http: {paths: [{backend: {service: {name: a, port: {number: 80}}}, path: /, pathType: ImplementationSpecific}]}}]
`,
  },
  {
    about: 'a definition says everything version by version',
    from: `apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
metadata: {name: ts.old.example}
spec:
  group: old.example
  version: v1
  names: {plural: ts, kind: T}
  preserveUnknownFields: false
  subresources: {status: {}}
  additionalPrinterColumns: [{name: Age, type: date, JSONPath: .metadata.creationTimestamp}]
  validation: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
  conversion: {strategy: None}
`,
    to: `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ts.old.example}
spec:
  group: old.example
  scope: Namespaced
  names: {plural: ts, kind: T}
  conversion: {strategy: None}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      additionalPrinterColumns: [{name: Age, type: date, jsonPath: .metadata.creationTimestamp}]
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
`,
  },
  {
    about: 'a webhook keeps its old defaults',
    from: `apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingWebhookConfiguration
${META}
webhooks: [{name: a.old.example, clientConfig: {url: "https://a.example"}, rules: [{apiGroups: [v1], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}]
`,
    to: `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
${META}
webhooks: [{name: a.old.example, clientConfig: {url: "https://a.example"}, rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}],
  failurePolicy: Ignore, matchPolicy: Exact, timeoutSeconds: 30, sideEffects: None, admissionReviewVersions: [v1beta1]}]
`,
  },
  {
    about: 'an autoscaler of v2beta1 says its targets in one field',
    from: `apiVersion: autoscaling/v2beta1
kind: HorizontalPodAutoscaler
${META}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}
  metrics:
    - {type: Resource, resource: {name: cpu, targetAverageUtilization: 80}}
    - {type: Pods, pods: {metricName: requests, targetAverageValue: 10}}
    - {type: Object, object: {target: {kind: Service, name: a}, metricName: hits, targetValue: 5}}
`,
    to: `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
${META}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}
    - {type: Pods, pods: {metric: {name: requests}, target: {type: AverageValue, averageValue: 10}}}
    - {type: Object, object: {describedObject: {kind: Service, name: a}, metric: {name: hits}, target: {type: Value, value: 5}}}
`,
  },
  {
    about: 'an autoscaler finds its workload where that went',
    from: `apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
${META}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: extensions/v1beta1, kind: Deployment, name: a}
`,
    to: `apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
${META}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}
`,
  },
  {
    about: 'a budget whose selector was empty still selects no pod',
    from: `apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\n${META}\nspec:\n  minAvailable: 1\n  selector: {}\n`,
    to: `apiVersion: policy/v1\nkind: PodDisruptionBudget\n${META}\nspec:\n  minAvailable: 1\n`,
  },
  {
    about: 'shares of a priority level have another name, and 0 is written as what it meant',
    from: `apiVersion: flowcontrol.apiserver.k8s.io/v1beta1\nkind: PriorityLevelConfiguration\n${META}\nspec:\n  type: Limited\n  limited:\n    assuredConcurrencyShares: 0\n    limitResponse: {type: Reject}\n`,
    to: `apiVersion: flowcontrol.apiserver.k8s.io/v1\nkind: PriorityLevelConfiguration\n${META}\nspec:\n  type: Limited\n  limited:\n    nominalConcurrencyShares: 30\n    limitResponse: {type: Reject}\n`,
  },
  {
    about: 'a slice of endpoints names node and zone',
    from: `apiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice\n${META}\naddressType: IPv4\nendpoints:\n- addresses: [10.1.2.3]\n  topology:\n    kubernetes.io/hostname: n1\n    topology.kubernetes.io/zone: z1\n`,
    to: `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n${META}\naddressType: IPv4\nendpoints:\n- addresses: [10.1.2.3]\n  nodeName: n1\n  zone: z1\n`,
  },
  {
    about: 'a ClusterRoleBinding loses the namespace that it never had',
    from: `apiVersion: rbac.authorization.k8s.io/v1beta1\nkind: ClusterRoleBinding\nmetadata:\n  name: a\n  namespace: b\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\n`,
    to: `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: a\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\n`,
  },
  same(
    'NetworkPolicy',
    ['extensions/v1beta1', 'networking.k8s.io/v1'],
    `${META}\nspec: {podSelector: {}}`,
  ),
  same(
    'CronJob',
    ['batch/v1beta1', 'batch/v1'],
    `${META}\nspec: {schedule: "1 2 3 4 5", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: "a:1"}]}}}}}`,
  ),
  same('PriorityClass', ['scheduling.k8s.io/v1beta1', 'scheduling.k8s.io/v1'], `${META}\nvalue: 5`),
  same(
    'StorageClass',
    ['storage.k8s.io/v1beta1', 'storage.k8s.io/v1'],
    `${META}\nprovisioner: a.example`,
  ),
  same(
    'CSIDriver',
    ['storage.k8s.io/v1beta1', 'storage.k8s.io/v1'],
    `metadata: {name: a.example}\nspec: {attachRequired: false}`,
  ),
  same(
    'Lease',
    ['coordination.k8s.io/v1beta1', 'coordination.k8s.io/v1'],
    `${META}\nspec: {holderIdentity: a}`,
  ),
  same('RuntimeClass', ['node.k8s.io/v1beta1', 'node.k8s.io/v1'], `${META}\nhandler: runc`),
  same(
    'IngressClass',
    ['networking.k8s.io/v1beta1', 'networking.k8s.io/v1'],
    `${META}\nspec: {controller: a.example/a}`,
  ),
  same(
    'APIService',
    ['apiregistration.k8s.io/v1beta1', 'apiregistration.k8s.io/v1'],
    `metadata: {name: v1.old.example}\nspec: {group: old.example, version: v1, groupPriorityMinimum: 1, versionPriority: 1, insecureSkipTLSVerify: true, service: {name: a, namespace: b}}`,
  ),
  {
    about: 'an Issuer takes over what its Certificates said of their challenges',
    isCustom: true,
    from: `apiVersion: certmanager.k8s.io/v1alpha1
kind: ClusterIssuer
${META}
spec:
  acme:
    server: https://acme.example
    privateKeySecretRef: {name: key}
    http01: {}
    dns01: {providers: [{name: cloud, clouddns: {project: p}}]}
`,
    beside: `apiVersion: certmanager.k8s.io/v1alpha1
kind: Certificate
metadata: {name: x}
spec: {secretName: x, issuerRef: {kind: ClusterIssuer, name: a}, commonName: a.example, acme: {config: [{http01: {ingress: web}, domains: [a.example]}, {dns01: {provider: cloud}, domains: ["*.a.example"]}]}}
`,
    to: `apiVersion: cert-manager.io/v1
kind: ClusterIssuer
${META}
spec:
  acme:
    server: https://acme.example
    privateKeySecretRef: {name: key}
    solvers:
      - {selector: {dnsNames: [a.example]}, http01: {ingress: {name: web}}}
      - {selector: {dnsNames: ["*.a.example"]}, dns01: {cloudDNS: {project: p}}}
`,
  },
  {
    about: 'a Certificate of cert-manager gets new names for key and subject',
    isCustom: true,
    from: `apiVersion: cert-manager.io/v1alpha2\nkind: Certificate\n${META}\nspec:\n  secretName: a\n  commonName: a.example\n  dnsNames: [a.example]\n  issuerRef: {name: ca}\n  keyAlgorithm: ecdsa\n  keySize: 256\n  organization: [o]\n  uriSANs: [spiffe://a]\n`,
    to: `apiVersion: cert-manager.io/v1\nkind: Certificate\n${META}\nspec:\n  secretName: a\n  commonName: a.example\n  dnsNames: [a.example]\n  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Never}\n  issuerRef: {name: ca}\n  uris: [spiffe://a]\n  subject: {organizations: [o]}\n`,
  },
  {
    about: 'a Cluster of Rook is a CephCluster',
    isCustom: true,
    from: `apiVersion: rook.io/v1alpha1\nkind: Cluster\n${META}\nspec:\n  backend: ceph\n  dataDirHostPath: /var/lib/rook\n  hostNetwork: true\n  monCount: 3\n  storage:\n    useAllNodes: false\n    location:\n    metadataDevice: md0\n    nodes:\n    - name: n1\n      directories: [{path: /data}]\n      storeConfig:\n        databaseSizeMB: 512\n        journalSizeMB: 1\n`,
    to: `apiVersion: ceph.rook.io/v1\nkind: CephCluster\n${META}\nspec:\n  dataDirHostPath: /var/lib/rook\n  network: {provider: host}\n  mon: {count: 3, allowMultiplePerNode: false}\n  storage:\n    useAllNodes: false\n    config: {metadataDevice: md0}\n    nodes:\n    - name: n1\n      config: {databaseSizeMB: "512"}\n`,
  },
  {
    about: 'a volume of Rook’s flexVolume is a claim',
    from: `apiVersion: v1\nkind: Pod\n${META}\nspec:\n  containers: [{name: a, image: "a:1"}]\n  volumes:\n  - name: data\n    flexVolume:\n      driver: ceph.rook.io/rook\n      options: {fsName: fs}\n`,
    to: `apiVersion: v1\nkind: Pod\n${META}\nspec:\n  containers: [{name: a, image: "a:1"}]\n  volumes:\n  - name: data\n    persistentVolumeClaim: {claimName: data}\n`,
  },
  {
    about: 'Jaeger 1 becomes Jaeger 2 when that is asked for',
    options: { withDeprecated: true },
    from: `apiVersion: apps/v1\nkind: Deployment\n${META}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec:\n      containers:\n      - name: jaeger\n        image: jaegertracing/all-in-one:1.6\n        env: [{name: COLLECTOR_ZIPKIN_HTTP_PORT, value: "9411"}]\n        ports:\n        - {containerPort: 6831, protocol: UDP}\n        - {containerPort: 16686}\n        readinessProbe: {httpGet: {path: /, port: 14269}}\n`,
    to: `apiVersion: apps/v1\nkind: Deployment\n${META}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec:\n      containers:\n      - name: jaeger\n        image: jaegertracing/jaeger:2.20.0\n        ports:\n        - {containerPort: 16686}\n        readinessProbe: {httpGet: {path: /status, port: 13133}}\n`,
  },
  {
    about: 'a route of Istio gets its newest version when that is asked for',
    isCustom: true,
    options: { withDeprecated: true },
    from: `apiVersion: networking.istio.io/v1alpha3\nkind: VirtualService\n${META}\nspec: {hosts: [a], http: [{route: [{destination: {host: a}}]}]}\n`,
    to: `apiVersion: networking.istio.io/v1\nkind: VirtualService\n${META}\nspec: {hosts: [a], http: [{route: [{destination: {host: a}}]}]}\n`,
  },
]
