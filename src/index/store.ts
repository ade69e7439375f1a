import { join } from 'node:path'
import { sha256 } from '../base/digest.ts'
import { diskHint } from '../base/disk-error.ts'
import { isSystemError, openUnsyncedFiles, type Files } from '../base/files.ts'
import { LIMITS } from '../base/limits.ts'
import { PkgError } from '../base/errors.ts'
import { shownAddress } from '../base/shown-address.ts'
import { folderProblem } from './cache.ts'
import type { Downloader, Origin } from '../http/downloader.ts'
import {
  dropBody,
  forgetState,
  noteIndexUse,
  readKept,
  readState,
  tablePath,
  usableState,
  writeBody,
  writeIndex,
  writeMarks,
  type FetchedIndex,
  type State,
} from './kept.ts'
import { readIndex } from './read.ts'
import {
  DamagedTable,
  openTable,
  openTableBytes,
  openTableWriter,
  type IndexTable,
} from './table.ts'
import { republished, tellRepublished } from './republished.ts'
import type { HttpAnswer } from '../http/open-http.ts'
import { resolveUrl } from './resolve.ts'

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
  refresh(
    origin: Origin,
    downloader: Downloader,
    options?: {
      /** Fails when the index cannot be kept for later runs. */
      mustKeep?: boolean
    },
  ): Promise<Refreshed>
  /** Removes what is kept of a repository. */
  forget(origin: Origin): Promise<void>
}

export interface Refreshed {
  isChanged: boolean
  /** What is odd in the index. */
  warnings: readonly string[]
}

export interface IndexStoreOptions {
  /** Told when an index is older than the one before it, or gives a version another digest. */
  onOddity: (oddity: string) => void
  /** Told once when the folder cannot be used: indexes are then those of this run alone. */
  onNotice: (notice: string) => void
  files?: Files | undefined
}

/**
 * Opens the indexes below a folder, one folder for each address and user.
 *
 * An index and its table are written under the name of the index's sha256 before `state.json`
 * names them, so that a run that is cut off leaves the old ones in use. Where they cannot be
 * written, the run goes on with what it has fetched. They do not wait for the disk: the table has
 * sums and the index its digest, so what a loss of power tears is found out, and fetched again.
 */
export function openIndexStore(folder: string, options: IndexStoreOptions): IndexStore {
  const { onOddity, files = openUnsyncedFiles() } = options
  const keeper = openKeeper(folder, { ...options, files })
  const { problem } = keeper
  const folderOf = (origin: Origin): string => join(folder, indexName(origin))
  const stateOf = (home: string) =>
    problem === undefined ? readState(home, files) : Promise.resolve(undefined)

  return {
    async use(origin, look) {
      const home = folderOf(origin)
      const held = keeper.held(home)
      if (held !== undefined) return lookIntoBytes(held, look)
      const state = await stateOf(home)
      if (state === undefined) return undefined
      await noteIndexUse(home, files)
      const found = lookInto(home, state, look)
      if (found !== undefined) return found.result
      const rebuilt = await rebuild(home, state, files)
      if (rebuilt === undefined) {
        await forgetState(home, files)
        return undefined
      }
      await keeper.keep(home, rebuilt, () => ({ ...rebuilt, result: undefined }))
      return lookIntoBytes(rebuilt, look)
    },

    async peek(origin, look) {
      const home = folderOf(origin)
      const state = await stateOf(home)
      return state && lookInto(home, state, look)?.result
    },

    async refresh(origin, downloader, { mustKeep = false } = {}) {
      if (mustKeep && problem !== undefined) throw unusable(folder, problem)
      const home = folderOf(origin)
      const before = problem === undefined ? await usableState(home, files) : undefined
      const answer = await fetchIndex(origin, before, downloader)
      if (answer.status === 304 && before !== undefined) return { isChanged: false, warnings: [] }
      const state = stateOfAnswer(answer)
      if (state.source === before?.source) {
        await writeMarks(home, { ...before, ...state }, files)
        return { isChanged: false, warnings: [] }
      }
      const warnings = await keeper.keep(home, { state, index: answer.body, mustKeep }, () => {
        const built = buildTable(answer.body, state.source)
        const now = { state: { ...state, generated: built.generated }, table: built.table }
        for (const oddity of before === undefined ? [] : odditiesOf(home, before, now))
          onOddity(`the index of ${shownAddress(origin.url)} ${oddity}`)
        return { ...now, result: built.warnings }
      })
      return { isChanged: true, warnings }
    },

    async forget(origin) {
      if (problem !== undefined) return
      const home = folderOf(origin)
      for (const { name } of await files.list(home)) await files.remove(join(home, name))
      await files.removeEmptyFolder(home)
    },
  }
}

interface Keeper {
  /** Why the folder cannot be used; undefined when it can. */
  problem: string | undefined
  /** An index that could not be kept, by the folder where it should be. */
  held(home: string): HeldIndex | undefined
  /**
   * Keeps an index. It is written while `read` makes its table; when that throws, what was kept
   * before stays.
   *
   * @throws PkgError FILE_UNWRITABLE when the index must be kept for later runs and cannot be
   */
  keep<T>(home: string, fetched: Fetched, read: () => HeldIndex & { result: T }): Promise<T>
}

