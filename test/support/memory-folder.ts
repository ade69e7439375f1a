import { accessSync, constants, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Makes an empty folder, in memory where the machine has /dev/shm: the suites that run a
 * verb hundreds of times would otherwise wait for the disk to sync.
 */
export function memoryFolder(prefix: string): string {
  return mkdtempSync(join(root(), prefix))
}

function root(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!['ENOENT', 'EACCES', 'EROFS'].includes(code)) throw error
    return tmpdir()
  }
}
