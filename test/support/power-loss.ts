import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openFiles, type Files, type FileStep } from '../../src/base/files.ts'

/*
 * A disk as it may be after the power went: what a file held counts once the file was synced,
 * a name once its folder was. What came after that may be there or not, in the order it was done.
 */

interface Node {
  isFolder: boolean
  mode: number
  data: Buffer
  /** What the disk holds for certain. */
  synced: Buffer
}

/** One change of the names of a folder; undefined removes a name. */
type NameChange = Map<string, Node | undefined>

interface Folder {
  durable: Map<string, Node>
  pending: NameChange[]
}

export interface PowerLoss {
  files: Files
  steps: FileStep[]
  /**
   * Writes the disk as it may be now into an empty folder.
   *
   * @param kept how many of a folder's pending changes are there: a share between 0 and 1
   * @param keepsData whether data that was not synced is there; else the file is empty
   */
  write(target: string, kept: () => number, keepsData: boolean): void
}

/** Follows what is written below `root`, and calls back after each step. */
export function powerLoss(root: string, onStep: (disk: PowerLoss) => void): PowerLoss {
  const nodes = new Map<number, Node>()
  const folders = new Map<string, Folder>()
  const steps: FileStep[] = []

  const folderOf = (path: string): Folder => {
    const folder = folders.get(path) ?? { durable: new Map<string, Node>(), pending: [] }
    folders.set(path, folder)
    return folder
  }
  const read = (): Map<string, Map<string, Node>> => {
    const found = new Map<string, Map<string, Node>>()
    for (const path of [root, ...foldersBelow(root)]) {
      const names = readdirSync(path).map((name): [string, Node] => {
        const { ino, mode } = lstatSync(join(path, name))
        const node = nodes.get(ino) ?? newNode(join(path, name), mode)
        nodes.set(ino, node)
        return [name, node]
      })
      found.set(path, new Map(names))
    }
    return found
  }
  for (const [path, names] of read()) folderOf(path).durable = names

  const follow = (step: FileStep, path: string): void => {
    if (step === 'open') nodes.delete(lstatSync(path).ino)
    const now = read()
    const node = now.get(dirname(path))?.get(path.slice(dirname(path).length + 1))
    if (step === 'write' && node !== undefined) node.data = readFileSync(path)
    if (step === 'fsync' && node !== undefined) node.synced = node.data
    for (const [folder, names] of now) note(folderOf(folder), names)
    if (step === 'fsync-folder') settle(folderOf(path))
    steps.push(step)
  }

  const disk: PowerLoss = {
    steps,
    files: openFiles(async (step, path, run) => {
      const result = await run()
      follow(step, path)
      onStep(disk)
      return result
    }),
    write(target, kept, keepsData) {
      writeFolder({ folders, kept, keepsData }, root, target)
    },
  }
  return disk
}

function newNode(path: string, mode: number): Node {
  const isFolder = lstatSync(path).isDirectory()
  const data = isFolder ? Buffer.alloc(0) : readFileSync(path)
  return { isFolder, mode: mode & 0o777, data, synced: data }
}

function foldersBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => lstatSync(path).isDirectory())
}

function namesOf({ durable, pending }: Folder, count = pending.length): Map<string, Node> {
  const names = new Map(durable)
  for (const change of pending.slice(0, count)) {
    for (const [name, node] of change) {
      if (node === undefined) names.delete(name)
      else names.set(name, node)
    }
  }
  return names
}

/** Adds what is new since the last look as one change. */
function note(folder: Folder, names: Map<string, Node>): void {
  const before = namesOf(folder)
  const change: NameChange = new Map()
  for (const [name, node] of names) if (before.get(name) !== node) change.set(name, node)
  for (const name of before.keys()) if (!names.has(name)) change.set(name, undefined)
  if (change.size > 0) folder.pending.push(change)
}

function settle(folder: Folder): void {
  folder.durable = namesOf(folder)
  folder.pending = []
}

interface Choice {
  folders: Map<string, Folder>
  kept: () => number
  keepsData: boolean
}

function writeFolder(choice: Choice, from: string, target: string): void {
  const folder = choice.folders.get(from) ?? { durable: new Map<string, Node>(), pending: [] }
  const count = Math.round(choice.kept() * folder.pending.length)
  for (const [name, node] of namesOf(folder, count)) {
    const path = join(target, name)
    if (node.isFolder) {
      mkdirSync(path, { mode: node.mode })
      writeFolder(choice, join(from, name), path)
    } else {
      const data = choice.keepsData || node.synced === node.data ? node.data : Buffer.alloc(0)
      writeFileSync(path, data, { mode: node.mode })
    }
  }
}
