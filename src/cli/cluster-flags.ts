import * as Flags from '@oclif/core/flags'
import { LIMITS } from '../base/limits.ts'
import { GoError } from '../golang/value.ts'
import { readDuration } from './flag-kinds.ts'

const ACCEPTED = 'Accepted for scripts written for Helm; the server itself says what is too much.'

/**
 * How long a call may take, in milliseconds; 0 for no limit.
 *
 * Source: k8s.io/client-go tools/clientcmd/helpers.go `ParseTimeout`.
 */
const callTime = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async (text) => Math.min(readCallTime(text), LIMITS.timer),
})

/**
 * Which API server, and as whom: kubectl's flags, with Helm's names beside them. Commands that
 * need no cluster take them too, because scripts set them for every command.
 */
export function clusterFlags({ hidden = false } = {}) {
  const group = { hidden, helpGroup: 'CLUSTER' }
  const text = (summary: string, alias?: string, env?: string) =>
    Flags.string({
      ...group,
      summary,
      ...(alias !== undefined && { aliases: [alias] }),
      ...(env !== undefined && { env }),
    })
  return {
    kubeconfig: text('Path of the kubeconfig; KUBECONFIG, or ~/.kube/config, when not given.'),
    context: text('Context of the kubeconfig.', 'kube-context', 'HELM_KUBECONTEXT'),
    cluster: text('Cluster of the kubeconfig.'),
    user: text('User of the kubeconfig.'),
    server: text('Address of the API server.', 'kube-apiserver', 'HELM_KUBEAPISERVER'),
    token: text('Bearer token.', 'kube-token', 'HELM_KUBETOKEN'),
    'certificate-authority': text(
      'Authorities to trust, in PEM.',
      'kube-ca-file',
      'HELM_KUBECAFILE',
    ),
    'client-certificate': text('Client certificate, in PEM.'),
    'client-key': text('Key of the client certificate, in PEM.'),
    'tls-server-name': text(
      'Name in the server’s certificate.',
      'kube-tls-server-name',
      'HELM_KUBETLS_SERVER_NAME',
    ),
    'kube-insecure-skip-tls-verify': Flags.boolean({
      ...group,
      summary: 'Do not check the certificate of the API server.',
      aliases: ['insecure-skip-tls-verify'],
      env: 'HELM_KUBEINSECURE_SKIP_TLS_VERIFY',
    }),
    as: text('User to act as.', 'kube-as-user', 'HELM_KUBEASUSER'),
    'as-group': groupsFlag(group),
    'as-uid': text('UID to act as.'),
    'request-timeout': callTime({
      ...group,
      summary: 'How long one call may take; 0 for no limit of your own.',
    }),
    'exec-plugins': Flags.string({
      ...group,
      summary:
        'Programs that the kubeconfig names for credentials: allow, if kuberc does, or deny.',
      options: ['allow', 'deny'],
      env: 'KUBECTL_PKG_EXEC_PLUGINS',
    }),
    storage: Flags.string({
      ...group,
      summary: 'What holds the records of releases: secret, as with Helm, or configmap.',
      options: ['secret', 'secrets', 'configmap', 'configmaps'],
      env: 'KUBECTL_PKG_STORAGE',
    }),
    'burst-limit': text(ACCEPTED, undefined, 'HELM_BURST_LIMIT'),
    qps: text(ACCEPTED, undefined, 'HELM_QPS'),
  }
}

function groupsFlag(group: { hidden: boolean; helpGroup: string }) {
  return Flags.string({
    ...group,
    summary: 'Group to act as; may be repeated.',
    aliases: ['kube-as-group'],
    env: 'HELM_KUBEASGROUPS',
    multiple: true,
    multipleNonGreedy: true,
    commas: true,
  })
}

function readCallTime(text: string): number {
  if (text === '') return 0
  try {
    return readDuration(/^[+-]?\d+$/.test(text) ? `${text}s` : text)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new RangeError('must be a number of seconds, or have a unit: 30, 30s, 2m, 0 for no limit')
  }
}
