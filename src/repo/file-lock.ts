import { basename, dirname, join } from 'node:path'
import { requirePackage } from '../base/lazy.ts'
import { PkgError } from '../base/errors.ts'
import { openFiles } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'

export interface LockTimes {
  /** Milliseconds: how long to wait for another run. */
  wait: number
  /** A lock that its holder has not touched for so long was left behind. */
  stale: number
}

const TIMES: LockTimes = { wait: 60_000, stale: 10_000 }
const HEARTBEAT = 1000

const files = openFiles()

/**
 * Runs while no other run holds the lock file, also one on another machine that shares the
 * folder. A holder touches the file each second; one that was killed is noticed by that.
 *
 * @throws PkgError FILE_UNWRITABLE when the lock is held for too long, and what `run` throws
 */
export async function withFileLock<T>(
  path: string,
  run: () => Promise<T>,
  times: LockTimes = TIMES,
): Promise<T> {
  const token = newToken()
  await take(path, token, times)
  const heartbeat = setInterval(() => {
    files.touch(path, new Date()).catch(() => undefined)
  }, HEARTBEAT).unref()
  try {
    return await run()
  } finally {
    clearInterval(heartbeat)
    if ((await files.read(path))?.toString() === token) await files.remove(path)
  }
}

async function take(path: string, token: string, { wait, stale }: LockTimes): Promise<void> {
  const { setTimeout } = requirePackage(
    'node:timers/promises',
  ) as typeof import('node:timers/promises')
  const temporary = join(dirname(path), temporaryName(basename(path), token))
  const end = Date.now() + wait
  let seen = { state: '', since: Date.now() }
  while (!(await files.create(path, temporary, { data: token, mode: 0o600 }))) {
    const holder = (await files.read(path))?.toString() ?? ''
    const state = `${holder} ${await files.touchedAt(path)}`
    if (state !== seen.state) seen = { state, since: Date.now() }
    if (Date.now() - seen.since > stale) {
      if ((await files.read(path))?.toString() === holder) await files.remove(path)
    } else if (Date.now() > end) {
      throw new PkgError('FILE_UNWRITABLE', `${path} is held by another run`, {
        hint: 'Wait for it to end, then run the command again.',
      })
    } else await setTimeout(20 + Math.random() * 30)
  }
}
