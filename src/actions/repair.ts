import { withLock } from '../apply/lock.ts'
import { PkgError } from '../base/errors.ts'
import type { DamagedRecord, Examination, ReleaseName } from '../storage/storage.ts'
import type { Connections } from './connections.ts'
import { assertReleaseName } from './names.ts'
import { assertRecordRights } from './preflight.ts'
import { reporting } from './target-errors.ts'

export interface RepairRequest {
  release: ReleaseName
  /**
   * Saves the text before anything is changed; without it nothing is.
   *
   * @returns where it is
   */
  saveBackup?: ((text: string) => Promise<string>) | undefined
}

/** What is wrong with the records of a release, and what became of it. */
export interface Repair {
  release: ReleaseName
  /** Records that were looked at. */
  count: number
  damaged: Omit<DamagedRecord, 'mend'>[]
  /** Where the records are as they were; undefined when nothing was changed. */
  backup: string | undefined
}

/**
 * Finds the damaged records of a release. With `saveBackup` they are saved as they are, then mended
 * from what their content says, or removed.
 *
 * Only damaged records are touched, and only as they were examined, so a Helm that is at work with
 * the release is not waited for.
 *
 * @throws PkgError RELEASE_NOT_FOUND, FORBIDDEN, RELEASE_LOCKED, OBJECT_CHANGED, and what `saveBackup` throws
 */
export async function repair(connections: Connections, request: RepairRequest): Promise<Repair> {
  const { release, saveBackup } = request
  return reporting('', async () => {
    assertReleaseName(release)
    const found = await examine(connections, release)
    if (found.damaged.length === 0 || saveBackup === undefined) {
      return { release, ...found, backup: undefined }
    }
    await assertRecordRights(connections, { verb: 'repair', release })
    return mendAll(connections, release, saveBackup)
  })
}

async function examine({ storage }: Connections, release: ReleaseName): Promise<Examination> {
  const found = await storage.examine(release)
  if (found.count > 0) return found
  throw new PkgError('RELEASE_NOT_FOUND', 'release: not found', {
    hint: 'Run "kubectl pkg list -A" to see the releases of this target.',
  })
}

async function mendAll(
  connections: Connections,
  release: ReleaseName,
  saveBackup: (text: string) => Promise<string>,
): Promise<Repair> {
  const { cluster, storage, identity, now, signal } = connections
  const { times, timeout, onWait } = connections.lock
  const verb = 'repair'
  const request = `${verb} ${release.namespace}/${release.name}`
  const locking = { release, verb, request, identity, times, timeout, now, signal, onWait }
  return withLock(cluster.leases, locking, async (lock) => {
    if (lock.left !== undefined) {
      const tokens = [...lock.left.after, lock.left.token]
      await cluster.sweep(tokens)
      await storage.sweep(tokens)
    }
    // Whoever had the release before may have changed its records.
    const found = await examine(connections, release)
    if (found.damaged.length === 0) return { release, ...found, backup: undefined }
    const backup = await saveBackup(backupText(found.damaged))
    for (const record of found.damaged) {
      await lock.assertHeld()
      await record.mend()
    }
    return { release, ...found, backup }
  })
}

/** A list as `kubectl create` takes it; JSON, as a damaged record may hold what YAML cannot. */
function backupText(damaged: readonly DamagedRecord[]): string {
  const items = damaged.map(({ original }) => original)
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2)}\n`
}
