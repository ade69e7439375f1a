import { dirname, join } from 'node:path'
import type { Files } from '../base/files.ts'
import { isGone, parseHolder } from './holder.ts'
import type { Holder, LeaseStore, SeenLease } from './lease.ts'

/*
 * A lease is one file, `<namespace>/<name>.lock`, that comes into being whole: it is
 * written under another name and then linked, which fails when the file exists.
 *
 * The lease of a dead holder is moved to `<name>.left`. It stays there until the next
 * holder has settled what the dead one began, so the evidence survives further crashes.
 */

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** Keeps leases as lock files below `root`. */
export function directoryLeases(root: string, files: Files): LeaseStore {
  const lockOf = (name: string): string => join(root, `${name}.lock`)
  const leftOf = (name: string): string => join(root, `${name}.left`)

  const readHolder = async (path: string): Promise<Holder | undefined> => {
    const data = await files.read(path)
    return data === undefined ? undefined : parseHolder(data.toString('utf8'))
  }

  const isHeldBy = async (name: string, holder: Holder): Promise<boolean> =>
    (await readHolder(lockOf(name)))?.token === holder.token

  return {
    isExclusive: () => true,
    isHeldBy,
    isGone,
    leftBehind: (name) => readHolder(leftOf(name)),

    async read(name): Promise<SeenLease | undefined> {
      const touchedAt = await files.touchedAt(lockOf(name))
      const data = await files.read(lockOf(name))
      if (touchedAt === undefined || data === undefined) return undefined
      const holder = parseHolder(data.toString('utf8'))
      return { holder, version: `${holder?.token ?? 'unreadable'}@${touchedAt}` }
    },

    async create(name, holder) {
      const path = lockOf(name)
      await files.makeFolder(dirname(path), FOLDER_MODE)
      const data = `${JSON.stringify(holder)}\n`
      const created = await files.create(path, temporaryOf(path, holder.token), {
        data,
        mode: FILE_MODE,
      })
      if (created) await sweepTemporaries(path, files)
      return created
    },

    async setAside(name, seen) {
      if (!(await files.move(lockOf(name), leftOf(name)))) return false
      const moved = await readHolder(leftOf(name))
      if (moved !== undefined && moved.token === seen.holder?.token) return true
      // Somebody was quicker and the file is theirs: it goes back where it was.
      await files.link(leftOf(name), lockOf(name))
      await files.remove(leftOf(name))
      return false
    },

    async heartbeat(name, holder, now) {
      return (await isHeldBy(name, holder)) && (await files.touch(lockOf(name), now))
    },

    async release(name, holder) {
      if (!(await isHeldBy(name, holder))) return
      await files.remove(leftOf(name))
      await files.remove(lockOf(name))
    },
  }
}

function temporaryOf(path: string, token: string): string {
  return `${path}.${token}.tmp`
}

/** What contenders that were killed left; a living one notices and tries again. */
async function sweepTemporaries(path: string, files: Files): Promise<void> {
  const folder = dirname(path)
  for (const { name } of await files.list(folder)) {
    const candidate = join(folder, name)
    if (candidate.startsWith(`${path}.`) && name.endsWith('.tmp')) await files.remove(candidate)
  }
}
