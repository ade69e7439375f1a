import { basename, dirname, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { openFiles } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { isJsonObject, parseJson, type JsonObject } from '../base/json.ts'
import { withFileLock } from '../base/file-lock.ts'
import { followLink } from '../base/follow-link.ts'

/** The parts of a Docker or Helm `config.json` that hold logins; the rest is kept as it is. */
export interface CredentialsFile {
  path: string
  content: JsonObject
}

const files = openFiles()

/**
 * Reads a `config.json`; a file that is not there is empty.
 *
 * @throws PkgError CREDENTIALS_UNREADABLE
 */
export async function readCredentialsFile(path: string): Promise<CredentialsFile> {
  const bytes = await files.read(path)
  if (bytes === undefined || bytes.length === 0) return { path, content: {} }
  const content = parseJson(bytes)
  if (isJsonObject(content)) return { path, content }
  throw new PkgError('CREDENTIALS_UNREADABLE', `${path} is no JSON object`, {
    hint: 'Mend the file or move it away, then log in again.',
  })
}

/** The object below a key, empty when there is none. */
export function sectionOf({ content }: CredentialsFile, key: string): JsonObject {
  const section = Object.hasOwn(content, key) ? content[key] : undefined
  return isJsonObject(section) ? section : {}
}

/**
 * Changes a `config.json` while no other run does: the new file is there whole, for its owner
 * alone, or the old one stays.
 *
 * @param home symbolic links are followed as long as they stay below this folder
 * @param change gives the new content; undefined to leave the file alone
 * @throws PkgError CREDENTIALS_UNREADABLE, FILE_UNWRITABLE
 */
export async function changeCredentialsFile(
  path: string,
  home: string,
  change: (file: CredentialsFile) => JsonObject | undefined,
): Promise<void> {
  await files.makeFolder(dirname(path), 0o700)
  const target = followLink(path, home, '--registry-config')
  await withFileLock(`${target}.lock`, async () => {
    const content = change(await readCredentialsFile(target))
    if (content === undefined) return
    const temporary = join(dirname(target), temporaryName(basename(target), newToken()))
    const data = `${JSON.stringify(content, undefined, '\t')}\n`
    await files.replace(target, temporary, { data, mode: 0o600 })
  })
}
