import { lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RenderOptions } from '../actions/connections.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { makeFolders } from '../base/make-folders.ts'
import { unlessFailed, writeCached } from './cache-files.ts'
import { foldersOf } from './home-folders.ts'

type TemplateStore = Omit<NonNullable<RenderOptions['templateStore']>, 'least'>

/** Names the code that reads templates; the build sets it. */
declare const TEMPLATE_READER: string

/** Of the cache folder; `templates` would be those of a chart where that folder is the chart's. */
const FOLDER = 'read-templates'
/** Files of the cache; those that were written first go. */
const MOST_FILES = 100
/** Bytes; more than of any chart is kept. */
const MOST_BYTES = 2 ** 28

/** What the built program keeps of templates in the person's cache folder. */
export function openTemplateStore(
  env: Readonly<Record<string, string | undefined>>,
): TemplateStore | undefined {
  if (typeof TEMPLATE_READER === 'undefined') return undefined
  return folderStore(join(foldersOf(env).cache, FOLDER), TEMPLATE_READER)
}

/** @param reader names the code that reads templates; what another one kept is not taken */
export function folderStore(folder: string, reader: string): TemplateStore {
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
