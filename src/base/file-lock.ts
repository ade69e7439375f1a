import { basename, dirname, join } from 'node:path'
import { PkgError } from './errors.ts'
import { openUnsyncedFiles } from './files.ts'
import { newToken, temporaryName } from './folders.ts'
import { lookForProcess, processIdentity } from './process-identity.ts'
import { steadyNow } from './steady-clock.ts'

export interface LockTimes {
  /** Milliseconds: how long to wait for one other run; each that had its turn is waited for anew. */
  wait: number
  /** A lock that a holder elsewhere has not touched for so long was left behind. */
  stale: number
}

const TIMES: LockTimes = { wait: 60_000, stale: 10_000 }
const HEARTBEAT = 1000

/** What one look counts at most: a machine that slept or had no time had none for the holder. */
const LOOK = 100

/** A loss of power ends all holders. */
const files = openUnsyncedFiles()

/**
 * Runs while no other run holds the lock file, also one on another machine that shares the
 * folder. A holder touches the file each second; one that was killed is noticed by that. Who runs on
 * the same machine sees at once whether the holder is there, and never takes a lock from one that is.
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
  if (await create(path, mark)) return
  const watch = startWatch()
  do {
    const holder = await textOf(path)
    const [, token = '', identity = ''] = /^([0-9a-f]{24}) (.+)$/.exec(holder) ?? []
    const { held, untouched } = watch(holder, await files.touchedAt(path))
    const state = lookForProcess(identity)
    if (state !== 'there' && untouched > stale) {
      if ((await textOf(path)) === holder) await files.remove(path)
      // Who was removing it may have been killed too.
      if (token !== '') await files.remove(claimOf(path, token))
    } else if (state === 'gone') await clear(path, { holder, token })
    else if (held > wait) {
      throw new PkgError('FILE_UNWRITABLE', `${path} is held by another run`, {
        hint: 'Wait for it to end, then run the command again.',
      })
    }
    await pause(20 + Math.random() * 30)
  } while (!(await create(path, mark)))
}

/** Tells at each look for how many milliseconds one holder has the lock and has not touched it. */
function startWatch() {
  let last = { holder: '', touched: undefined as number | undefined, at: steadyNow() }
  let [held, untouched] = [0, 0]
  return (holder: string, touched: number | undefined) => {
    const at = steadyNow()
    const passed = Math.min(at - last.at, LOOK)
    held = holder === last.holder ? held + passed : 0
    untouched = holder === last.holder && touched === last.touched ? untouched + passed : 0
    last = { holder, touched, at }
    return { held, untouched }
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
  const claim = claimOf(path, token)
  if (!(await create(claim, ''))) return
  if ((await textOf(path)) === holder) await files.remove(path)
  await files.remove(claim)
}

function claimOf(path: string, token: string): string {
  return `${path}.${token}`
}

function create(path: string, data: string): Promise<boolean> {
  const temporary = join(dirname(path), temporaryName(basename(path), newToken()))
  return files.create(path, temporary, { data, mode: 0o600 })
}

async function textOf(path: string): Promise<string> {
  return (await files.read(path))?.toString() ?? ''
}
