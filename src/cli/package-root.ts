import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that this program was installed into: where its package.json and charts/ are. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json')) || !existsSync(join(folder, 'charts'))) {
    if (dirname(folder) === folder) throw new Error('the program lies in no package')
    folder = dirname(folder)
  }
  return folder
}
