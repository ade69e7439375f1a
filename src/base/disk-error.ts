import { statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * Makes an error of the system one of the file that a person knows: of a write to an open file it
 * names none, and else perhaps the temporary one beside it.
 *
 * @param path the file, or a temporary one that is to become it
 */
export function aboutFile(error: NodeJS.ErrnoException, path: string): NodeJS.ErrnoException {
  const name = lastingName(path)
  if (error.path === name) return error
  const [reason = ''] = error.message.split(', ')
  error.path = name
  error.message = `${reason}, ${error.syscall ?? 'write'} '${error.path}'`
  return error
}

/** What the system said, without its code, call and path: `no such file or directory`. */
export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EISDIR') return 'it is a directory'
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message
}

/** The name in `.NAME.TOKEN.tmp`, as `temporaryName` makes it. */
function lastingName(path: string): string {
  const [, name] = /^\.(.+)\.[0-9a-f]{24}\.tmp$/.exec(basename(path)) ?? []
  return name === undefined ? path : join(dirname(path), name)
}

/**
 * Tells what can be done about a disk that does not take what is written, and where that disk is
 * mounted; undefined for errors that are no disk's.
 */
export function diskHint({ code, path }: NodeJS.ErrnoException): string | undefined {
  const state = STATES[code ?? '']
  if (state === undefined) return undefined
  return path === undefined ? `The disk ${state}.` : `The disk at ${mountPoint(path)} ${state}.`
}

const STATES: Readonly<Record<string, string>> = {
  EDQUOT: 'lets you keep no more; remove something of yours there',
  EFBIG: 'takes no file of that size',
  EIO: 'fails; look into the log of the system',
  ENOSPC: 'is full; free space there',
  EROFS: 'can only be read',
}

/** The folder at which the disk of a file is mounted: the highest one that is on it. */
function mountPoint(path: string): string {
  let folder = resolve(path)
  while (deviceOf(folder) === undefined && dirname(folder) !== folder) folder = dirname(folder)
  while (deviceOf(dirname(folder)) === deviceOf(folder) && dirname(folder) !== folder) {
    folder = dirname(folder)
  }
  return folder
}

function deviceOf(path: string): number | undefined {
  try {
    return statSync(path).dev
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    return undefined
  }
}
