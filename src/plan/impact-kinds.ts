import type { KubeObject } from '../manifest/object.ts'
import { groupOf, valueAt } from './content.ts'
import type { ImpactFacts } from './impact.ts'

/** Kinds that keep pods running, as `group/Kind`. */
export const WORKLOADS: ReadonlySet<string> = new Set([
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
])

/** Other kinds that something reaches while they are there, as `group/Kind`. */
export const SERVING: ReadonlySet<string> = new Set(['/Pod', '/ReplicationController', '/Service'])

/** Kinds without a namespace that what others run depends on, as `group/Kind`. */
export const CLUSTER_WIDE: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'gateway.networking.k8s.io/GatewayClass',
  'networking.k8s.io/IngressClass',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/StorageClass',
])

/** Says what data goes when the object is deleted; undefined when none does. */
export function lossOf(live: KubeObject, { customResources }: ImpactFacts): string | undefined {
  switch (`${groupOf(live)}/${live.kind}`) {
    case '/PersistentVolumeClaim':
      return 'its volume may be deleted with it'
    case '/PersistentVolume':
      return valueAt(live, 'spec', 'persistentVolumeReclaimPolicy') === 'Retain'
        ? undefined
        : 'what it holds may be deleted with it'
    case '/Namespace':
      return 'everything in it is deleted with it'
    case 'apps/StatefulSet':
      return valueAt(live, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') ===
        'Delete'
        ? 'its claims are deleted with it'
        : undefined
    case 'apiextensions.k8s.io/CustomResourceDefinition':
      return lossOfDefinition(customResources?.get(live.metadata.name))
    default:
      return undefined
  }
}

function lossOfDefinition(count: number | undefined): string | undefined {
  if (count === 0) return undefined
  const which = count === undefined ? 'all its' : `its ${count}`
  return `${which} custom resources are deleted with it`
}
