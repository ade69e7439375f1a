import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { isJsonObject, parseJson } from '../base/json.ts'
import { foldersOf } from './home-folders.ts'

/** A plugin that the person added. */
export interface InstalledPlugin {
  /** Name of its npm package. */
  name: string
  version: string
  /** Folder of its package.json. */
  root: string
}

/** Where the person's plugins are; the folder need not be there. */
export function pluginsFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(foldersOf(env).data, 'plugins')
}

/**
 * Tells which plugins a person added. npm keeps the folder: its package.json names them as
 * dependencies, its node_modules holds them. One that is named but not there is left out.
 *
 * @param folder `plugins` in the data folder; it need not be there
 * @throws PkgError PLUGIN_INVALID when a package.json cannot be used
 */
export function installedPlugins(folder: string): readonly InstalledPlugin[] {
  const { dependencies = {} } = readPackage(folder) ?? {}
  return Object.keys(dependencies).flatMap((name) => {
    const root = join(folder, 'node_modules', name)
    const found = readPackage(root)
    return found === undefined ? [] : [{ name, version: found.version ?? '', root }]
  })
}

/** What of a package.json counts here. */
export interface PackageFile {
  version?: string
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  oclif?: { commands?: unknown }
}

/**
 * Reads the package.json of a folder.
 *
 * @returns undefined when there is none
 * @throws PkgError PLUGIN_INVALID
 */
export function readPackage(folder: string): PackageFile | undefined {
  const file = join(folder, 'package.json')
  const text = readIfThere(file)
  if (text === undefined) return undefined
  const read = parseJson(text)
  if (isPackage(read)) return read
  throw new PkgError('PLUGIN_INVALID', `${file} is no package.json that can be used`, {
    hint: 'Mend it, or remove the folder that it is in and install the plugins again.',
  })
}

/** @returns undefined when there is no such file */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    return undefined
  }
}

function isPackage(read: unknown): read is PackageFile {
  if (!isJsonObject(read)) return false
  const { version = '', dependencies = {}, peerDependencies = {}, oclif = {} } = read
  return typeof version === 'string' && [dependencies, peerDependencies, oclif].every(isJsonObject)
}
