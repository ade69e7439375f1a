import { PkgError } from '../base/errors.ts'
import { homeOf } from './home-folders.ts'
import type { Io } from './io.ts'
import { kubeFlagsOf, type GivenClusterFlags } from './kube-flags.ts'
import { parseTarget } from './target.ts'

/**
 * The namespace of releases that name none: that of the context; `default` where there is no
 * kubeconfig, or one that cannot be used.
 */
export async function contextNamespace(
  flags: GivenClusterFlags & { target?: string | undefined },
  io: Io,
): Promise<string> {
  if (parseTarget(flags.target).kind === 'directory') return 'default'
  const { connect } = await import('../cluster/connect.ts')
  try {
    const { namespace } = connect({
      flags: kubeFlagsOf(flags),
      env: io.env,
      home: homeOf(io.env),
      isTerminal: io.isTerminal,
      now: () => io.now(),
    })
    return namespace ?? 'default'
  } catch (error) {
    if (error instanceof PkgError) return 'default'
    throw error
  }
}
