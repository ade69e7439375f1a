import { basename, dirname, join } from 'node:path'
import { PkgError } from '../base/errors.ts'
import type { Files } from '../base/files.ts'
import { isTemporaryOf, RECORDS_FOLDER, temporaryName } from '../base/folders.ts'
import { decodeRelease, encodeRelease } from '../release/codec.ts'
import type { Release } from '../release/release.ts'
import {
  byNameAndRevision,
  chooseDecoded,
  parseJournal,
  type DamagedRecord,
  type Examination,
  type ReleaseName,
  type ReleaseStorage,
  type StoredReleases,
  type UnreadableRecord,
} from './storage.ts'

export interface DirectoryStorage {
  /** The target's folder; records lie below its `.kubectl-pkg/`. */
  path: string
  files: Files
  /** Marks this run's temporary files. */
  token: string
}

interface Place extends ReleaseName {
  revision: number
  path: string
}

interface DecodedReleases extends StoredReleases {
  releases: Release[]
}

const FOLDER_MODE = 0o700
const FILE_MODE = 0o600

/**
 * Keeps releases as files: `releases/<namespace>/<name>.v<revision>` holds the text that
 * Helm keeps under `release` in a Secret.
 *
 * No file ends in `.yaml`, so whatever applies the folder passes the records by.
 */
export function openDirectoryStorage({ path, files, token }: DirectoryStorage): ReleaseStorage {
  const root = join(path, RECORDS_FOLDER, 'releases')
  const folderOf = ({ namespace }: ReleaseName): string => join(root, namespace)
  const journalOf = (name: ReleaseName): string => join(folderOf(name), `${name.name}.journal`)
  const pathOf = (release: ReleaseName, revision: number): string =>
    join(folderOf(release), `${release.name}.v${revision}`)

  const placesOf = async (release: ReleaseName): Promise<Place[]> => {
    const places = await placesIn(files, folderOf(release), release.namespace)
    return places.filter(({ name }) => name === release.name)
  }
  const temporaryOf = (file: string): string =>
    join(dirname(file), temporaryName(basename(file), token))
  const replace = async (file: string, data: string): Promise<void> => {
    await files.makeFolder(dirname(file), FOLDER_MODE)
    await files.replace(file, temporaryOf(file), { data, mode: FILE_MODE })
  }

  return {
    async history(release) {
      const places = await placesOf(release)
      const { releases, unreadable } = await readPlaces(files, places)
      assertReadable(unreadable)
      return releases
    },

    async list(namespace, choose) {
      const places: Place[] = []
      const all = await files.list(root)
      for (const { name: folder } of namespace === undefined ? all : [{ name: namespace }]) {
        places.push(...(await placesIn(files, join(root, folder), folder)))
      }
      return chooseDecoded(await readPlaces(files, places), choose)
    },

    examine: async (release) => examinePlaces(files, await placesOf(release)),
    complete: async (release) => release,
    idleFor: async () => undefined,

    async create(release) {
      const file = pathOf(release, release.revision)
      const content = { data: encodeFile(release), mode: FILE_MODE }
      await files.makeFolder(dirname(file), FOLDER_MODE)
      if (await files.create(file, temporaryOf(file), content)) return
      throw new PkgError('RELEASE_EXISTS', 'release: already exists', {
        hint: `Another run stored revision ${release.revision}; run the command again.`,
      })
    },

    async update(release) {
      await replace(pathOf(release, release.revision), encodeFile(release))
    },

    delete: (release, revision) => files.remove(pathOf(release, revision)),

    async readJournal(release) {
      const data = await files.read(journalOf(release))
      return data === undefined ? undefined : parseJournal(data.toString('utf8'))
    },

    async writeJournal(release, journal) {
      await replace(journalOf(release), `${JSON.stringify(journal)}\n`)
    },

    async deleteJournal(release) {
      await files.remove(journalOf(release))
    },

    sweep: (tokens) => sweepBelow(root, files, tokens),
  }
}

