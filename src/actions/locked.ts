import { awaitForeignRun } from '../apply/foreign-run.ts'
import { withLock } from '../apply/lock.ts'
import { settle, type Settled, type Verb } from '../apply/settle.ts'
import type { Site } from '../apply/site.ts'
import { PkgError } from '../base/errors.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections } from './connections.ts'

export interface LockedVerb {
  release: ReleaseName
  verb: Verb
  /** What was asked for; equal for the same command run again. */
  request: string
  /** Goes on with whatever was cut off, as the command that began it would. */
  takesUp?: boolean
  /** What becomes of what deleted objects own. */
  cascade?: Site['cascade']
}

/** Runs a verb while no other run may change the release, after settling what was cut off. */
export async function locked<T>(
  connections: Connections,
  { release, verb, request, takesUp, cascade }: LockedVerb,
  run: (site: Site, settled: Settled) => Promise<T>,
): Promise<T> {
  const { cluster, storage, identity, wait, now, signal, onNotice } = connections
  const { times, timeout, staleAfter, onWait } = connections.lock
  let isHeld = false
  const held = withLock(
    cluster.leases,
    { release, verb, request, takesUp, identity, times, timeout, now, signal, onWait },
    async (lock) => {
      isHeld = true
      const site: Site = { cluster, storage, lock, wait, now, signal, onNotice, cascade }
      try {
        const seen = await awaitForeignRun(site, release, { timeout, staleAfter })
        return await run(site, await settle(site, { release, verb, seen, takesUp }))
      } catch (error) {
        // What cannot be swept now either is swept by the run that settles this one.
        const tokens = [identity.token]
        await Promise.allSettled([cluster.sweep(tokens), storage.sweep(tokens)])
        throw error
      }
    },
  )
  return held.catch((error: unknown) => {
    throw verb === 'install' || isHeld ? error : withoutNamespace(error, verb, release)
  })
}

/** Whether a folder has never held a release: then nothing is written to it, not even a lock. */
export async function isUntouched({ cluster, namespace, signal }: Connections): Promise<boolean> {
  return !cluster.runsHooks && (await cluster.whyEmpty?.(namespace, signal)) !== undefined
}

/** Where there is no namespace to lock a release in, there is no release; one may be going, too. */
function withoutNamespace(error: unknown, verb: Verb, { name }: ReleaseName): unknown {
  if (!(error instanceof PkgError) || error.code !== 'NAMESPACE_MISSING') return error
  if (error.message.includes('being terminated')) return error
  return new PkgError('RELEASE_NOT_FOUND', MISSING[verb]?.(name) ?? 'release: not found', {
    hint: '"kubectl pkg list -A" shows all releases.',
    cause: error,
  })
}

/** What Helm says of a release that is not there. */
const MISSING: Partial<Record<Verb, (name: string) => string>> = {
  uninstall: (name) => `uninstall: Release not loaded: ${name}: release: not found`,
  upgrade: (name) => `"${name}" has no deployed releases`,
}
