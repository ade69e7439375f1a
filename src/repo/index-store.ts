import { basename, dirname, join } from 'node:path'
import { sha256 } from '../base/digest.ts'
import { isSystemError, openFiles, type Files } from '../base/files.ts'
import { newToken, temporaryName } from '../base/folders.ts'
import { isJsonObject, type JsonObject } from '../base/json.ts'
import { LIMITS } from '../base/limits.ts'
import { PkgError } from '../base/errors.ts'
import { shownAddress } from '../base/shown-address.ts'
import { folderProblem } from './cache.ts'
import type { Downloader, Origin } from './http.ts'
import { readIndex } from './index-read.ts'
import { DamagedTable, openTable, openTableWriter, type IndexTable } from './index-table.ts'
import { republished, tellRepublished } from './republished.ts'
import { noteUse } from './last-use.ts'
import { resolveUrl } from './resolve.ts'
import { strayFiles } from './strays.ts'

/** Indexes of repositories on this machine: each as it was fetched, with a side table. */
export interface IndexStore {
  /**
   * Looks into the index that was fetched last.
   *
   * @returns undefined when none was, or none that can be read
   */
  use<T>(origin: Origin, look: (table: IndexTable) => T): Promise<T | undefined>
  /**
   * Looks as `use` does, but into a side table that is there and whole: nothing is written.
   *
   * @returns undefined when there is none
   */
  peek<T>(origin: Origin, look: (table: IndexTable) => T): Promise<T | undefined>
  /**
   * Fetches the index, unless the server says that it has not changed.
   *
   * @throws PkgError REPOSITORY_UNREACHABLE, INDEX_INVALID, URL_REFUSED, and what being told of
   *   an oddity throws, which leaves the old index in use
   */
  refresh(origin: Origin, downloader: Downloader): Promise<Refreshed>
  /** Removes what is kept of a repository. */
  forget(origin: Origin): Promise<void>
}

export interface Refreshed {
  isChanged: boolean
  /** What is odd in the index. */
  warnings: readonly string[]
}

/** What was fetched last, and by which marks the server knows it again. */
interface State {
  /** sha256 of the index, in hexadecimal digits; its files are named for it. */
  source: string
  etag: string
  lastModified: string
  generated: string
}

/**
 * Opens the indexes below a folder, one folder for each address and user.
 *
 * An index and its table are written under the name of the index's sha256 before `state.json`
 * names them, so that a run that is cut off leaves the old ones in use.
 *
 * @param onOddity told when an index is older than the one before it, or gives a version that is
 *   known another digest
 */
export function openIndexStore(
  folder: string,
  onOddity: (oddity: string) => void,
  files: Files = openFiles(),
): IndexStore {
  assertUsable(folder)
  const folderOf = (origin: Origin): string => join(folder, indexName(origin))

  return {
    async use(origin, look) {
      const home = folderOf(origin)
      const state = await readState(home, files)
      if (state === undefined) return undefined
      await noteUse(join(home, STATE), files)
      const found = lookInto(home, state, look)
      return found === undefined ? useRebuilt(home, state, look, files) : found.result
    },

    async peek(origin, look) {
      const home = folderOf(origin)
      const state = await readState(home, files)
      return state && lookInto(home, state, look)?.result
    },

    async refresh(origin, downloader) {
      const home = folderOf(origin)
      const before = await usableState(home, files)
      const answer = await fetchIndex(origin, before, downloader)
      if (answer.status === 304 && before !== undefined) return { isChanged: false, warnings: [] }
      const source = sha256(answer.body)
      const state = {
        source,
        etag: answer.headers.get('etag') ?? '',
        lastModified: answer.headers.get('last-modified') ?? '',
      }
      if (source === before?.source) {
        await writeState(home, { ...before, ...state }, files)
        return { isChanged: false, warnings: [] }
      }
      const { parts, generated, warnings } = buildTable(answer.body, source)
      const now = { ...state, generated }
      await writeParts(home, now, { index: answer.body, table: Buffer.concat(parts) }, files)
      try {
        if (before !== undefined)
          for (const oddity of odditiesOf(home, { before, now }))
            onOddity(`the index of ${shownAddress(origin.url)} ${oddity}`)
      } catch (error) {
        await removeOthers(home, before?.source ?? '', files)
        throw error
      }
      await writeState(home, now, files)
      await removeOthers(home, source, files)
      return { isChanged: true, warnings }
    },

    async forget(origin) {
      const home = folderOf(origin)
      for (const { name } of await files.list(home)) await files.remove(join(home, name))
      await files.removeEmptyFolder(home)
    },
  }
}

/** The name of the folder that the index of a repository is kept in. */
export function indexName({ url, username = '' }: Pick<Origin, 'url' | 'username'>): string {
  return sha256(`${url.replace(/\/+$/, '')}\0${username}`).slice(0, 24)
}

