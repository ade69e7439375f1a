import { PkgError } from '../base/errors.ts'
import { decodeRelease, encodeRelease } from '../release/codec.ts'
import { byNameAndRevision, chooseDecoded, type Journal, type ReleaseStorage } from './storage.ts'

/** Keeps releases in memory, encoded as everywhere, so that no two callers share one. */
export function openMemoryStorage(): ReleaseStorage {
  const records = new Map<string, string>()
  const journals = new Map<string, Journal>()
  const keyOf = (release: { name: string; namespace: string }): string =>
    `${release.namespace}/${release.name}`
  const decoded = (prefix: string) =>
    [...records]
      .filter(([key]) => key.startsWith(prefix))
      .map(([, text]) => decodeRelease(text))
      .sort(byNameAndRevision)

  return {
    history: async (release) => decoded(`${keyOf(release)}/`),

    list: async (namespace, choose) => {
      const releases = decoded(namespace === undefined ? '' : `${namespace}/`)
      return chooseDecoded({ releases, unreadable: [] }, choose)
    },

    // What is kept as this program encoded it is never damaged.
    examine: async (release) => ({
      count: decoded(`${keyOf(release)}/`).length,
      damaged: [],
    }),

    complete: async (release) => release,
    idleFor: async () => undefined,

    async create(release) {
      const key = `${keyOf(release)}/${release.revision}`
      if (records.has(key)) throw new PkgError('RELEASE_EXISTS', 'release: already exists')
      records.set(key, encodeRelease(release))
    },

    async update(release) {
      records.set(`${keyOf(release)}/${release.revision}`, encodeRelease(release))
    },

    delete: async (release, revision) => records.delete(`${keyOf(release)}/${revision}`),
    readJournal: async (release) => journals.get(keyOf(release)),

    async writeJournal(release, journal) {
      journals.set(keyOf(release), structuredClone(journal))
    },

    async deleteJournal(release) {
      journals.delete(keyOf(release))
    },

    sweep: async () => undefined,
  }
}
