import { lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { SHARED_MODES } from '../base/file-modes.ts'
import { openFiles, type Files } from '../base/files.ts'
import { isTemporary, newToken, temporaryName } from '../base/folders.ts'
import { isJsonObject, parseJson, type Json, type JsonObject } from '../base/json.ts'
import { loadChartArchive } from '../chart/archive.ts'
import type { Chart } from '../chart/chart.ts'
import { loadChartDirectory } from '../chart/read-directory.ts'
import { withFileLock } from '../base/file-lock.ts'
import { assertNoLink, writeLock } from './lock-file.ts'

export interface ChartsUpdate {
  /** Archives that charts/ shall hold. */
  archives: readonly { name: string; bytes: Buffer }[]
  /** Names of charts in charts/ that are nobody's to remove. */
  kept: ReadonlySet<string>
  /** Undefined to leave the lock as it is. */
  lock: { name: string; text: string } | undefined
}

/** Names that begin with a dot are no charts, neither to Helm nor to us. */
const JOURNAL = '.kubectl-pkg-dependencies.json'
const LOCK = '.kubectl-pkg-dependencies.lock'

/**
 * Puts archives into a chart's charts/ folder, removes those that are out of date, and writes
 * the lock.
 *
 * All archives are on the disk under other names before the first is moved, and a journal says
 * what is to be done; a run that is cut off then is finished by the next one. Meanwhile charts
 * may be missing, but never is an old one there beside its successor.
 *
 * @returns names of the archives that were removed
 * @throws PkgError FILE_UNWRITABLE, ARCHIVE_UNSAFE for a lock or charts/ that is a link
 */
export async function saveDependencies(
  folder: string,
  update: ChartsUpdate,
  files: Files = openFiles(),
): Promise<string[]> {
  const charts = await openCharts(folder, files)
  return withFileLock(join(charts, LOCK), async () => {
    await finish(folder, charts, files)
    await removeStaged(charts, files)
    if (update.lock !== undefined) assertNoLink(folder, update.lock.name)
    const moves = await stageAll(charts, update.archives, files)
    const names = new Set(update.archives.map(({ name }) => name))
    const removals = await outdated(charts, names, update.kept, files)
    const journal: Journal = { moves, removals, lock: update.lock }
    await writeJournal(charts, journal, files)
    await finish(folder, charts, files)
    return removals
  })
}

/**
 * Loads a chart's folder, once what an earlier run began with its dependencies is finished.
 *
 * @throws PkgError CHART_NOT_FOUND, CHART_INVALID, and as `saveDependencies`
 */
export async function openChartFolder(folder: string, files = openFiles()): Promise<Chart> {
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (stat === undefined) {
    throw new PkgError('CHART_NOT_FOUND', `could not find ${folder}: no such file or directory`, {
      hint: 'Name the folder of a chart.',
    })
  }
  if (!stat.isDirectory()) {
    throw new PkgError('CHART_INVALID', 'only unpacked charts can be updated', {
      hint: 'Unpack the archive first.',
    })
  }
  const charts = join(folder, 'charts')
  if ((await files.read(join(charts, JOURNAL))) !== undefined) {
    await withFileLock(join(charts, LOCK), () => finish(folder, charts, files))
  }
  return loadChartDirectory(folder)
}

/** What is to be done in charts/; all files go by their names there. */
interface Journal {
  moves: [from: string, to: string][]
  removals: string[]
  lock: { name: string; text: string } | undefined
}

/** Writes the archives under other names; when one cannot be written, none is left. */
async function stageAll(
  charts: string,
  archives: ChartsUpdate['archives'],
  files: Files,
): Promise<Journal['moves']> {
  const staging = archives.map(async ({ name, bytes }): Promise<[from: string, to: string]> => {
    const staged = temporaryName(name, newToken())
    await files.stage(join(charts, staged), { data: bytes, mode: SHARED_MODES.file })
    return [staged, name]
  })
  try {
    return await Promise.all(staging)
  } catch (error) {
    await Promise.allSettled(staging)
    await removeStaged(charts, files)
    throw error
  }
}

async function writeJournal(charts: string, journal: Journal, files: Files): Promise<void> {
  const path = join(charts, JOURNAL)
  const temporary = join(charts, temporaryName(JOURNAL, newToken()))
  try {
    await files.replace(path, temporary, { data: JSON.stringify(journal), mode: 0o600 })
  } catch (error) {
    if ((await files.read(path)) === undefined) await removeStaged(charts, files)
    throw error
  }
}

async function finish(folder: string, charts: string, files: Files): Promise<void> {
  const path = join(charts, JOURNAL)
  const text = (await files.read(path))?.toString('utf8')
  if (text === undefined) return
  const { moves, removals, lock } = readJournal(text, path)
  for (const name of removals) await files.remove(join(charts, name))
  for (const [from, to] of moves) await files.move(join(charts, from), join(charts, to))
  if (lock !== undefined) await writeLock(folder, lock.name, lock.text, files)
  await files.remove(path)
}

/**
 * A chart's folder may come from anybody, and its journal with it: it may touch nothing but
 * archives in charts/ and the lock.
 *
 * @throws PkgError CHART_INVALID
 */
function readJournal(text: string, path: string): Journal {
  const { moves, removals, lock } = parsed(text)
  const pairs = moves === undefined ? [] : moves
  const names = removals === undefined ? [] : removals
  const isSafe =
    Array.isArray(pairs) &&
    pairs.every((pair) => Array.isArray(pair) && isStaged(pair[0]) && isArchive(pair[1])) &&
    Array.isArray(names) &&
    names.every(isArchive) &&
    (lock === undefined || isLock(lock))
  if (isSafe) return { moves: pairs, removals: names, lock } as Journal
  throw new PkgError('CHART_INVALID', `${path} is not what a run of this program leaves behind`, {
    hint: 'Remove the file; "kubectl pkg dependency build" then fills charts/ anew.',
  })
}

function parsed(text: string): JsonObject {
  const journal = parseJson(text)
  return isJsonObject(journal) ? journal : { moves: null }
}

function isArchive(name: unknown): boolean {
  return typeof name === 'string' && !name.startsWith('.') && !/[/\\]/.test(name)
}

function isStaged(name: unknown): boolean {
  return typeof name === 'string' && isTemporary(name) && !/[/\\]/.test(name)
}

function isLock(lock: Json): boolean {
  if (!isJsonObject(lock) || typeof lock['text'] !== 'string') return false
  return lock['name'] === 'Chart.lock' || lock['name'] === 'requirements.lock'
}

/** What a run staged that was cut off before its journal; runs that wait only make locks. */
async function removeStaged(charts: string, files: Files): Promise<void> {
  for (const { name, kind } of await files.list(charts)) {
    const isOfUs = isStaged(name) && !name.startsWith(`.${LOCK}.`)
    if (kind === 'file' && isOfUs) await files.remove(join(charts, name))
  }
}

async function openCharts(folder: string, files: Files): Promise<string> {
  const charts = join(folder, 'charts')
  const stat = lstatSync(charts, { throwIfNoEntry: false })
  if (stat === undefined) await files.makeFolder(charts, SHARED_MODES.folder)
  else if (stat.isSymbolicLink()) {
    throw new PkgError('ARCHIVE_UNSAFE', `"${charts}" is a link`, {
      hint: 'Put a folder in its place: nothing is written through a link.',
    })
  } else if (!stat.isDirectory()) {
    throw new PkgError('FILE_UNWRITABLE', `"${charts}" is not a directory`)
  }
  return charts
}

/** Archives of charts that are no longer wanted; files that are no charts stay. */
async function outdated(
  charts: string,
  names: ReadonlySet<string>,
  kept: ReadonlySet<string>,
  files: Files,
): Promise<string[]> {
  const removals: string[] = []
  for (const { name, kind } of await files.list(charts)) {
    if (kind !== 'file' || names.has(name) || name.startsWith('.')) continue
    const path = join(charts, name)
    const chart = chartName((await files.read(path)) ?? Buffer.alloc(0), path)
    if (chart !== undefined && !kept.has(chart)) removals.push(name)
  }
  return removals
}

function chartName(bytes: Buffer, path: string): string | undefined {
  try {
    return loadChartArchive(bytes, { origin: path }).metadata.name
  } catch (error) {
    if (error instanceof PkgError) return undefined
    throw error
  }
}
