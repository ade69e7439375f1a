import type { Severity } from './finding.ts'

/**
 * What a rule is about: whether a Kubernetes version serves the object and what it names; what an
 * object may do to others; whether it does what it was written for; or whether it is one at all.
 */
export type RuleFamily = 'apis' | 'security' | 'practice' | 'form'

interface RuleSpec {
  family: RuleFamily
  severity: Severity
  /** What the rule finds, for the documentation. */
  finds: string
  /** Points that a finding takes from the object's score of 100. */
  points?: number
}

/** Every rule for objects, by its id. */
export const RULES = {
  'api-removed': {
    family: 'apis',
    severity: 'error',
    finds: 'an API version that is no longer served',
  },
  'cert-manager-legacy': {
    family: 'apis',
    severity: 'error',
    finds: 'objects of cert-manager before 1.0',
  },
  'cluster-scoped-namespace': {
    family: 'apis',
    severity: 'warning',
    finds: 'a namespace of an object that is in none',
  },
  'configuration-legacy': {
    family: 'apis',
    severity: 'warning',
    finds: 'a file of fluentd or Vault as they had it years ago',
  },
  'crd-legacy': {
    family: 'apis',
    severity: 'warning',
    finds: 'a definition in the form of v1beta1',
  },
  'dead-operator': {
    family: 'apis',
    severity: 'error',
    finds: 'operators that are gone, and their objects',
  },
  'ec-default-pool': {
    family: 'apis',
    severity: 'error',
    finds: 'a Ceph file system whose first data pool is erasure-coded',
  },
  'endpoints-deprecated': {
    family: 'apis',
    severity: 'warning',
    finds: 'Endpoints, deprecated since 1.33',
  },
  'frozen-registry': {
    family: 'apis',
    severity: 'warning',
    finds: 'images of registries that get no new ones',
  },
  'in-tree-volume': { family: 'apis', severity: 'error', finds: 'volumes whose driver is gone' },
  'ingress-legacy': {
    family: 'apis',
    severity: 'warning',
    finds: 'an Ingress in the form of v1beta1',
  },
  'istio-v1alpha3': {
    family: 'apis',
    severity: 'info',
    finds: 'Istio objects that have a newer version',
  },
  'legacy-label': {
    family: 'apis',
    severity: 'warning',
    finds: 'labels of nodes that have other names today',
  },
  'obsolete-version': {
    family: 'apis',
    severity: 'warning',
    finds: 'well-known programs that are far behind',
  },
  psp: { family: 'apis', severity: 'warning', finds: 'PodSecurityPolicy' },
  'removed-flag': {
    family: 'apis',
    severity: 'warning',
    finds: 'flags that components of Kubernetes dropped',
  },
  'replication-controller': { family: 'apis', severity: 'info', finds: 'ReplicationController' },
  'retired-controller': {
    family: 'apis',
    severity: 'warning',
    finds: 'Ingresses for ingress-nginx, which is retired',
  },
  'review-object': {
    family: 'apis',
    severity: 'warning',
    finds: 'questions to the API server and its answers',
  },
  'rook-legacy': { family: 'apis', severity: 'error', finds: 'objects of Rook before 1.0' },
  'sa-token-secret': {
    family: 'apis',
    severity: 'warning',
    finds: 'a token of a service account written by hand',
  },
  'selector-missing': { family: 'apis', severity: 'error', finds: 'a workload without a selector' },
  'webhook-legacy': {
    family: 'apis',
    severity: 'warning',
    finds: 'a webhook in the form of v1beta1',
  },

  'apiservice-insecure': {
    family: 'security',
    severity: 'warning',
    finds: 'an APIService whose certificate is not checked',
    points: 20,
  },
  'host-access': {
    family: 'security',
    severity: 'error',
    finds: 'privileged containers, namespaces and files of the node',
    points: 30,
  },
  'image-tag': {
    family: 'security',
    severity: 'warning',
    finds: 'images without a tag, or with "latest"',
    points: 10,
  },
  'plain-secret': {
    family: 'security',
    severity: 'error',
    finds: 'passwords in variables and ConfigMaps',
    points: 30,
  },
  'pod-security': {
    family: 'security',
    severity: 'error',
    finds: 'pods that need more than the chart declares',
    points: 20,
  },
  'rbac-secrets': {
    family: 'security',
    severity: 'error',
    finds: 'rights to the Secrets of all namespaces',
    points: 30,
  },
  'rbac-wildcard': { family: 'security', severity: 'error', finds: 'rights with "*"', points: 20 },

  'egress-without-dns': {
    family: 'practice',
    severity: 'warning',
    finds: 'pods that may reach nothing, not even DNS',
  },
  'memory-milli': {
    family: 'practice',
    severity: 'error',
    finds: 'memory in thousandths of a byte, such as 128m',
  },
  'missing-subset': {
    family: 'practice',
    severity: 'warning',
    finds: 'a subset that no DestinationRule beside it defines',
  },
  placeholder: { family: 'practice', severity: 'error', finds: 'what is still to be filled in' },
  'secret-newline': {
    family: 'practice',
    severity: 'warning',
    finds: 'values of Secrets that end in a line break',
  },
  'unset-variable': {
    family: 'practice',
    severity: 'error',
    finds: '$(NAME) of a variable that nothing sets',
  },
  'user-subject': {
    family: 'practice',
    severity: 'warning',
    finds: 'subjects of a binding that mean less than they say',
  },

  'apiversion-typo': {
    family: 'form',
    severity: 'error',
    finds: 'apiversion instead of apiVersion',
  },
  'duplicate-key': { family: 'form', severity: 'error', finds: 'the same key twice' },
  'not-installable': {
    family: 'form',
    severity: 'error',
    finds: 'files of components that are no objects',
  },
  schema: {
    family: 'form',
    severity: 'error',
    finds: 'fields that are missing, unknown or of the wrong type',
  },
  'template-not-rendered': { family: 'form', severity: 'error', finds: 'text of templates' },
  'yaml-syntax': { family: 'form', severity: 'error', finds: 'what is no YAML' },
} as const satisfies Record<string, RuleSpec>

export type RuleId = keyof typeof RULES

/** What a rule takes from the score of an object. */
export function pointsOf(rule: RuleId): number {
  const spec: RuleSpec = RULES[rule]
  return spec.points ?? 0
}
