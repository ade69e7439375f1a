import type { JsonObject } from '../base/json.ts'

/** Tells what a file is for that has a kind but is no object of the API; undefined for objects. */
export function notInstallable({ apiVersion, kind, ...rest }: JsonObject): string | undefined {
  const name = typeof kind === 'string' ? kind : ''
  const group = typeof apiVersion === 'string' ? (apiVersion.split('/')[0] ?? '') : ''
  if (name === 'Policy' && ('predicates' in rest || 'priorities' in rest)) return SCHEDULER_POLICY
  if (name === 'Policy' && group === 'audit.k8s.io') return 'an audit policy of the API server'
  if (name === 'Config' && (group === 'v1' || group === '')) return kubeconfig(rest)
  if (name === 'EncryptionConfig' || name === 'EncryptionConfiguration') return ENCRYPTION
  if (SERVER_GROUPS.has(group))
    return `a configuration file (${name}) of ${SERVER_GROUPS.get(group)}`
  return undefined
}

const SCHEDULER_POLICY =
  'a policy file of the scheduler, which Kubernetes 1.23 removed; today it is ' +
  'KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1, a file too'

const ENCRYPTION =
  'the file by which the API server encrypts; today it is EncryptionConfiguration of ' +
  'apiserver.config.k8s.io/v1'

const SERVER_GROUPS: ReadonlyMap<string, string> = new Map([
  ['apiserver.config.k8s.io', 'the API server'],
  ['apiserver.k8s.io', 'the API server'],
  ['client.authentication.k8s.io', 'kubectl'],
  ['controlplane.config.k8s.io', 'the API server'],
  ['kubeadm.k8s.io', 'kubeadm'],
  ['kubecontrollermanager.config.k8s.io', 'the controller manager'],
  ['kubelet.config.k8s.io', 'the kubelet, which lies on the node'],
  ['kubeproxy.config.k8s.io', 'kube-proxy'],
  ['kubescheduler.config.k8s.io', 'the scheduler'],
])

function kubeconfig({ clusters, 'current-context': context }: JsonObject): string {
  const isWebhook = Array.isArray(clusters) && context === 'webhook'
  return isWebhook
    ? 'a webhook file of the API server, in the format of a kubeconfig'
    : 'a kubeconfig, which tells clients of clusters'
}
