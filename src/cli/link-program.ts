import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isSystemError } from '../base/files.ts'
import { newToken } from '../base/folders.ts'

/**
 * Makes `kubectl-pkg` in the node_modules of the plugins a link to this program, so that what a
 * plugin imports of it is the very program that runs it. A link that is right is left alone.
 *
 * @param folder where the plugins are
 * @param program folder of this program's package.json
 * @throws the system's error
 */
export function linkProgram(folder: string, program: string): void {
  const link = join(folder, 'node_modules', 'kubectl-pkg')
  const before = targetOf(link)
  if (before === program) return
  mkdirSync(dirname(link), { recursive: true })
  // A plugin that depends on this program, though it should not, brings another one.
  if (before === undefined) rmSync(link, { recursive: true, force: true })
  const temporary = join(folder, `.kubectl-pkg.${newToken()}`)
  symlinkSync(program, temporary, 'junction')
  renameSync(temporary, link)
}

/** Where a link leads; undefined when there is none. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'EINVAL')) throw error
    return undefined
  }
}
