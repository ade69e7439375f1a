import { join } from 'node:path'
import type { Files } from '../base/files.ts'
import { isTemporary } from '../base/folders.ts'

/** No run takes so long to write a file that has no name of its own yet; in milliseconds. */
const STRAY_AGE = 6 * 60 * 60 * 1000

/** Paths of temporary files that runs have left behind which were cut off long ago. */
export async function strayFiles(folder: string, files: Files): Promise<string[]> {
  const strays: string[] = []
  for (const { name, kind } of await files.list(folder)) {
    if (kind !== 'file' || !isTemporary(name)) continue
    const path = join(folder, name)
    const touched = await files.touchedAt(path)
    if (touched !== undefined && Date.now() - touched > STRAY_AGE) strays.push(path)
  }
  return strays
}
