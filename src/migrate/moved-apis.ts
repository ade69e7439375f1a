/** Where a kind went when an API version was no longer served. */
export interface MovedApi {
  /** Minor version of Kubernetes 1 that no longer serves it; 0 when an add-on brought it. */
  removed: number
  /** The API version that has it now; undefined when nothing has. */
  to: string | undefined
}

/**
 * Finds out where a kind went.
 *
 * @returns undefined for a kind that is still where it was, and for one that nothing is known of
 */
export function movedApi(apiVersion: string, kind: string): MovedApi | undefined {
  apis ??= readTable()
  return apis.get(`${apiVersion} ${kind}`)
}

/** Whether the Kubernetes version, a minor version of 1, still serves the kind. */
export function isServed(moved: MovedApi, minor: number): boolean {
  return moved.removed > minor
}

let apis: ReadonlyMap<string, MovedApi> | undefined

/**
 * A row: minor version that no longer serves, API version, the one that has it now ("-" for
 * none), kinds. A kind may take several steps, one after another.
 *
 * Source: kubernetes.io/docs/reference/using-api/deprecation-guide; the last rows are add-ons'.
 */
const TABLE = `
  8 extensions/v1beta1 - ThirdPartyResource
  16 extensions/v1beta1 apps/v1 DaemonSet Deployment ReplicaSet
  16 apps/v1beta1 apps/v1 ControllerRevision Deployment StatefulSet
  16 apps/v1beta2 apps/v1 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
  16 extensions/v1beta1 networking.k8s.io/v1 NetworkPolicy
  16 extensions/v1beta1 policy/v1beta1 PodSecurityPolicy
  20 settings.k8s.io/v1alpha1 - PodPreset
  21 batch/v2alpha1 batch/v1 CronJob
  22 extensions/v1beta1 networking.k8s.io/v1 Ingress
  22 networking.k8s.io/v1beta1 networking.k8s.io/v1 Ingress IngressClass
  22 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1 CustomResourceDefinition
  22 admissionregistration.k8s.io/v1beta1 admissionregistration.k8s.io/v1 MutatingWebhookConfiguration
  22 admissionregistration.k8s.io/v1beta1 admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration
  22 apiregistration.k8s.io/v1beta1 apiregistration.k8s.io/v1 APIService
  22 authentication.k8s.io/v1beta1 authentication.k8s.io/v1 TokenReview
  22 authorization.k8s.io/v1beta1 authorization.k8s.io/v1 LocalSubjectAccessReview
  22 authorization.k8s.io/v1beta1 authorization.k8s.io/v1 SelfSubjectAccessReview
  22 authorization.k8s.io/v1beta1 authorization.k8s.io/v1 SelfSubjectRulesReview SubjectAccessReview
  22 certificates.k8s.io/v1beta1 certificates.k8s.io/v1 CertificateSigningRequest
  22 coordination.k8s.io/v1beta1 coordination.k8s.io/v1 Lease
  22 rbac.authorization.k8s.io/v1alpha1 rbac.authorization.k8s.io/v1 ClusterRole Role
  22 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1 ClusterRole ClusterRoleBinding
  22 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1 Role RoleBinding
  22 scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1 PriorityClass
  22 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 PriorityClass
  22 storage.k8s.io/v1beta1 storage.k8s.io/v1 CSIDriver CSINode StorageClass VolumeAttachment
  25 batch/v1beta1 batch/v1 CronJob
  25 discovery.k8s.io/v1beta1 discovery.k8s.io/v1 EndpointSlice
  25 events.k8s.io/v1beta1 events.k8s.io/v1 Event
  25 node.k8s.io/v1beta1 node.k8s.io/v1 RuntimeClass
  25 policy/v1beta1 policy/v1 PodDisruptionBudget
  25 policy/v1beta1 - PodSecurityPolicy
  25 autoscaling/v2beta1 autoscaling/v2 HorizontalPodAutoscaler
  26 autoscaling/v2beta2 autoscaling/v2 HorizontalPodAutoscaler
  26 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema
  26 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration
  27 storage.k8s.io/v1beta1 storage.k8s.io/v1 CSIStorageCapacity
  29 flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1 FlowSchema
  29 flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration
  32 flowcontrol.apiserver.k8s.io/v1beta3 flowcontrol.apiserver.k8s.io/v1 FlowSchema
  32 flowcontrol.apiserver.k8s.io/v1beta3 flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration
  0 certmanager.k8s.io/v1alpha1 cert-manager.io/v1 Certificate ClusterIssuer Issuer
  0 cert-manager.io/v1alpha2 cert-manager.io/v1 Certificate ClusterIssuer Issuer
  0 cert-manager.io/v1alpha3 cert-manager.io/v1 Certificate ClusterIssuer Issuer
  0 cert-manager.io/v1beta1 cert-manager.io/v1 Certificate ClusterIssuer Issuer
  0 rook.io/v1alpha1 ceph.rook.io/v1 Cluster Filesystem ObjectStore Pool
  0 ceph.rook.io/v1beta1 ceph.rook.io/v1 Cluster Filesystem ObjectStore Pool
`

function readTable(): Map<string, MovedApi> {
  const table = new Map<string, MovedApi>()
  for (const row of TABLE.trim().split('\n')) {
    const [removed = '', from = '', to = '', ...kinds] = row.trim().split(' ')
    const moved = { removed: Number(removed), to: to === '-' ? undefined : to }
    for (const kind of kinds) table.set(`${from} ${kind}`, moved)
  }
  return table
}
