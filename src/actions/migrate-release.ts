import { PkgError } from '../base/errors.ts'
import type { FileMigration } from '../migrate/migrate-files.ts'
import { deployedRevision, lastRevision } from '../release/history.ts'
import type { Release } from '../release/release.ts'
import { timestamp } from '../release/timestamp.ts'
import type { ReleaseName } from '../storage/storage.ts'
import type { Connections } from './connections.ts'
import { isUntouched, locked } from './locked.ts'
import {
  migrateManifests,
  refusalOf,
  type MigrationOptions,
  type MigrationReport,
} from './migrate.ts'
import { assertReleaseName } from './names.ts'
import { reporting } from './target-errors.ts'

export interface ReleaseMigration extends MigrationReport {
  /** The revision that was stored; undefined when nothing was written. */
  revision: number | undefined
}

/**
 * Migrates the manifest that a release has stored, so that the next upgrade can read it. With
 * `write` the result becomes a new revision; the objects of the cluster are left as they are,
 * because the API server has them in today's versions already.
 *
 * @throws PkgError RELEASE_NOT_FOUND, RELEASE_PENDING, MIGRATION_REFUSED
 */
export async function migrateRelease(
  connections: Connections,
  name: ReleaseName,
  options: MigrationOptions & { write: boolean },
): Promise<ReleaseMigration> {
  return reporting('', async () => {
    assertReleaseName(name)
    if (!options.write || (await isUntouched(connections))) {
      const release = deployedOf(await connections.storage.history(name))
      return { ...reportOn(release, options), revision: undefined }
    }
    const request = `migrate ${name.namespace}/${name.name} ${options.to}`
    return locked(
      connections,
      { release: name, verb: 'upgrade', request },
      async (site, settled) => {
        if (settled.abandoned !== undefined) throw pending(name.name)
        const release = deployedOf(settled.history)
        const report = reportOn(release, options)
        const refusal = refusalOf(report)
        if (refusal !== undefined) throw refusal
        if (report.files.every(({ outcome }) => outcome === 'accept')) {
          return { ...report, revision: undefined }
        }
        const next = nextRelease(await site.storage.complete(release), report, {
          revision: (lastRevision(settled.history)?.revision ?? 0) + 1,
          now: site.now(),
        })
        await site.storage.create(next)
        await site.storage.update({ ...release, status: 'superseded' })
        return { ...report, revision: next.revision }
      },
    )
  })
}

/** @throws PkgError RELEASE_NOT_FOUND, RELEASE_PENDING */
function deployedOf(history: readonly Release[]): Release {
  const last = lastRevision(history)
  if (last === undefined) {
    throw new PkgError('RELEASE_NOT_FOUND', 'release: not found', {
      hint: 'Run "kubectl pkg list -A" to see the releases of this target.',
    })
  }
  const deployed = deployedRevision(history)
  if (deployed === undefined || last.status.startsWith('pending')) throw pending(last.name)
  return deployed
}

function pending(name: string): PkgError {
  return new PkgError('RELEASE_PENDING', `release "${name}" is not deployed`, {
    hint: `Run "kubectl pkg resume ${name}" or "kubectl pkg abort ${name}" first.`,
  })
}

/** The manifest, and each hook, as if they were files. */
function reportOn(release: Release, options: MigrationOptions): MigrationReport {
  const { name, revision, manifest, hooks } = release
  return migrateManifests(
    [
      { path: `release ${name}, revision ${revision}`, text: manifest },
      ...hooks.map((hook) => ({ path: `hook ${hook.name}`, text: hook.manifest })),
    ],
    options,
  )
}

function nextRelease(
  release: Release,
  { files, to }: MigrationReport,
  { revision, now }: { revision: number; now: Date },
): Release {
  const [manifest, ...hooks] = files
  const textOf = (file: FileMigration | undefined, old: string): string => file?.after ?? old
  return {
    ...release,
    revision,
    status: 'deployed',
    lastDeployed: timestamp(now),
    description: `Manifest migrated for Kubernetes ${to}`,
    manifest: textOf(manifest, release.manifest),
    hooks: release.hooks.map((hook, at) => ({
      ...hook,
      manifest: textOf(hooks[at], hook.manifest),
    })),
  }
}
