import { basename, dirname, join, resolve } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { openFiles } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import type { Io } from './io.ts'

/**
 * Writes a backup that only its owner may read: whole or not at all, and over nothing.
 *
 * @param given the file that was asked for; without one a new name in the working folder
 * @returns the path, as people are told it
 * @throws PkgError FILE_UNWRITABLE
 */
export async function writeBackup(
  io: Io,
  { given, name }: { given: string | undefined; name: string },
  text: string,
): Promise<string> {
  const path = given ?? `${name}.records-${stamp(io.now())}.json`
  const file = resolve(io.cwd, path)
  const temporary = join(dirname(file), temporaryName(basename(file), newToken()))
  if (await openFiles().create(file, temporary, { data: text, mode: 0o600 })) return path
  throw new PkgError('FILE_UNWRITABLE', `${path} is there already`, {
    hint: 'Choose another file with --backup.',
  })
}

/** `20260102T030405Z`. */
function stamp(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}
