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
  if (given !== undefined) {
    if (await writeNew(io, given, text)) return given
    throw new PkgError('FILE_UNWRITABLE', `${given} is there already`, {
      hint: 'Choose another file with --backup.',
    })
  }
  // A run that was cut off may have left a file in this very second.
  const stem = `${name}.records-${stamp(io.now())}`
  for (let count = 1; ; count++) {
    const path = `${stem}${count === 1 ? '' : `-${count}`}.json`
    if (await writeNew(io, path, text)) return path
  }
}

/** Gives false when there is a file already. */
async function writeNew(io: Io, path: string, text: string): Promise<boolean> {
  const file = resolve(io.cwd, path)
  const temporary = join(dirname(file), temporaryName(basename(file), newToken()))
  return openFiles().create(file, temporary, { data: text, mode: 0o600 })
}

/** `20260102T030405Z`. */
function stamp(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}
