import { PkgError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import type { Kubeconfig } from './kubeconfig.ts'
import type { Section } from './kubeconfig-section.ts'

/** What flags say beside the kubeconfig; undefined for flags that are not given. */
export interface KubeFlags {
  kubeconfig?: string | undefined
  context?: string | undefined
  cluster?: string | undefined
  user?: string | undefined
  server?: string | undefined
  token?: string | undefined
  tlsServerName?: string | undefined
  isUnverified?: boolean | undefined
  /** Paths, seen from the working folder. */
  certificateAuthority?: string | undefined
  clientCertificate?: string | undefined
  clientKey?: string | undefined
  username?: string | undefined
  password?: string | undefined
  disableCompression?: boolean | undefined
  as?: string | undefined
  asGroups?: readonly string[] | undefined
  asUid?: string | undefined
}

/** Sections that a run uses; undefined for what the kubeconfig does not have. */
export interface Choice {
  context: Section | undefined
  cluster: Section | undefined
  user: Section | undefined
}

/**
 * Picks context, cluster and user.
 *
 * Source: Kubernetes client-go 0.35 tools/clientcmd/client_config.go.
 *
 * @throws PkgError KUBECONFIG_INVALID when one that is asked for does not exist
 */
export function choose(config: Kubeconfig, flags: KubeFlags): Choice {
  const contextName = flags.context || config.currentContext
  const context = config.contexts.get(contextName)
  if (context === undefined && contextName !== '') {
    const from = flags.context ? '' : ', the current context,'
    throw missing(`context "${contextName}"${from}`, contextName, config.contexts, config)
  }
  const clusterName = flags.cluster || (context?.text('cluster') ?? '')
  const userName = flags.user || (context?.text('user') ?? '')
  return {
    context,
    cluster: pick(config.clusters, { kind: 'cluster', name: clusterName }, config),
    user: pick(config.users, { kind: 'user', name: userName }, config),
  }
}

function pick(
  sections: ReadonlyMap<string, Section>,
  { kind, name }: { kind: string; name: string },
  config: Kubeconfig,
): Section | undefined {
  const section = sections.get(name)
  if (section !== undefined || name === '') return section
  throw missing(`${kind} "${name}"`, name, sections, config)
}

function missing(
  what: string,
  name: string,
  sections: ReadonlyMap<string, Section>,
  { files }: Kubeconfig,
): PkgError {
  const known = [...sections.keys()].sort()
  const guess = nearest(name, known)
  const place = files.length === 0 ? 'there is no kubeconfig' : `not in ${files.join(', ')}`
  return new PkgError('KUBECONFIG_INVALID', `${what} does not exist: ${place}`, {
    hint:
      guess === undefined
        ? 'Check --context, --kubeconfig and KUBECONFIG.'
        : `Did you mean "${guess}"?`,
    details: known.length === 0 ? [] : [`known: ${known.join(', ')}`],
  })
}