async function sweepBelow(root: string, files: Files, tokens: readonly string[]): Promise<void> {
  for (const { name: folder } of await files.list(root)) {
    for (const { name } of await files.list(join(root, folder))) {
      if (isTemporaryOf(name, tokens)) await files.remove(join(root, folder, name))
    }
  }
}

/** Reads the records there are; what cannot be decoded is set apart. */
async function readPlaces(files: Files, places: readonly Place[]): Promise<DecodedReleases> {
  const stored: DecodedReleases = { releases: [], unreadable: [] }
  for (const place of places) {
    const data = await files.read(place.path)
    if (data === undefined) continue
    try {
      stored.releases.push(decodePlace(data, place))
    } catch (error) {
      if (!(error instanceof PkgError)) throw error
      const { name, namespace, revision, path } = place
      stored.unreadable.push({ name, namespace, revision, place: path, reason: error.message })
    }
  }
  stored.releases.sort(byNameAndRevision)
  return stored
}

/** A file has no labels that could be put right: it can be read, or it goes. */
async function examinePlaces(files: Files, places: readonly Place[]): Promise<Examination> {
  const examination: Examination = { count: 0, damaged: [] }
  for (const place of places) {
    const data = await files.read(place.path)
    if (data === undefined) continue
    examination.count += 1
    const reason = unreadableReason(data, place)
    if (reason !== undefined) examination.damaged.push(damagedFile(files, place, data, reason))
  }
  return examination
}

function unreadableReason(data: Buffer, place: Place): string | undefined {
  try {
    decodePlace(data, place)
    return undefined
  } catch (error) {
    if (!(error instanceof PkgError)) throw error
    return error.message
  }
}

function damagedFile(
  files: Files,
  { path, revision }: Place,
  data: Buffer,
  reason: string,
): DamagedRecord {
  return {
    place: path,
    revision,
    problems: [reason],
    remedy: 'remove',
    original: { file: path, base64: data.toString('base64') },
    async mend() {
      const now = await files.read(path)
      if (now !== undefined && !now.equals(data)) {
        throw new PkgError('OBJECT_CHANGED', `record "${path}" was changed in the meantime`, {
          hint: 'Run the command again.',
        })
      }
      await files.remove(path)
    },
  }
}

function assertReadable([first, ...others]: readonly UnreadableRecord[]): void {
  if (first === undefined) return
  const message = `record "${first.place}" cannot be read: ${first.reason}`
  throw new PkgError('RELEASE_UNREADABLE', message, {
    hint: `Put the file back from a backup or from Git; or "kubectl pkg repair ${first.name}" shows what is wrong, and with --yes saves the file elsewhere and removes it.`,
    details: others.map(({ place, reason }) => `${place}: ${reason}`),
  })
}

/** A file has no limit of its own, unlike a Secret. */
function encodeFile(release: Release): string {
  return `${encodeRelease(release, Infinity)}\n`
}

/** A record whose name and number are not those of its file was moved there by mistake. */
function decodePlace(data: Buffer, place: Place): Release {
  const release = decodeRelease(data.toString('latin1').trim())
  const { name, revision } = release
  if (name === place.name && revision === place.revision) {
    return { ...release, namespace: place.namespace }
  }
  throw new PkgError('RELEASE_UNREADABLE', `it holds revision ${revision} of release "${name}"`)
}

async function placesIn(files: Files, folder: string, namespace: string): Promise<Place[]> {
  const places: Place[] = []
  for (const { name: file } of await files.list(folder)) {
    const match = /^(?<name>[a-z0-9][-.a-z0-9]*)\.v(?<revision>[1-9][0-9]*)$/.exec(file)
    const { name, revision } = match?.groups ?? {}
    if (name === undefined || revision === undefined) continue
    places.push({ name, namespace, revision: Number(revision), path: join(folder, file) })
  }
  return places
}