/** An index that was fetched and is not read yet. */
interface Fetched {
  state: Pick<State, 'source'>
  index: Buffer
  /** Fails when it cannot be kept for later runs. */
  mustKeep?: boolean
}

/** Keeps indexes in the folder, or where that cannot be for this run, which is told once. */
function openKeeper(
  folder: string,
  { onNotice, files }: { onNotice: (notice: string) => void; files: Files },
): Keeper {
  const problem = folderProblem(folder)
  const all = new Map<string, HeldIndex>()
  let isNoticed = false
  const notice = (why: string): void => {
    if (!isNoticed) onNotice(`warning: the cache ${folder} is not used: ${why}`)
    isNoticed = true
  }
  return {
    problem,
    held: (home) => all.get(home),
    async keep(home, fetched, read) {
      if (problem !== undefined) {
        const { result, ...index } = read()
        all.set(home, index)
        notice(problem)
        return result
      }
      const body = writeBody(home, fetched, files)
      const { result, ...index } = await meanwhile(read, body, () => dropBody(home, body, files))
      all.set(home, index)
      try {
        await writeIndex(home, index, body, files)
        all.delete(home)
      } catch (error) {
        if (!isSystemError(error)) throw error
        if (fetched.mustKeep === true) throw unwritable(error)
        notice(error.message)
      }
      return result
    },
  }
}

/**
 * Runs what keeps this thread busy, once what was begun before had the time to get to another one.
 *
 * @param onFailure runs before what `run` throws is thrown
 */
async function meanwhile<T>(
  run: () => T,
  begun: Promise<void>,
  onFailure: () => Promise<void>,
): Promise<T> {
  // Whoever waits for it is told.
  begun.catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  try {
    return run()
  } catch (error) {
    await onFailure()
    throw error
  }
}

/** The name of the folder that the index of a repository is kept in. */
export function indexName({ url, username = '' }: Pick<Origin, 'url' | 'username'>): string {
  return sha256(`${url.replace(/\/+$/, '')}\0${username}`).slice(0, 24)
}

type HeldIndex = Pick<FetchedIndex, 'state' | 'table'>

function unusable(folder: string, problem: string): PkgError {
  return new PkgError('FILE_UNWRITABLE', `the folder ${folder} cannot be used: ${problem}`, {
    hint: 'Name another folder with --repository-cache.',
  })
}

function unwritable(error: NodeJS.ErrnoException): PkgError {
  return new PkgError('FILE_UNWRITABLE', error.message, {
    hint: diskHint(error) ?? 'Name another folder with --repository-cache.',
    cause: error,
  })
}

function fetchIndex(origin: Origin, before: State | undefined, downloader: Downloader) {
  return downloader.get(resolveUrl(origin.url, 'index.yaml'), {
    origin,
    gzip: true,
    bytes: LIMITS.indexBytes,
    headers: conditions(before),
  })
}

function stateOfAnswer({ body, headers }: HttpAnswer): Omit<State, 'generated'> {
  return {
    source: sha256(body),
    etag: headers.get('etag') ?? '',
    lastModified: headers.get('last-modified') ?? '',
  }
}

/** What is odd in a new index beside the one before it. */
function odditiesOf(home: string, before: State, now: HeldIndex): string[] {
  const { generated } = now.state
  const isOlder = generated < before.generated
  return [
    ...(isOlder
      ? [`is older (${generated}) than the one fetched before (${before.generated})`]
      : []),
    ...republishedIn(home, before, now),
  ]
}

function republishedIn(home: string, before: State, now: HeldIndex): string[] {
  const old = openTable(tablePath(home, before), before.source)
  const fresh = openTableBytes(now.table, now.state.source)
  try {
    return old === undefined || fresh === undefined ? [] : tellRepublished(republished(old, fresh))
  } catch (error) {
    // A damaged table says nothing; what it is of is replaced now.
    if (!(error instanceof DamagedTable)) throw error
    return []
  } finally {
    old?.close()
  }
}

function buildTable(bytes: Buffer, source: string) {
  const { head, charts, warnings } = readIndex(bytes, openTableWriter)
  const table = Buffer.concat(charts.finish(head, source, warnings))
  return { table, generated: head.generated, warnings }
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

function lookIntoBytes<T>(
  { table, state }: HeldIndex,
  look: (table: IndexTable) => T,
): T | undefined {
  const opened = openTableBytes(table, state.source)
  return opened && look(opened)
}

/** Makes the table anew from the index beside it; undefined when that is damaged too. */
async function rebuild(
  home: string,
  state: State,
  files: Files,
): Promise<FetchedIndex | undefined> {
  const index = await readKept(home, state, files)
  return index && { state, index, table: buildTable(index, state.source).table }
}

function conditions(state: State | undefined): Record<string, string> {
  const { etag = '', lastModified = '' } = state ?? {}
  return {
    ...(etag === '' ? {} : { 'If-None-Match': etag }),
    ...(lastModified === '' ? {} : { 'If-Modified-Since': lastModified }),
  }
}
