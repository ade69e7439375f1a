import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandSpec } from '../output/help-view.ts'

/**
 * Reads what oclif.manifest.json, made by the build, says of the commands that people see.
 *
 * @param root folder of the manifest
 */
export function readManifest(root: string): CommandSpec[] {
  const text = readFileSync(join(root, 'oclif.manifest.json'), 'utf8')
  const { commands } = JSON.parse(text) as { commands: Record<string, CommandSpec> }
  return Object.values(commands).filter((command) => command.hidden !== true)
}
