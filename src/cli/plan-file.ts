import { readFileSync } from 'node:fs'
import { reasonOf } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'
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
    if (!isSystemError(error)) throw error
    throw new PkgError('FILE_UNREADABLE', `cannot read plan "${path}": ${reasonOf(error)}`, {
      hint:
        error.code === 'EACCES'
          ? 'Only who made a plan may read its file: run as that person, or make a plan of your own.'
          : 'Name the file that "kubectl pkg plan NAME CHART -o FILE" wrote.',
      cause: error,
    })
  }
}
