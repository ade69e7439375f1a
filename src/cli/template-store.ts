import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { newToken, temporaryName } from '../base/folders.ts'
import type { RenderOptions } from '../actions/connections.ts'
import { foldersOf } from './home-folders.ts'

type TemplateStore = Omit<NonNullable<RenderOptions['templateStore']>, 'least'>

/** Names the code that reads templates; the build sets it. */
declare const TEMPLATE_READER: string

/** Files of the cache; those that were written first go. */
const MOST_FILES = 100
const MAY_FAIL = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'ENOENT'])

/** What the built program keeps of templates in the person's cache folder. */
export function openTemplateStore(
  env: Readonly<Record<string, string | undefined>>,
): TemplateStore | undefined {
  if (typeof TEMPLATE_READER === 'undefined') return undefined
  const folder = join(foldersOf(env).cache, 'templates')
  return folderStore(folder, TEMPLATE_READER)
}

/** @param reader names the code that reads templates; what another one kept is not taken */
export function folderStore(folder: string, reader: string): TemplateStore {
  const fileOf = (name: string) => join(folder, `${name}-${reader}`)
  return {
    read: (name) => unlessFailed(() => readFileSync(fileOf(name))),
    write: (name, content) => {
      unlessFailed(() => {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        const temporary = join(folder, temporaryName(name, newToken()))
        writeFileSync(temporary, Buffer.concat(content), { mode: 0o600 })
        renameSync(temporary, fileOf(name))
        removeOldest(folder)
      })
    },
  }
}

/** A cache is not worth a failure: a full, read-only or foreign folder leaves it out. */
function unlessFailed<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (!MAY_FAIL.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    return undefined
  }
}

/** Also what runs left behind that were cut off. */
function removeOldest(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= MOST_FILES) return
  const files = names
    .map((name) => ({ path: join(folder, name), written: statSync(join(folder, name)).mtimeMs }))
    .sort((left, right) => left.written - right.written)
  for (const { path } of files.slice(0, names.length / 2)) rmSync(path, { force: true })
}
