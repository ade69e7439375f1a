import { PkgError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { pack, unpack } from '../release/packed.ts'
import { shortenManifest } from '../release/shorten-manifest.ts'
import { heldData, journalName, metadataOf, objectOf, OWNER, textIn } from './record-object.ts'
import type { RecordApi } from './record-api.ts'
import { parseJournal, type Journal, type ReleaseName } from './storage.ts'

/** Journals of releases; what a reading of the records has shown of them is not asked again. */
export interface KubeJournals {
  read(release: ReleaseName): Promise<Journal | undefined>
  write(release: ReleaseName, journal: Journal): Promise<void>
  remove(release: ReleaseName): Promise<void>
  /** Takes note of the journal's object that came along with the records. */
  remember(release: ReleaseName, object: JsonObject): void
  /** Takes note that the records came without a journal. */
  forget(release: ReleaseName): void
}

const KEY = 'journal'
const BYTES = 1_000_000

/** Keeps journals beside the records, in objects that Helm passes by. */
export function kubeJournals(api: RecordApi): KubeJournals {
  const known = new Map<string, JsonObject | undefined>()
  const keyOf = ({ namespace, name }: ReleaseName): string => `${namespace}/${name}`
  const placeOf = (release: ReleaseName) => ({
    namespace: release.namespace,
    name: journalName(release),
  })

  const objectOfJournal = async (release: ReleaseName): Promise<JsonObject | undefined> => {
    if (!known.has(keyOf(release))) known.set(keyOf(release), await api.get(placeOf(release)))
    return known.get(keyOf(release))
  }

  return {
    remember: (release, object) => known.set(keyOf(release), object),
    forget: (release) => known.set(keyOf(release), undefined),

    async read(release) {
      const object = await objectOfJournal(release)
      const data = object && heldData(object, KEY)
      return data && unpackJournal(data)
    },

    async write(release, journal) {
      const existing = await objectOfJournal(release)
      const object = objectOf(api.kind, {
        name: journalName(release),
        labels: { name: release.name, owner: OWNER.journal },
        type: 'kubectl-pkg/journal.v1',
        data: { [KEY]: packJournal(journal) },
      })
      if (existing === undefined) {
        known.set(keyOf(release), await createOrReplace(api, release, object))
        return
      }
      const resourceVersion = textIn(metadataOf(existing), 'resourceVersion')
      const metadata: JsonObject = { ...metadataOf(object), resourceVersion }
      known.set(keyOf(release), await api.replace(release.namespace, { ...object, metadata }))
    },

    async remove(release) {
      if ((await objectOfJournal(release)) === undefined) return
      await api.remove(placeOf(release), undefined)
      known.set(keyOf(release), undefined)
    },
  }
}

/** The lock's holder alone writes the journal: one that is there was written by a lost call. */
async function createOrReplace(
  api: RecordApi,
  { namespace }: ReleaseName,
  object: JsonObject,
): Promise<JsonObject> {
  try {
    return await api.create(namespace, object)
  } catch (error) {
    if (!(error instanceof PkgError) || error.code !== 'OBJECT_EXISTS') throw error
    return api.replace(namespace, object)
  }
}

/** A journal names objects; of large ones nothing but the name counts. */
function packJournal(journal: Journal): Buffer {
  const whole = pack(JSON.stringify(journal))
  if (whole.length <= BYTES) return whole
  const manifests = journal.manifests.map(shortenManifest)
  const short = pack(JSON.stringify({ ...journal, manifests }))
  if (short.length <= BYTES) return short
  throw new PkgError('RELEASE_TOO_LARGE', `a journal takes ${short.length} bytes when stored`)
}

/** What is damaged reads as nothing. */
function unpackJournal(data: Uint8Array): Journal | undefined {
  try {
    return parseJournal(unpack(data))
  } catch (error) {
    if (error instanceof PkgError) return undefined
    throw error
  }
}
