import { readFileSync } from 'node:fs'
import { PkgError } from '../base/errors.ts'
import { parsePlanFile } from '../actions/apply-plan-file.ts'
import type { Io } from './io.ts'

/**
 * Reads a plan from a file, JSON or YAML, or with `-` from standard input.
 *
 * @throws PkgError FILE_UNREADABLE, YAML_INVALID, PLAN_INVALID
 */
export function readPlanFile(path: string, io: Io): ReturnType<typeof parsePlanFile> {
  const data = path === '-' ? io.stdin() : readBytes(path)
  return parsePlanFile(Buffer.from(data).toString('utf8'), path)
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new PkgError('FILE_UNREADABLE', message, {
      hint: 'Name the file that "kubectl pkg plan NAME CHART -o FILE" wrote.',
      cause: error,
    })
  }
}
