import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { isSystemError } from '../base/files.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds a program as a shell does, but never in a folder that is relative: a name in the
 * working folder must not come before the one that was meant.
 *
 * @param name a name for PATH, or an absolute path
 */
export function findProgram(name: string, env: Environment): string | undefined {
  if (isAbsolute(name)) return isProgram(name) ? name : undefined
  if (/[/\\]/.test(name)) return undefined
  const isWindows = process.platform === 'win32'
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(isWindows ? ';' : ':')
  const endings = isWindows ? ['', ...(env['PATHEXT'] ?? '.EXE').split(';')] : ['']
  return folders
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find(isProgram)
}

function isProgram(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (!isSystemError(error)) throw error
    return false
  }
}
