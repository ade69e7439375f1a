import { join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import { isSystemError, type Files } from '../base/files.ts'
import { isTemporaryOf, RECORDS_FOLDER, temporaryName } from '../base/folders.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { encodeYamlPlain } from '../encoding/yaml-encode.ts'
import { isClusterKind } from '../manifest/kind-order.ts'
import { decodeDocument, isKubeObject } from '../manifest/decode-objects.ts'
import { objectKey, type KubeObject } from '../manifest/object.ts'
import {
  refOf,
  type ApplyResult,
  type Cluster,
  type KindRef,
  type ObjectRef,
  type ScopeOf,
} from './cluster.ts'
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
export function openDirectoryCluster({ path: root, files, token }: DirectoryTarget): Cluster {
  const pathOf = (ref: ObjectRef): string => join(root, objectPath(ref))

  const get = async (ref: ObjectRef): Promise<KubeObject | undefined> => {
    const path = pathOf(ref)
    const data = await readFile(files, path)
    return data === undefined ? undefined : decodeObject(data, path, ref)
  }

  const clusterObjects = (): Promise<KubeObject[]> => objectsIn(files, join(root, CLUSTER_FOLDER))

  const list = async ({ apiVersion, kind, namespace }: KindRef): Promise<KubeObject[]> => {
    const isWanted = (object: KubeObject): boolean =>
      object.kind === kind && groupOf(object.apiVersion) === groupOf(apiVersion)
    const folders = namespace === undefined ? await foldersOf(root, files) : [namespace]
    const found = await Promise.all(folders.map((folder) => objectsIn(files, join(root, folder))))
    return found.flat().filter(isWanted)
  }

  return {
    target: `dir:${root}`,
    runsHooks: false,
    leases: directoryLeases(join(root, RECORDS_FOLDER, 'locks'), files),
    get: (ref, signal) => checked(signal, () => get(ref)),
    list: (kind, signal) => checked(signal, () => list(kind)),

    scopes: (incoming, signal) =>
      checked(signal, async () => scopesOf([...(await clusterObjects()), ...incoming])),

    apply: (object, signal) =>
      checked(signal, async (): Promise<ApplyResult> => {
        const path = pathOf(refOf(object))
        const text = encodeYamlPlain(object)
        const existing = await readFile(files, path)
        if (existing !== undefined && existing.toString('utf8') === text) return 'unchanged'
        if (existing !== undefined) decodeObject(existing, path, refOf(object))
        await writeObject(files, path, { text, token, mode: modeOf(object) })
        return existing === undefined ? 'created' : 'updated'
      }),

    delete: (ref, signal) =>
      checked(signal, async () => {
        const path = pathOf(ref)
        if ((await readFile(files, path)) === undefined) return false
        const removed = await files.remove(path)
        await files.removeEmptyFolder(join(path, '..'))
        return removed
      }),

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

/** A neighbour that deletes the last file of the folder takes the folder along: try again. */
async function writeObject(files: Files, path: string, { text, token, mode }: ObjectFile) {
  const folder = join(path, '..')
  const temporary = join(folder, temporaryName(path.slice(folder.length + 1), token))
  for (let attempt = 1; ; attempt++) {
    await makeFolder(files, folder)
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
  return decodeDocument(data.toString('utf8'), { file: path, line: 1 })
}

/** Secrets are not for everybody on the machine to read. */
function modeOf(object: KubeObject): number {
  return object.kind === 'Secret' && object.apiVersion === 'v1' ? SECRET_MODE : MANIFEST_MODE
}

function scopesOf(objects: readonly KubeObject[]): ScopeOf {
  const declared = new Map<string, boolean>()
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue
    const spec = child(object, 'spec')
    const { group, scope } = spec
    const { kind } = child(spec, 'names')
    if (typeof group !== 'string' || typeof kind !== 'string') continue
    declared.set(`${group}/${kind}`, scope === 'Cluster')
  }
  return (apiVersion, kind) => {
    const isCluster =
      declared.get(`${groupOf(apiVersion)}/${kind}`) ?? isClusterKind(apiVersion, kind)
    return isCluster ? 'cluster' : 'namespaced'
  }
}

function child(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}
