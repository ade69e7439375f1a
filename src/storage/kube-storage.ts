import type { Transport } from '../cluster/transport.ts'
import { parseLeftOut, withChartFiles } from '../release/left-out.ts'
import type { Release } from '../release/release.ts'
import { kubeJournals, type KubeJournals } from './kube-journals.ts'
import { listRecords } from './kube-list.ts'
import { readRecord, unreadableRecord } from './decode-record.ts'
import { examineRecords } from './examine-records.ts'
import { collectPieces, fetchPiece } from './kube-pieces.ts'
import { openRecordApi, type RecordApi } from './record-api.ts'
import {
  OWNER,
  ownerLabelsOf,
  recordMeta,
  recordName,
  type RecordKind,
  type RecordMeta,
} from './record-object.ts'
import { createRecord, replaceRecord, type RecordWriter } from './record-writer.ts'
import { byNameAndRevision, type ReleaseName, type ReleaseStorage } from './storage.ts'

export interface KubeStorageOptions {
  transport: Transport
  /** What holds the records; Secrets, as with Helm. */
  kind: RecordKind
  /** Marks what this run writes. */
  token: string
  now: () => Date
  signal: AbortSignal
  onNotice: (notice: string) => void
}

/**
 * Keeps releases in the API server as Helm does, so that either can go on where the other
 * has stopped.
 *
 * A record is only ever replaced as it was last seen, and what one run has written bears its
 * mark, so that neither a lost answer nor another writer goes unnoticed.
 */
export function openKubeStorage(options: KubeStorageOptions): ReleaseStorage {
  const api = openRecordApi(options)
  const journals = kubeJournals(api)
  const seen = new Map<string, RecordMeta>()
  const writer: RecordWriter = { api, seen, written: new Set(), count: 0, ...options }

  return {
    history: (release) => readHistory({ api, seen, journals }, release),
    list: (namespace, choose, scope) => listRecords(api, { namespace, choose, scope }),
    examine: (release) => examineRecords(api, release),

    async complete(release) {
      const parts = parseLeftOut(release.leftOut)
      if (parts === undefined) return release
      try {
        return withChartFiles(release, await fetchPiece(api, release, parts.chart))
      } catch (error) {
        const objectName = recordName(release, release.revision)
        const { name, namespace } = release
        throw unreadableRecord({ name, namespace, objectName }, api.kind, error)
      }
    },

    create: (release) => createRecord(writer, release),
    update: (release) => replaceRecord(writer, release),

    async idleFor({ namespace, name }, revision) {
      const place = { namespace, name: recordName({ name }, revision) }
      const found = await api.getMetadata(place)
      const meta = found && recordMeta(found.object)
      if (found === undefined || meta === undefined) return undefined
      return found.now - meta.changedAt
    },

    async delete(release, revision) {
      const place = { namespace: release.namespace, name: recordName(release, revision) }
      const key = `${place.namespace}/${place.name}`
      const known = seen.get(key)
      const isRemoved = await api.remove(place, known?.uid)
      seen.delete(key)
      if (known?.leftOut !== undefined) await collect(api, seen, release)
      return isRemoved
    },

    readJournal: (release) => journals.read(release),
    writeJournal: (release, journal) => journals.write(release, journal),
    deleteJournal: (release) => journals.remove(release),

    // Objects come into being whole; pieces that no record names go with the next deletion.
    sweep: async () => undefined,
  }
}

interface Reader {
  api: RecordApi
  seen: Map<string, RecordMeta>
  journals: KubeJournals
}

async function readHistory(reader: Reader, release: ReleaseName): Promise<Release[]> {
  const { api, seen, journals } = reader
  const { name, namespace } = release
  const selector = `name=${name},owner in (${OWNER.record},${OWNER.journal})`
  const releases: Release[] = []
  journals.forget(release)
  for await (const page of api.listPages(namespace, selector)) {
    for (const object of page) {
      if (ownerLabelsOf(object).owner === OWNER.journal) journals.remember(release, object)
      const meta = recordMeta(object)
      if (meta === undefined || meta.name !== name) continue
      seen.set(`${namespace}/${meta.objectName}`, meta)
      releases.push(await readRecord(api, object, meta))
    }
  }
  return releases.sort(byNameAndRevision)
}

/** Keeps the pieces that a record names which is still there. */
async function collect(
  api: RecordApi,
  seen: ReadonlyMap<string, RecordMeta>,
  release: ReleaseName,
): Promise<void> {
  const named = [...seen.values()]
    .filter(({ name, namespace }) => name === release.name && namespace === release.namespace)
    .map(({ leftOut }) => leftOut ?? '')
  await collectPieces(api, release, (digest) => named.some((text) => text.includes(digest)))
}
