import { isSystemError, type Files } from '../base/files.ts'

const DAY = 24 * 60 * 60 * 1000

/**
 * Notes that a file of a cache was used, as the time of its last change, once a day: what was not
 * used for long is known by that. A cache that cannot be written is used all the same.
 */
export async function noteUse(path: string, files: Files): Promise<void> {
  const now = Date.now()
  try {
    const touched = await files.touchedAt(path)
    if (touched !== undefined && now - touched > DAY) await files.touch(path, new Date(now))
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}
