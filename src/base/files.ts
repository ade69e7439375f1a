import {
  closeSync,
  fsync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  utimesSync,
  writeFile,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { aboutFile } from './disk-error.ts'
import { makeFolders } from './make-folders.ts'

/** The steps that change a folder or must reach the disk; each is one call of the system. */
export type FileStep =
  | 'mkdir'
  | 'open'
  | 'write'
  | 'fsync'
  | 'rename'
  | 'link'
  | 'unlink'
  | 'rmdir'
  | 'utimes'
  | 'fsync-folder'

/** Runs one step; a test puts its faults before and after it. */
export type StepRunner = <T>(step: FileStep, path: string, run: () => Promise<T>) => Promise<T>

export interface FolderEntry {
  name: string
  kind: 'file' | 'folder' | 'other'
}

/**
 * Files of a directory target: what is written is either there whole or not at all, also
 * after a crash or a loss of power.
 */
export interface Files {
  /** @returns undefined when there is no such file */
  read(path: string): Promise<Buffer | undefined>
  /** Entries by name, sorted; empty when there is no such folder. */
  list(path: string): Promise<FolderEntry[]>
  /** When the file was last touched, in milliseconds; undefined when there is none. */
  touchedAt(path: string): Promise<number | undefined>
  /** Makes the folder and those above it; `mode` is narrowed by the process's umask. */
  makeFolder(path: string, mode: number): Promise<void>
  /** Creates or replaces the file through `temporary`, which must be in the same folder. */
  replace(path: string, temporary: string, content: FileContent): Promise<void>
  /** Writes a file of a new name, which is on the disk once another change of the folder is. */
  stage(path: string, content: FileContent): Promise<void>
  /** Creates the file through `temporary`; false when the file exists already. */
  create(path: string, temporary: string, content: FileContent): Promise<boolean>
  /** Moves a file over another of the same folder; false when there is nothing to move. */
  move(from: string, to: string): Promise<boolean>
  /** Gives a file a second name; false when that name is taken or the file is gone. */
  link(from: string, to: string): Promise<boolean>
  /** Sets the time of the last change to now; false when there is no such file. */
  touch(path: string, now: Date): Promise<boolean>
  /** False when there is no such file. */
  remove(path: string): Promise<boolean>
  /** Removes the folder when it is empty. */
  removeEmptyFolder(path: string): Promise<void>
}

export interface FileContent {
  data: string | Uint8Array
  /** Permissions before the process's umask, for example 0o644. */
  mode: number
}

/** Opens the real file system without ever waiting for the disk. */
export function openUnsyncedFiles(): Files {
  return openFiles(async (step, _path, run) => {
    if (step !== 'fsync' && step !== 'fsync-folder') return run()
    return undefined as Awaited<ReturnType<typeof run>>
  })
}

/**
 * Opens the real file system; `runStep` wraps every step that changes something.
 *
 * Only for the disk is waited on another thread, and only large files are written there: all other
 * steps take less time than handing them over does.
 */
export function openFiles(runStep: StepRunner = (_step, _path, run) => run()): Files {
  const syncFolder = (path: string): Promise<void> =>
    runStep('fsync-folder', path, () => syncAt(path))

  const stage = (path: string, content: FileContent): Promise<void> =>
    naming(path, () => write(path, content, runStep))

  const discard = (path: string): Promise<boolean> =>
    when('ENOENT', () => runStep('unlink', path, async () => unlinkSync(path)))

  /** Writes the temporary file and what becomes of it; after a failure nothing of it is left. */
  const through = async <T>(
    [temporary, path]: readonly [temporary: string, path: string],
    content: FileContent,
    finish: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await naming(path, () => write(temporary, content, runStep).then(finish))
    } catch (error) {
      await quietly(() => discard(temporary))
      throw error
    }
  }

  return {
    read: async (path) => unless('ENOENT', () => readWhole(path)),
    list,
    touchedAt: async (path) => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs,

    async makeFolder(path, mode) {
      const first = await runStep('mkdir', path, async () => makeFolders(path, mode))
      if (first !== undefined) await syncFolder(dirname(first))
    },

    async replace(path, temporary, content) {
      await through([temporary, path], content, () =>
        runStep('rename', path, async () => renameSync(temporary, path)),
      )
      await syncFolder(dirname(path))
    },

    stage,

    async create(path, temporary, content) {
      const isCreated = await through([temporary, path], content, () => this.link(temporary, path))
      await discard(temporary)
      await syncFolder(dirname(path))
      return isCreated
    },

    move: (from, to) =>
      when('ENOENT', () => runStep('rename', to, async () => renameSync(from, to))),
    link: (from, to) =>
      when('ENOENT', () =>
        when('EEXIST', () => runStep('link', to, async () => linkSync(from, to))),
      ),

    touch: (path, now) =>
      when('ENOENT', () => runStep('utimes', path, async () => utimesSync(path, now, now))),

    async remove(path) {
      const removed = await discard(path)
      if (removed) await syncFolder(dirname(path))
      return removed
    },

    async removeEmptyFolder(path) {
      const run = () => runStep('rmdir', path, async () => rmdirSync(path))
      await when('ENOTEMPTY', () => when('ENOENT', run))
    },
  }
}

/** Whether the error is the system's, and with a code whether it is this one: `ENOSPC`. */
export function isSystemError(error: unknown, code?: string): error is NodeJS.ErrnoException {
  if (!(error instanceof Error) || !('syscall' in error)) return false
  return code === undefined || (error as NodeJS.ErrnoException).code === code
}

/** Runs after a failure, of which a person is told: a file that stays is found by a later run. */
async function quietly(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

/** Runs, and lets an error of the system name the file. */
async function naming<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw isSystemError(error) ? aboutFile(error, path) : error
  }
}

async function write(
  path: string,
  { data, mode }: FileContent,
  runStep: StepRunner,
): Promise<void> {
  const file = await runStep('open', path, async () => openSync(path, 'wx', mode))
  try {
    await runStep('write', path, () => writeAll(file, data))
    await runStep('fsync', path, () => sync(file))
  } finally {
    closeSync(file)
  }
}

/** Bytes that take longer to write than to hand to another thread. */
const LARGE = 1 << 20

async function writeAll(file: number, data: string | Uint8Array): Promise<void> {
  if (data.length < LARGE) return writeFileSync(file, data)
  await new Promise<void>((resolve, reject) => {
    writeFile(file, data, (error) => (error === null ? resolve() : reject(error)))
  })
}

async function syncAt(path: string): Promise<void> {
  const file = openSync(path, 'r')
  await sync(file).finally(() => closeSync(file))
}

function sync(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(file, (error) => (error === null ? resolve() : reject(error)))
  })
}

async function list(path: string): Promise<FolderEntry[]> {
  const entries = unless('ENOENT', () => readdirSync(path, { withFileTypes: true })) ?? []
  return entries
    .map((entry): FolderEntry => {
      const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other'
      return { name: entry.name, kind }
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
}

/** Runs; undefined when it failed with the code. */
/** What cannot be opened to be read is told as unreadable; to be written it is opened as well. */
function readWhole(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if (isSystemError(error) && error.syscall === 'open') error.syscall = 'read'
    throw error
  }
}

function unless<T>(code: string, run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (isSystemError(error, code)) return undefined
    throw error
  }
}

/** Runs; true when it went well, false when it failed with the code. */
async function when(code: string, run: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await run()) !== false
  } catch (error) {
    if (isSystemError(error, code)) return false
    throw error
  }
}
