import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the program is called by the people who type it. */
export const BIN = 'kubectl pkg'

/** The version of this program; read from its package.json, which lies beside `dist`. */
export function programVersion(root: string): string {
  const text = readFileSync(join(root, 'package.json'), 'utf8')
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown'
}
