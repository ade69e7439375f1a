import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { isSystemError, type Files } from '../base/files.ts'
import { isTemporaryOf, RECORDS_FOLDER, temporaryName } from '../base/folders.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { encodeYamlPlain } from '../encoding/yaml-encode.ts'
import { isClusterKind } from '../manifest/kind-order.ts'
import { decodeDocument, isKubeObject } from '../manifest/decode-objects.ts'
import { parseSelector } from '../manifest/label-selector.ts'
import { describeObject, objectKey, type KubeObject } from '../manifest/object.ts'
import {
  refOf,
  type Applied,
  type Cluster,
  type KindRef,
  type ListOptions,
  type ObjectRef,
  type ScopeOf,
  type WatchEvent,
} from './cluster.ts'
import { declaredScopes } from './declared-scopes.ts'
import { directoryLeases } from './directory-leases.ts'
import { CLUSTER_FOLDER, groupOf, objectPath } from './object-path.ts'

export interface DirectoryTarget {
  /** The folder; made when it is first written to. */
  path: string
  files: Files
  /** Marks this run's temporary files. */
  token: string
}

const FOLDER_MODE = 0o777
const MANIFEST_MODE = 0o644
const SECRET_MODE = 0o600

/**
 * Opens a folder of manifests as a target: one YAML file an object, below a folder for
 * each namespace, the same bytes for the same object.
 */
export function openDirectoryCluster(target: DirectoryTarget): Cluster {
  const { path: root, files } = target
  const objects = openObjects(target)
  return {
    target: `dir:${root}`,
    runsHooks: false,
    leases: directoryLeases(join(root, RECORDS_FOLDER, 'locks'), files),
    capabilities: () => Promise.resolve(undefined),
    get: (ref, signal) => checked(signal, () => objects.get(ref)),
    list: (kind, options = {}) => checked(options.signal, () => objects.list(kind, options)),
    watch: (kind, options, signal) => watchOnce(() => objects.list(kind, options), signal),

    scopes: (incoming, signal) =>
      checked(signal, async () => scopesOf([...(await objects.clusterWide()), ...incoming])),

    apply: (object, options = {}) => checked(options.signal, () => objects.write(object)),
    preview: (object, options = {}) => checked(options.signal, () => Promise.resolve(object)),

    create: (object, signal) =>
      checked(signal, async () => {
        if ((await objects.get(refOf(object))) !== undefined) throw exists(object)
        return (await objects.write(object)).object
      }),

    patch: () =>
      Promise.reject(
        new PkgError('TARGET_INVALID', 'a folder of manifests takes whole objects only'),
      ),

    delete: (ref, { signal } = {}) => checked(signal, () => objects.delete(ref)),
    // Nothing runs in a folder, and whoever can write to it may do everything.
    logs: () => Promise.resolve(''),
    can: (reviews) => Promise.resolve(reviews.map(() => true)),
    sweep: (tokens) => objects.sweep(tokens),
    whyEmpty: () => whyEmpty(target),
  }
}

async function whyEmpty({ path, files }: DirectoryTarget): Promise<string | undefined> {
  const there = async (place: string): Promise<boolean> =>
    (await files.touchedAt(place)) !== undefined
  if (!(await there(path))) return `there is no folder ${JSON.stringify(path)}`
  if (await there(join(path, RECORDS_FOLDER))) return undefined
  return `no release was ever written to the folder ${JSON.stringify(path)}`
}

interface ObjectFiles {
  get: (ref: ObjectRef) => Promise<KubeObject | undefined>
  list: (kind: KindRef, options: Omit<ListOptions, 'signal'>) => Promise<KubeObject[]>
  clusterWide: () => Promise<KubeObject[]>
  write: (object: KubeObject) => Promise<Applied>
  delete: (ref: ObjectRef) => Promise<boolean>
  sweep: (tokens: readonly string[]) => Promise<void>
}

function openObjects({ path: root, files, token }: DirectoryTarget): ObjectFiles {
  const pathOf = (ref: ObjectRef): string => join(root, objectPath(ref))
  return {
    async get(ref) {
      const path = pathOf(ref)
      const data = await readFile(files, path)
      return data === undefined ? undefined : decodeObject(data, path, ref)
    },

    async list({ apiVersion, kind, namespace }, selection) {
      const isChosen = choice(selection)
      const isOfKind = (object: KubeObject): boolean =>
        object.kind === kind && groupOf(object.apiVersion) === groupOf(apiVersion)
      const folders = namespace === undefined ? await foldersOf(root, files) : [namespace]
      const found = await Promise.all(folders.map((folder) => objectsIn(files, join(root, folder))))
      return found.flat().filter((object) => isOfKind(object) && isChosen(object))
    },

    clusterWide: () => objectsIn(files, join(root, CLUSTER_FOLDER)),

    async write(object) {
      const path = pathOf(refOf(object))
      const text = encodeYamlPlain(object)
      const existing = await readFile(files, path)
      if (existing !== undefined && existing.toString('utf8') === text) {
        return { result: 'unchanged', object }
      }
      if (existing !== undefined) decodeObject(existing, path, refOf(object))
      await writeObject(files, path, { text, token, mode: modeOf(object) })
      return { result: existing === undefined ? 'created' : 'updated', object }
    },

    async delete(ref) {
      const path = pathOf(ref)
      if ((await readFile(files, path)) === undefined) return false
      assertNoLink(join(path, '..'))
      const removed = await files.remove(path)
      await files.removeEmptyFolder(join(path, '..'))
      return removed
    },

    async sweep(tokens) {
      for (const folder of await foldersOf(root, files)) {
        for (const { name } of await files.list(join(root, folder))) {
          if (isTemporaryOf(name, tokens)) await files.remove(join(root, folder, name))
        }
        await files.removeEmptyFolder(join(root, folder))
      }
    },
  }
}

