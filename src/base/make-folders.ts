import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it that are missing.
 *
 * Node's own way, `recursive`, never ends below a folder in which nothing can be made, such
 * as `/proc`.
 *
 * @param mode permissions before the process's umask, for example 0o755
 * @returns the uppermost folder that was made; undefined when all were there
 * @throws the system's error, for example EEXIST when there is a file
 */
export function makeFolders(path: string, mode: number): string | undefined {
  // Most are there already, and an error of the system costs more than this look.
  if (isFolder(path)) return undefined
  try {
    return makeOne(path, mode) ? path : undefined
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error
  }
  const uppermost = makeFolders(dirname(path), mode)
  const isMade = makeOne(path, mode)
  return uppermost ?? (isMade ? path : undefined)
}

/** @returns false when the folder was there */
function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode })
    return true
  } catch (error) {
    if (isMissing(error) || !isFolder(path)) throw error
    return false
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
