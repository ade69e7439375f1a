/** What a Kubernetes version says of an API that goes away. */
export interface DeprecatedApi {
  /** Minor version of Kubernetes 1 that first warns of it. */
  since: number
  /** Helm's sentence. */
  message: string
}

/**
 * Finds what is known of a deprecated API, whether or not a cluster is new enough to warn.
 *
 * Kinds that no client of Kubernetes knows, such as custom resources, are never deprecated.
 *
 * @returns undefined for an API that is not on its way out
 */
export function deprecatedApi(apiVersion: string, kind: string): DeprecatedApi | undefined {
  apis ??= readTable()
  return apis.get(`${apiVersion} ${kind}`)
}

let apis: ReadonlyMap<string, DeprecatedApi> | undefined

/**
 * A row: API version, minor version that deprecates, minor version that removes, API version
 * of the replacement, kinds. `Kind+` is the kind and its list, `Kind:Other` is replaced by
 * another kind, `-` is nothing.
 *
 * Source: recorded from `helm lint --kube-version` of Helm 4.1.4 for every kind that its
 * Kubernetes client knows, from 1.0 to 1.60.
 */
const TABLE = `
  admissionregistration.k8s.io/v1alpha1 29 32 - ValidatingAdmissionPolicy+
  admissionregistration.k8s.io/v1alpha1 29 32 - ValidatingAdmissionPolicyBinding+
  admissionregistration.k8s.io/v1alpha1 35 38 - MutatingAdmissionPolicy+
  admissionregistration.k8s.io/v1alpha1 35 38 - MutatingAdmissionPolicyBinding+
  admissionregistration.k8s.io/v1beta1 16 22 admissionregistration.k8s.io/v1
  admissionregistration.k8s.io/v1beta1 16 22 admissionregistration.k8s.io/v1 MutatingWebhookConfiguration+
  admissionregistration.k8s.io/v1beta1 16 22 admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration+
  admissionregistration.k8s.io/v1beta1 31 34 - ValidatingAdmissionPolicy+
  admissionregistration.k8s.io/v1beta1 31 34 - ValidatingAdmissionPolicyBinding+
  admissionregistration.k8s.io/v1beta1 37 40 - MutatingAdmissionPolicy+
  admissionregistration.k8s.io/v1beta1 37 40 - MutatingAdmissionPolicyBinding+
  apps/v1beta1 8 16 apps/v1 ControllerRevision+ Deployment+ DeploymentRollback StatefulSet+
  apps/v1beta1 8 16 autoscaling/v1 Scale
  apps/v1beta2 9 16 apps/v1 ControllerRevision+ DaemonSet+ Deployment+ ReplicaSet+ StatefulSet+
  apps/v1beta2 9 16 autoscaling/v1 Scale
  authentication.k8s.io/v1alpha1 29 32 - SelfSubjectReview
  authentication.k8s.io/v1beta1 19 22 authentication.k8s.io/v1 TokenReview
  authentication.k8s.io/v1beta1 30 33 - SelfSubjectReview
  authorization.k8s.io/v1beta1 19 22 authorization.k8s.io/v1 LocalSubjectAccessReview
  authorization.k8s.io/v1beta1 19 22 authorization.k8s.io/v1 SelfSubjectAccessReview
  authorization.k8s.io/v1beta1 19 22 authorization.k8s.io/v1 SelfSubjectRulesReview
  authorization.k8s.io/v1beta1 19 22 authorization.k8s.io/v1 SubjectAccessReview
  autoscaling/v2beta1 22 25 autoscaling/v2 HorizontalPodAutoscaler
  autoscaling/v2beta1 22 25 autoscaling/v2beta2 HorizontalPodAutoscalerList
  autoscaling/v2beta2 22 25 - HorizontalPodAutoscalerList
  autoscaling/v2beta2 23 26 autoscaling/v2 HorizontalPodAutoscaler
  batch/v1beta1 21 25 batch/v1 CronJob+
  certificates.k8s.io/v1alpha1 34 37 - ClusterTrustBundle+
  certificates.k8s.io/v1beta1 19 22 certificates.k8s.io/v1 CertificateSigningRequest+
  certificates.k8s.io/v1beta1 36 39 - ClusterTrustBundle+
  certificates.k8s.io/v1beta1 38 41 - PodCertificateRequest+
  coordination.k8s.io/v1alpha2 35 38 - LeaseCandidate+
  coordination.k8s.io/v1beta1 19 22 coordination.k8s.io/v1 Lease+
  coordination.k8s.io/v1beta1 36 39 - LeaseCandidate+
  discovery.k8s.io/v1beta1 21 25 discovery.k8s.io/v1 EndpointSlice EndpointSliceList:EndpointSlice
  events.k8s.io/v1beta1 22 25 - Event+
  extensions/v1beta1 14 22 networking.k8s.io/v1 Ingress+
  extensions/v1beta1 2 16 - Scale
  extensions/v1beta1 8 16 - DeploymentRollback
  extensions/v1beta1 8 16 apps/v1 DaemonSet+ Deployment+ ReplicaSet+
  extensions/v1beta1 9 16 networking.k8s.io/v1 NetworkPolicy+
  flowcontrol.apiserver.k8s.io/v1beta1 23 26 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema+
  flowcontrol.apiserver.k8s.io/v1beta1 23 26 flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration+
  flowcontrol.apiserver.k8s.io/v1beta2 26 29 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema+
  flowcontrol.apiserver.k8s.io/v1beta2 26 29 flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration+
  flowcontrol.apiserver.k8s.io/v1beta3 29 32 flowcontrol.apiserver.k8s.io/v1 FlowSchema+
  flowcontrol.apiserver.k8s.io/v1beta3 29 32 flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration+
  networking.k8s.io/v1beta1 19 22 networking.k8s.io/v1 Ingress+ IngressClass:IngressClassList
  networking.k8s.io/v1beta1 19 22 networking.k8s.io/v1 IngressClassList
  networking.k8s.io/v1beta1 34 37 - IPAddress+ ServiceCIDR+
  node.k8s.io/v1beta1 22 25 - RuntimeClass+
  policy/v1beta1 21 25 policy/v1 PodDisruptionBudget+
  policy/v1beta1 22 25 - Eviction
  rbac.authorization.k8s.io/v1beta1 17 22 rbac.authorization.k8s.io/v1 ClusterRole+
  rbac.authorization.k8s.io/v1beta1 17 22 rbac.authorization.k8s.io/v1 ClusterRoleBinding+ Role+
  rbac.authorization.k8s.io/v1beta1 17 22 rbac.authorization.k8s.io/v1 RoleBinding+
  resource.k8s.io/v1alpha3 36 39 - DeviceTaintRule+
  resource.k8s.io/v1beta1 35 38 - DeviceClass+ ResourceClaim+ ResourceClaimTemplate+
  resource.k8s.io/v1beta1 35 38 - ResourceSlice+
  resource.k8s.io/v1beta2 36 39 - DeviceClass+ ResourceClaim+ ResourceClaimTemplate+
  resource.k8s.io/v1beta2 36 39 - ResourceSlice+
  scheduling.k8s.io/v1beta1 14 22 scheduling.k8s.io/v1 PriorityClass+
  storage.k8s.io/v1alpha1 21 24 storage.k8s.io/v1 VolumeAttachment+
  storage.k8s.io/v1alpha1 21 24 storage.k8s.io/v1beta1 CSIStorageCapacity+
  storage.k8s.io/v1alpha1 32 35 storage.k8s.io/v1 VolumeAttributesClass+
  storage.k8s.io/v1beta1 17 22 storage.k8s.io/v1 CSINode CSINodeList:CSINode
  storage.k8s.io/v1beta1 19 22 storage.k8s.io/v1 CSIDriver+ StorageClass+ VolumeAttachment+
  storage.k8s.io/v1beta1 24 27 storage.k8s.io/v1 CSIStorageCapacity+
  storage.k8s.io/v1beta1 34 37 storage.k8s.io/v1 VolumeAttributesClass+
  storagemigration.k8s.io/v1beta1 38 41 - StorageVersionMigration+
  v1 19 - - ComponentStatus+
  v1 33 - discovery.k8s.io/v1 Endpoints:EndpointSlice EndpointsList:EndpointSliceList
`

function readTable(): Map<string, DeprecatedApi> {
  const table = new Map<string, DeprecatedApi>()
  for (const row of TABLE.trim().split('\n')) {
    const [apiVersion = '', since = '', removed = '', replacement = '', ...kinds] = row
      .trim()
      .split(' ')
    for (const [kind, other] of kinds.flatMap(namesOf)) {
      const gone = removed === '-' ? '' : `, unavailable in v1.${removed}+`
      const instead = replacement === '-' ? '' : `; use ${replacement} ${other}`
      const message = `${apiVersion} ${kind} is deprecated in v1.${since}+${gone}${instead}`
      table.set(`${apiVersion} ${kind}`, { since: Number(since), message })
    }
  }
  return table
}

function namesOf(entry: string): [kind: string, replacement: string][] {
  if (entry.endsWith('+')) {
    const kind = entry.slice(0, -1)
    return [
      [kind, kind],
      [`${kind}List`, `${kind}List`],
    ]
  }
  const [kind = '', other = kind] = entry.split(':')
  return [[kind, other]]
}
