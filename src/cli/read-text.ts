import { readFileSync } from 'node:fs'
import { pathOf, type Io } from './io.ts'

/** Reads a file as UTF-8, or standard input for `-`. @throws the file system's refusal */
export function readText(path: string, io: Pick<Io, 'cwd' | 'stdin'>): string {
  const bytes = path === '-' ? io.stdin() : readFileSync(pathOf(path, io))
  return Buffer.from(bytes).toString('utf8')
}
