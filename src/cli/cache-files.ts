import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** A cache is not worth a failure: whatever the system says of its files leaves it out. */
export function unlessFailed<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    // Node itself refuses what it was told that a program may not do.
    if (syscall === undefined && code !== 'ERR_ACCESS_DENIED') throw error
    return undefined
  }
}

interface CachedFile {
  data: Uint8Array
  mode: number
}

/** Creates or replaces a file through a temporary one of the same folder, of which nothing stays. */
export function writeCached(path: string, temporary: string, { data, mode }: CachedFile): void {
  try {
    writeFileSync(temporary, data, { mode })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