/** Whether the index and the table that a folder keeps can be read to their ends. */
export async function isIndexWhole(home: string, files: Files): Promise<boolean> {
  const state = await readState(home, files)
  if (state === undefined) return false
  const bytes = await files.read(indexPath(home, state))
  if (bytes === undefined || sha256(bytes) !== state.source) return false
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

const STATE = 'state.json'

function assertUsable(folder: string): void {
  const problem = folderProblem(folder)
  if (problem !== undefined) {
    throw new PkgError('FILE_UNWRITABLE', `the folder ${folder} cannot be used: ${problem}`, {
      hint: 'Name another folder with --repository-cache.',
    })
  }
}

function fetchIndex(origin: Origin, before: State | undefined, downloader: Downloader) {
  return downloader.get(resolveUrl(origin.url, 'index.yaml'), {
    origin,
    gzip: true,
    bytes: LIMITS.indexBytes,
    headers: conditions(before),
  })
}

/** The state is written after them: before that, the files that it names are nobody's. */
async function writeParts(
  home: string,
  state: State,
  { index, table }: { index: Buffer; table: Buffer },
  files: Files,
): Promise<void> {
  await files.makeFolder(home, 0o700)
  // Only a damaged table needs the index again, and by its digest it is known to be whole.
  await replace(indexPath(home, state), index, files, true)
  await replace(tablePath(home, state), table, files)
}

/** What is odd in a new index beside the one before it. */
function odditiesOf(home: string, { before, now }: { before: State; now: State }): string[] {
  const isOlder = now.generated < before.generated
  return [
    ...(isOlder
      ? [`is older (${now.generated}) than the one fetched before (${before.generated})`]
      : []),
    ...republishedIn(home, { before, now }),
  ]
}

function republishedIn(home: string, { before, now }: { before: State; now: State }): string[] {
  const tables = [before, now].map((state) => openTable(tablePath(home, state), state.source))
  const [old, fresh] = tables
  try {
    return old === undefined || fresh === undefined ? [] : tellRepublished(republished(old, fresh))
  } catch (error) {
    // A damaged table says nothing; what it is of is replaced now.
    if (!(error instanceof DamagedTable)) throw error
    return []
  } finally {
    for (const table of tables) table?.close()
  }
}

function indexPath(home: string, { source }: State): string {
  return join(home, `${source}.yaml`)
}

function tablePath(home: string, { source }: State): string {
  return join(home, `${source}.table`)
}

function buildTable(bytes: Buffer, source: string) {
  const { head, charts, warnings } = readIndex(bytes, openTableWriter)
  return { parts: charts.finish(head, source, warnings), generated: head.generated, warnings }
}

/** Looks into the table as it is; undefined when it is not there or damaged. */
function lookInto<T>(
  home: string,
  state: State,
  look: (table: IndexTable) => T,
): { result: T } | undefined {
  const table = openTable(tablePath(home, state), state.source)
  try {
    return table && { result: look(table) }
  } catch (error) {
    if (!(error instanceof DamagedTable)) throw error
    return undefined
  } finally {
    table?.close()
  }
}

/** Makes the table anew from the index beside it. */
async function useRebuilt<T>(
  home: string,
  state: State,
  look: (table: IndexTable) => T,
  files: Files,
): Promise<T | undefined> {
  const bytes = await files.read(indexPath(home, state))
  if (bytes === undefined || sha256(bytes) !== state.source) return undefined
  const path = tablePath(home, state)
  await replace(path, Buffer.concat(buildTable(bytes, state.source).parts), files)
  const table = openTable(path, state.source)
  try {
    return table && look(table)
  } finally {
    table?.close()
  }
}

async function readState(home: string, files: Files): Promise<State | undefined> {
  const text = (await files.read(join(home, STATE)))?.toString('utf8')
  if (text === undefined) return undefined
  const state = parse(text)
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The state, when the index that it names is there to be used again. */
async function usableState(home: string, files: Files): Promise<State | undefined> {
  const state = await readState(home, files)
  if (state === undefined) return undefined
  const table = openTable(tablePath(home, state), state.source)
  table?.close()
  return table === undefined ? undefined : state
}

function conditions(state: State | undefined): Record<string, string> {
  const { etag = '', lastModified = '' } = state ?? {}
  return {
    ...(etag === '' ? {} : { 'If-None-Match': etag }),
    ...(lastModified === '' ? {} : { 'If-Modified-Since': lastModified }),
  }
}

async function writeState(home: string, state: State, files: Files): Promise<void> {
  const document: JsonObject = { ...state }
  await replace(join(home, STATE), Buffer.from(`${JSON.stringify(document)}\n`), files)
}

async function replace(
  path: string,
  data: Buffer,
  files: Files,
  isUnsynced = false,
): Promise<void> {
  const temporary = join(dirname(path), temporaryName(basename(path).slice(0, 12), newToken()))
  await files.replace(path, temporary, { data, mode: 0o600, isUnsynced })
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
