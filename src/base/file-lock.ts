import { basename, dirname, join } from 'node:path'
import { PkgError } from './errors.ts'
import { openUnsyncedFiles } from './files.ts'
import { newToken, temporaryName } from './folders.ts'
import { isProcessGone, processIdentity } from './process-identity.ts'

export interface LockTimes {
  /** Milliseconds: how long to wait for another run. */
  wait: number
  /** A lock that its holder has not touched for so long was left behind. */
  stale: number
}

const TIMES: LockTimes = { wait: 60_000, stale: 10_000 }
const HEARTBEAT = 1000

/** A loss of power ends all holders. */
const files = openUnsyncedFiles()

/**
 * Runs while no other run holds the lock file, also one on another machine that shares the
 * folder. A holder touches the file each second; one that was killed is noticed by that, and at
 * once by who runs on the same machine.
 *
 * @throws PkgError FILE_UNWRITABLE when the lock is held for too long, and what `run` throws
 */
export async function withFileLock<T>(
  path: string,
  run: () => Promise<T>,
  times: LockTimes = TIMES,
): Promise<T> {
  const token = newToken()
  const mark = `${token} ${processIdentity()}`
  await take(path, mark, times)
  const heartbeat = setInterval(() => {
    files.touch(path, new Date()).catch(() => undefined)
  }, HEARTBEAT).unref()
  try {
    return await run()
  } finally {
    clearInterval(heartbeat)
    if ((await textOf(path)) === mark) await files.remove(path)
  }
}

async function take(path: string, mark: string, { wait, stale }: LockTimes): Promise<void> {
  const end = Date.now() + wait
  let seen = { state: '', since: Date.now() }
  while (!(await create(path, mark))) {
    const holder = await textOf(path)
    const state = `${holder} ${await files.touchedAt(path)}`
    if (state !== seen.state) seen = { state, since: Date.now() }
    const [, token = '', identity = ''] = /^([0-9a-f]{24}) (.+)$/.exec(holder) ?? []
    if (identity !== '' && isProcessGone(identity)) await clear(path, { holder, token })
    else if (Date.now() - seen.since > stale) {
      if ((await textOf(path)) === holder) await files.remove(path)
    } else if (Date.now() > end) {
      throw new PkgError('FILE_UNWRITABLE', `${path} is held by another run`, {
        hint: 'Wait for it to end, then run the command again.',
      })
    }
    await pause(20 + Math.random() * 30)
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}

/**
 * Removes the lock of a holder that is gone. Of several runs that see it one does so, as another
 * could remove the lock that the first one then takes.
 */
async function clear(
  path: string,
  { holder, token }: { holder: string; token: string },
): Promise<void> {
  const claim = `${path}.${token}`
  if (!(await create(claim, ''))) return
  if ((await textOf(path)) === holder) await files.remove(path)
  await files.remove(claim)
}

function create(path: string, data: string): Promise<boolean> {
  const temporary = join(dirname(path), temporaryName(basename(path), newToken()))
  return files.create(path, temporary, { data, mode: 0o600 })
}

async function textOf(path: string): Promise<string> {
  return (await files.read(path))?.toString() ?? ''
}
