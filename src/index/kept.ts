import { basename, dirname, join } from 'node:path'
import { sha256 } from '../base/digest.ts'
import { isSystemError, type Files } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { isJsonObject, parseJson, type JsonObject } from '../base/json.ts'
import { DamagedTable, openTable } from './table.ts'
import { noteUse } from './last-use.ts'
import { strayFiles } from './strays.ts'

/** What was fetched last, and by which marks the server knows it again. */
export interface State {
  /** sha256 of the index, in hexadecimal digits; its files are named for it. */
  source: string
  etag: string
  lastModified: string
  generated: string
}

/** An index as it was fetched, with its side table. */
export interface FetchedIndex {
  state: State
  index: Buffer
  table: Buffer
}

/** Notes that an index was used. */
export function noteIndexUse(home: string, files: Files): Promise<void> {
  return noteUse(join(home, STATE), files)
}

/** Reads an index as it was fetched; undefined when it is not there whole. */
export async function readKept(
  home: string,
  state: State,
  files: Files,
): Promise<Buffer | undefined> {
  const bytes = await files.read(indexPath(home, state))
  return bytes !== undefined && sha256(bytes) === state.source ? bytes : undefined
}

/** The file that names the others. */
const STATE = 'state.json'

/** Whether the index and the table that a folder keeps can be read to their ends. */
export async function isIndexWhole(home: string, files: Files): Promise<boolean> {
  const state = await readState(home, files)
  if (state === undefined) return false
  if ((await readKept(home, state, files)) === undefined) return false
  const table = openTable(tablePath(home, state), state.source)
  try {
    table?.searchLines()
    for (const key of table?.keys() ?? []) table?.versionsOf(key)
    return table !== undefined
  } catch (error) {
    if (error instanceof DamagedTable || error instanceof SyntaxError) return false
    throw error
  } finally {
    table?.close()
  }
}

/**
 * Writes an index as it was fetched. Until `writeIndex` has named it, it is nobody's.
 *
 * @returns once it is there; a large one is written while the caller goes on
 */
export async function writeBody(
  home: string,
  { state, index }: { state: Pick<State, 'source'>; index: Buffer },
  files: Files,
): Promise<void> {
  await files.makeFolder(home, 0o700)
  await replace(indexPath(home, state), index, files)
}

/**
 * Writes what belongs to an index: the state comes last, as before it the files that it names are
 * nobody's. When something cannot be written, what was there before stays, and nothing beside it.
 *
 * @param body settles when the index itself is written
 */
export async function writeIndex(
  home: string,
  { state, table }: Pick<FetchedIndex, 'state' | 'table'>,
  body: Promise<void>,
  files: Files,
): Promise<void> {
  try {
    await body
    await replace(tablePath(home, state), table, files)
    await writeState(home, state, files)
  } catch (error) {
    await dropBody(home, body, files)
    throw error
  }
  await removeOthers(home, state.source, files)
}

/** Removes what was written of an index that is not to be used. */
export async function dropBody(home: string, body: Promise<void>, files: Files): Promise<void> {
  await Promise.allSettled([body])
  const kept = await readState(home, files)
  await removeOthers(home, kept?.source ?? '', files)
}

function indexPath(home: string, { source }: Pick<State, 'source'>): string {
  return join(home, `${source}.yaml`)
}

/** Where the side table of an index is. */
export function tablePath(home: string, { source }: State): string {
  return join(home, `${source}.table`)
}

/** What a folder keeps; undefined when that is nothing, or cannot be read. */
export async function readState(home: string, files: Files): Promise<State | undefined> {
  const text = (await files.read(join(home, STATE)))?.toString('utf8')
  if (text === undefined) return undefined
  const state = parseJson(text)
  if (!isJsonObject(state)) return undefined
  const { source, etag, lastModified, generated } = state as Partial<Record<keyof State, unknown>>
  if (typeof source !== 'string' || !/^[0-9a-f]{64}$/.test(source)) return undefined
  return {
    source,
    etag: textOf(etag),
    lastModified: textOf(lastModified),
    generated: textOf(generated),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The state, when the index that it names is there to be used again. */
export async function usableState(home: string, files: Files): Promise<State | undefined> {
  const state = await readState(home, files)
  if (state === undefined) return undefined
  const table = openTable(tablePath(home, state), state.source)
  table?.close()
  return table === undefined ? undefined : state
}

/** What is damaged beyond repair has no marks, by which a server would say that it is unchanged. */
export async function forgetState(home: string, files: Files): Promise<void> {
  try {
    await files.remove(join(home, STATE))
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

/** Without the new marks, the index is sent once more the next time, and nothing worse. */
export async function writeMarks(home: string, state: State, files: Files): Promise<void> {
  try {
    await writeState(home, state, files)
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

async function writeState(home: string, state: State, files: Files): Promise<void> {
  const document: JsonObject = { ...state }
  await replace(join(home, STATE), Buffer.from(`${JSON.stringify(document)}\n`), files)
}

async function replace(path: string, data: Buffer, files: Files): Promise<void> {
  const temporary = join(dirname(path), temporaryName(basename(path).slice(0, 12), newToken()))
  await files.replace(path, temporary, { data, mode: 0o600 })
}

async function removeOthers(home: string, source: string, files: Files): Promise<void> {
  const others = (await files.list(home))
    .filter(({ name }) => name !== STATE && !name.startsWith(source) && !name.startsWith('.'))
    .map(({ name }) => join(home, name))
  for (const path of [...others, ...(await strayFiles(home, files))]) {
    try {
      await files.remove(path)
    } catch (error) {
      if (!isSystemError(error)) throw error
    }
  }
}
