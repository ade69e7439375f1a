import { lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RenderOptions } from '../actions/connections.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { makeFolders } from '../base/make-folders.ts'
import { unlessFailed, writeCached } from './cache-files.ts'
import { foldersOf } from './home-folders.ts'

type FileStore = Omit<NonNullable<RenderOptions['fileStore']>, 'least'>

/** Names the code that reads charts; the build sets it. */
declare const READER: string

/** Of the cache folder; of a name that means nothing in a chart, as that folder may be a chart's. */
const FOLDER = 'read'
/** Files of the cache; those that were written first go. */
const MOST_FILES = 300
/** Bytes; more than of any chart is kept. */
const MOST_BYTES = 2 ** 28

/** What the built program keeps of what it reads in the person's cache folder. */
export function openFileStore(
  env: Readonly<Record<string, string | undefined>>,
): FileStore | undefined {
  if (typeof READER === 'undefined') return undefined
  return folderStore(join(foldersOf(env).cache, FOLDER), READER)
}

/** @param reader names the code that reads charts; what another one kept is not taken */
export function folderStore(folder: string, reader: string): FileStore {
  const fileOf = (name: string) => join(folder, `${name}-${reader}`)
  return {
    read: (name) => unlessFailed(() => readRegular(fileOf(name))),
    write: (name, content) => {
      unlessFailed(() => {
        makeFolders(folder, 0o700)
        const temporary = join(folder, temporaryName(name, newToken()))
        writeCached(fileOf(name), temporary, { data: Buffer.concat(content), mode: 0o600 })
        removeOldest(folder)
      })
    },
  }
}

/** What is no file, such as a pipe, may never end. */
function readRegular(path: string): Buffer | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  const isOurs = found?.isFile() === true && found.size <= MOST_BYTES
  return isOurs ? readFileSync(path) : undefined
}

/** Also what runs left behind that were cut off. */
function removeOldest(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= MOST_FILES) return
  const files = names
    .map((name) => ({ path: join(folder, name), written: lstatSync(join(folder, name)).mtimeMs }))
    .sort((left, right) => left.written - right.written)
  for (const { path } of files.slice(0, names.length / 2)) {
    rmSync(path, { force: true, recursive: true })
  }
}
