import { isClusterScoped } from '../migrate/cluster-scoped.ts'
import { deadOperator, hasSuccessor } from '../migrate/dead-operators.ts'
import { isServed, movedApi } from '../migrate/moved-apis.ts'
import { valueAt, textAt } from '../migrate/field-path.ts'
import { hasErasureCodedDefault } from '../migrate/migrate-rook.ts'
import { newerApi } from '../migrate/newer-apis.ts'
import type { RuleId } from './rule-table.ts'
import type { Rule, RuleScene } from './rule.ts'

/** Looks at what became of an object's API version and form. */
export const checkMoves: Rule = (scene) => {
  const { object, apiVersion, kind, report } = scene
  checkApi(scene)
  const group = apiVersion.split('/')[0] ?? ''
  const definedGroup = kind === 'CustomResourceDefinition' ? textAt(object, 'spec', 'group') : ''
  const dead = deadOperator(definedGroup || group)
  if (dead !== undefined && (definedGroup !== '' || !hasSuccessor(apiVersion))) {
    report('dead-operator', ['apiVersion'], `of ${dead.operator}. ${dead.instead}`)
  }
  if (isClusterScoped(kind) && valueAt(object, 'metadata', 'namespace') !== undefined) {
    report('cluster-scoped-namespace', ['metadata', 'namespace'], `a ${kind} is in no namespace`)
  }
  if (SELECTING.has(kind) && !isSelecting(scene)) {
    report('selector-missing', ['spec'], 'spec.selector is missing; it never changes afterwards')
  }
  if ((kind === 'Filesystem' || kind === 'CephFilesystem') && hasErasureCodedDefault(object)) {
    const message = 'the first data pool must be replicated; erasure-coded ones come second'
    report('ec-default-pool', ['spec', 'dataPools', 0], message)
  }
  checkKind(scene)
}

function checkApi({ apiVersion, kind, minor, report }: RuleScene): void {
  const moved = movedApi(apiVersion, kind)
  if (moved !== undefined && moved.removed > 0 && !isServed(moved, minor)) {
    const to = moved.to === undefined ? 'and has no successor' : `and is ${moved.to} today`
    report(
      'api-removed',
      ['apiVersion'],
      `${apiVersion} is gone since Kubernetes 1.${moved.removed} ${to}`,
    )
  }
  const form = moved === undefined ? undefined : LEGACY[kind]
  if (form !== undefined && apiVersion !== 'policy/v1') report(form[0], ['apiVersion'], form[1])
  const [group = ''] = apiVersion.split('/')
  if (moved?.to === 'cert-manager.io/v1') {
    report(
      'cert-manager-legacy',
      ['apiVersion'],
      `${group} objects are of cert-manager.io/v1 today`,
    )
  }
  if (moved?.to === 'ceph.rook.io/v1') {
    report('rook-legacy', ['apiVersion'], `a ${kind} of Rook is of ceph.rook.io/v1 today`)
  }
  const newer = newerApi(apiVersion, kind)
  if (newer !== undefined) {
    report('istio-v1alpha3', ['apiVersion'], `still served; ${newer} has the same fields`)
  }
}

const LEGACY: Readonly<Record<string, [RuleId, string]>> = {
  CustomResourceDefinition: [
    'crd-legacy',
    'each version needs a schema today, and names its own columns and subresources',
  ],
  Ingress: ['ingress-legacy', 'backends name a service, and paths have a pathType today'],
  MutatingWebhookConfiguration: [
    'webhook-legacy',
    'sideEffects and admissionReviewVersions are needed today, and defaults are others',
  ],
  PodSecurityPolicy: [
    'psp',
    'labels of namespaces, pod-security.kubernetes.io/enforce, take its place',
  ],
  ValidatingWebhookConfiguration: [
    'webhook-legacy',
    'sideEffects and admissionReviewVersions are needed today, and defaults are others',
  ],
}

const SELECTING = new Set(['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'])

function isSelecting({ object }: RuleScene): boolean {
  return (valueAt(object, 'spec', 'selector') ?? null) !== null
}

function checkKind({ object, kind, apiVersion, report }: RuleScene): void {
  if (kind === 'ReplicationController') {
    report(
      'replication-controller',
      ['kind'],
      'still served; a Deployment or StatefulSet takes its place',
    )
  }
  if (kind === 'Endpoints' && apiVersion === 'v1') {
    report('endpoints-deprecated', ['kind'], 'deprecated since 1.33: write an EndpointSlice')
  }
  if (kind.endsWith('Review') && /^auth(?:entication|orization)\.k8s\.io\//.test(apiVersion)) {
    report('review-object', ['kind'], `a ${kind} asks the API server something, and is not kept`)
  }
  if (kind === 'APIService' && valueAt(object, 'spec', 'insecureSkipTLSVerify') === true) {
    const message = 'whoever answers in its place is believed: give spec.caBundle'
    report('apiservice-insecure', ['spec', 'insecureSkipTLSVerify'], message)
  }
}
