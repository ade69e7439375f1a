import type { JsonObject } from '../../src/base/json.ts'
import type { KubeObject } from '../../src/manifest/object.ts'

const VERSIONS: Record<string, string> = {
  ConfigMap: 'v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  APIService: 'apiregistration.k8s.io/v1',
  DaemonSet: 'apps/v1',
  Deployment: 'apps/v1',
  Event: 'v1',
  Job: 'batch/v1',
  Namespace: 'v1',
  PersistentVolume: 'v1',
  PersistentVolumeClaim: 'v1',
  Pod: 'v1',
  PodDisruptionBudget: 'policy/v1',
  ReplicaSet: 'apps/v1',
  Secret: 'v1',
  Service: 'v1',
  StatefulSet: 'apps/v1',
}

/** An object by `Kind/name`, in namespace `apps`; kinds that nobody knows are custom resources. */
export function kubeObject(label: string, fields: JsonObject = {}): KubeObject {
  const [kind = '', name = ''] = label.split('/')
  const { metadata, ...rest } = fields
  return {
    apiVersion: VERSIONS[kind] ?? 'example.com/v1',
    kind,
    ...rest,
    metadata: { name, namespace: 'apps', uid: `uid-of-${label}`, ...(metadata as JsonObject) },
  }
}

/** A condition: `condition('Ready', 'True')`. */
export function condition(type: string, status: string, reason = '', message = ''): JsonObject {
  return { type, status, reason, message }
}

/** Makes an object the child of another one. */
export function childOf(parent: KubeObject, child: KubeObject): KubeObject {
  const owner = { kind: parent.kind, name: parent.metadata.name, uid: parent.metadata['uid'] ?? '' }
  const ownerReferences = [{ ...owner, apiVersion: parent.apiVersion, controller: true }]
  return { ...child, metadata: { ...child.metadata, ownerReferences } }
}
