import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { configuresProgram } from '../actions/migrate.ts'
import { PkgError } from '../base/errors.ts'

/** A file of manifests, by the path that the person gave. */
export interface ManifestFile {
  path: string
  text: string
}

/** Whether a path is a file of manifests, or where folders are taken one that is no chart. */
export function holdsManifests(path: string, folder: string, takesFolders: boolean): boolean {
  const stat = statSync(resolve(folder, path), { throwIfNoEntry: false })
  if (stat === undefined) return false
  if (stat.isFile()) return /\.(?:ya?ml|json)$/i.test(path) && !isOfChart(resolve(folder, path))
  return takesFolders && stat.isDirectory() && !isThere(resolve(folder, path, 'Chart.yaml'))
}

/** Whether it is what a chart is made of, and so stands for the chart and not for objects. */
function isOfChart(path: string): boolean {
  return (
    /[\\/](?:Chart\.(?:yaml|lock)|values\.yaml|values\.schema\.json)$/.test(path) &&
    isThere(resolve(path, '..', 'Chart.yaml'))
  )
}

/** Whether a path is a file that `migrate` knows as the configuration of a program. */
export function holdsConfiguration(path: string, folder: string): boolean {
  const stat = statSync(resolve(folder, path), { throwIfNoEntry: false })
  return stat?.isFile() === true && configuresProgram(path)
}

/**
 * Reads files of manifests; of folders all that end in .yaml, .yml or .json, also in folders
 * below. Folders that are charts are left out, and those of the program itself.
 *
 * @throws PkgError FILE_UNREADABLE
 */
export function readManifests(
  paths: readonly string[],
  folder: string,
  ownFolders: readonly string[],
): ManifestFile[] {
  const own = new Set(ownFolders.map((path) => resolve(path)))
  return paths.flatMap((path) => filesAt(path, folder, own)).map((path) => readOne(path, folder))
}

function filesAt(path: string, folder: string, own: ReadonlySet<string>): string[] {
  const place = resolve(folder, path)
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return [path]
  if (isThere(join(place, 'Chart.yaml'))) return []
  return readdirSync(place, { withFileTypes: true })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const below = join(path, entry.name)
      if (entry.isDirectory()) {
        return own.has(resolve(folder, below)) ? [] : filesAt(below, folder, own)
      }
      return /\.(?:ya?ml|json)$/i.test(entry.name) ? [below] : []
    })
}

function readOne(path: string, folder: string): ManifestFile {
  try {
    return { path, text: readFileSync(resolve(folder, path), 'utf8') }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new PkgError('FILE_UNREADABLE', message, { cause: error })
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