/** Which objects a list is asked for; of the fields a folder knows names only. */
function choice({
  labelSelector = '',
  fieldSelector,
  isWanted = () => true,
}: ListOptions): (object: KubeObject) => boolean {
  const areWanted = parseSelector(labelSelector)
  const [, name] = /^metadata\.name==?([^,]+)$/.exec(fieldSelector ?? '') ?? []
  if (fieldSelector !== undefined && name === undefined) {
    throw new PkgError('TARGET_INVALID', `a folder cannot select by ${fieldSelector}`)
  }
  return (object) => {
    const { metadata } = object
    if (name !== undefined && metadata.name !== name) return false
    return areWanted(labelsOf(metadata)) && isWanted(object)
  }
}

function labelsOf(metadata: JsonObject): Record<string, string> {
  const labels = child(metadata, 'labels')
  const texts = Object.entries(labels).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(texts) as Record<string, string>
}

/** What is there now; nobody but this run is expected to change a folder. */
async function* watchOnce(
  list: () => Promise<KubeObject[]>,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  if (signal.aborted) return
  for (const object of await list()) yield { type: 'added', object }
  yield { type: 'synced' }
  if (signal.aborted) return
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

function exists(object: KubeObject): PkgError {
  return new PkgError('OBJECT_EXISTS', `${describeObject(object)} exists already`)
}

async function objectsIn(files: Files, folder: string): Promise<KubeObject[]> {
  const objects: KubeObject[] = []
  for (const { name, kind } of await files.list(folder)) {
    if (kind !== 'file' || !name.endsWith('.yaml') || name.startsWith('.')) continue
    const data = await readFile(files, join(folder, name))
    const value = data === undefined ? undefined : decode(data, join(folder, name))
    if (isKubeObject(value)) objects.push(value)
  }
  return objects
}

/** The folders of objects: one a namespace, and that of objects without one. */
async function foldersOf(root: string, files: Files): Promise<string[]> {
  const entries = await files.list(root)
  return entries
    .filter(({ name, kind }) => kind === 'folder' && name !== RECORDS_FOLDER)
    .map(({ name }) => name)
}

async function checked<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  return run()
}

interface ObjectFile {
  text: string
  token: string
  mode: number
}

/** What a link in a folder leads to is no part of the folder. */
function assertNoLink(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return
  throw new PkgError('TARGET_INVALID', `${JSON.stringify(folder)} is a symbolic link`, {
    hint: 'Objects are written below the target alone: put a folder in its place.',
  })
}

/** A neighbour that deletes the last file of the folder takes the folder along: try again. */
async function writeObject(files: Files, path: string, { text, token, mode }: ObjectFile) {
  const folder = join(path, '..')
  const temporary = join(folder, temporaryName(path.slice(folder.length + 1), token))
  for (let attempt = 1; ; attempt++) {
    await makeFolder(files, folder)
    assertNoLink(folder)
    try {
      return await files.replace(path, temporary, { data: text, mode })
    } catch (error) {
      if (attempt === 5 || !isSystemError(error, 'ENOENT')) throw error
    }
  }
}

async function makeFolder(files: Files, folder: string): Promise<void> {
  try {
    await files.makeFolder(folder, FOLDER_MODE)
  } catch (error) {
    if (!isSystemError(error, 'EEXIST') && !isSystemError(error, 'ENOTDIR')) throw error
    throw new PkgError('TARGET_INVALID', `${JSON.stringify(folder)} is not a folder`, {
      hint: 'Choose another folder with --target dir:PATH, or move the file away.',
      cause: error,
    })
  }
}

async function readFile(files: Files, path: string): Promise<Buffer | undefined> {
  try {
    return await files.read(path)
  } catch (error) {
    if (!isSystemError(error, 'ENOTDIR') && !isSystemError(error, 'EISDIR')) throw error
    throw new PkgError('TARGET_INVALID', `${JSON.stringify(path)} is not a file of this target`, {
      hint: 'Choose another folder with --target dir:PATH, or move the file away.',
      cause: error,
    })
  }
}

function decodeObject(data: Buffer, path: string, ref: ObjectRef): KubeObject {
  const value = decode(data, path)
  const wanted = objectKey(
    { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name } },
    ref.namespace,
  )
  if (isKubeObject(value) && objectKey(value, ref.namespace) === wanted) return value
  throw new PkgError(
    'TARGET_INVALID',
    `file ${JSON.stringify(path)} does not hold the ${ref.kind} ${JSON.stringify(ref.name)}`,
    { hint: 'Move the file out of the target, or put the right object back, and run again.' },
  )
}

function decode(data: Buffer, path: string): Json {
  try {
    return decodeDocument(data.toString('utf8'), { file: path, line: 1 })
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    const { code, message, span } = error
    throw new PkgError(code, message, {
      hint: 'Correct the file, or move it out of the target; then run the command again.',
      span,
      cause: error,
    })
  }
}

/** Secrets are not for everybody on the machine to read. */
function modeOf(object: KubeObject): number {
  return object.kind === 'Secret' && object.apiVersion === 'v1' ? SECRET_MODE : MANIFEST_MODE
}

function scopesOf(objects: readonly KubeObject[]): ScopeOf {
  const declared = declaredScopes(objects)
  return (apiVersion, kind) => {
    const own = declared(apiVersion, kind)
    return own ?? (isClusterKind(apiVersion, kind) ? 'cluster' : 'namespaced')
  }
}

function child(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}
