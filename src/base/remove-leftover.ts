import { rmSync } from 'node:fs'
import { isSystemError } from './files.ts'

/** Removes what a write that failed may have left; below a file there is nothing to remove. */
export function removeLeftover(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    if (!isSystemError(error, 'ENOTDIR')) throw error
  }
}
