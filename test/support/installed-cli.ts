import { cpSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { builtCli } from './built-cli.ts'

const root = join(import.meta.dirname, '../..')

/** Lays the built program out in a folder as npm installs it, and gives its main file. */
export function installCli(folder: string): string {
  cpSync(dirname(builtCli()), join(folder, 'dist'), { recursive: true })
  for (const name of ['package.json', 'oclif.manifest.json']) {
    cpSync(join(root, name), join(folder, name))
  }
  for (const name of ['charts', 'node_modules']) symlinkSync(join(root, name), join(folder, name))
  return join(folder, 'dist/main.js')
}
