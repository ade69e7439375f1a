import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Turns `addons/vault` into the folder of that add-on, unless there is such a path. */
export async function lintPath(word: string, folder: string): Promise<string> {
  const [, name] = /^addons\/([\w-]+)$/.exec(word) ?? []
  if (name === undefined || existsSync(resolve(folder, word))) return word
  const { addOnsFolder } = await import('./open-site.ts')
  const addOn = join(addOnsFolder(), name)
  return existsSync(addOn) ? addOn : word
}
