import type { KubeFlags } from '../cluster/kubeconfig-choice.ts'

/** Flags that choose an API server, as given. */
export interface GivenClusterFlags {
  kubeconfig?: string | undefined
  context?: string | undefined
  cluster?: string | undefined
  user?: string | undefined
  server?: string | undefined
  token?: string | undefined
  'certificate-authority'?: string | undefined
  'client-certificate'?: string | undefined
  'client-key'?: string | undefined
  'tls-server-name'?: string | undefined
  'kube-insecure-skip-tls-verify'?: boolean | undefined
  as?: string | undefined
  'as-group'?: string[] | undefined
  'as-uid'?: string | undefined
  'request-timeout'?: number | undefined
  'exec-plugins'?: string | undefined
  storage?: string | undefined
}

/** What the flags say beside the kubeconfig. */
export function kubeFlagsOf(flags: GivenClusterFlags): KubeFlags {
  return {
    kubeconfig: flags.kubeconfig,
    context: flags.context,
    cluster: flags.cluster,
    user: flags.user,
    server: flags.server,
    token: flags.token,
    tlsServerName: flags['tls-server-name'],
    isUnverified: flags['kube-insecure-skip-tls-verify'] || undefined,
    certificateAuthority: flags['certificate-authority'],
    clientCertificate: flags['client-certificate'],
    clientKey: flags['client-key'],
    as: flags.as,
    asGroups: flags['as-group'],
    asUid: flags['as-uid'],
  }
}
