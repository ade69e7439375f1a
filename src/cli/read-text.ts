import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Io } from './io.ts'

/** Reads a file as UTF-8, or standard input for `-`. @throws the file system's refusal */
export function readText(path: string, io: Pick<Io, 'cwd' | 'stdin'>): string {
  const bytes = path === '-' ? io.stdin() : readFileSync(resolve(io.cwd, path))
  return Buffer.from(bytes).toString('utf8')
}
