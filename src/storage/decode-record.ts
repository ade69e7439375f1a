import { PkgError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { decodeRelease } from '../release/codec.ts'
import { lazyRelease } from '../release/lazy-release.ts'
import { parseLeftOut, withManifest } from '../release/left-out.ts'
import type { Release } from '../release/release.ts'
import { fetchPiece } from './kube-pieces.ts'
import type { RecordApi } from './record-api.ts'
import { heldData, type RecordKind, type RecordMeta } from './record-object.ts'

/**
 * A release whose record is decoded when it is needed; only a manifest that lies beside the
 * record is fetched at once.
 */
export async function readRecord(
  api: RecordApi,
  object: JsonObject,
  meta: RecordMeta,
): Promise<Release> {
  const { name, namespace, revision, status, labels, leftOut } = meta
  const decode = (): Release => decodeObject(object, meta, api.kind)
  const known = { name, namespace, revision, status, labels }
  if (leftOut === undefined) return lazyRelease(known, decode)
  const beside = parseLeftOut(leftOut)?.manifest
  if (beside === undefined) return lazyRelease(known, () => ({ ...decode(), leftOut }))
  const manifest = await fetchPiece(api, meta, beside).catch((error: unknown) => {
    throw unreadableRecord(meta, api.kind, error)
  })
  return lazyRelease(known, () => ({ ...withManifest(decode(), manifest), leftOut }))
}

/** @throws PkgError RELEASE_UNREADABLE that names the object */
function decodeObject(object: JsonObject, meta: RecordMeta, kind: RecordKind): Release {
  try {
    return decodeRecord(object, meta)
  } catch (error) {
    throw unreadableRecord(meta, kind, error)
  }
}

/** Names the object that cannot be read; any other failure stays what it is. */
export function unreadableRecord(
  { name, namespace, objectName }: Pick<RecordMeta, 'name' | 'namespace' | 'objectName'>,
  kind: RecordKind,
  error: unknown,
): unknown {
  if (!(error instanceof PkgError) || error.code !== 'RELEASE_UNREADABLE') return error
  const message = `${kind} ${namespace}/${objectName} cannot be read: ${error.message}`
  return new PkgError('RELEASE_UNREADABLE', message, {
    hint: `Put it back from a backup; or "kubectl pkg repair ${name} --namespace ${namespace}" shows what is wrong, and with --yes saves the record to a file and mends or removes it.`,
    cause: error,
  })
}

/**
 * Decodes a record's object.
 *
 * @throws PkgError RELEASE_UNREADABLE
 */
export function decodeRecord(object: JsonObject, { name, revision }: RecordMeta): Release {
  const release = decodeContent(object)
  if (release.name === name && release.revision === revision) return release
  throw new PkgError(
    'RELEASE_UNREADABLE',
    `it holds revision ${release.revision} of release "${release.name}"`,
  )
}

/**
 * Decodes what a record's object holds, whatever it is called.
 *
 * @throws PkgError RELEASE_UNREADABLE
 */
export function decodeContent(object: JsonObject): Release {
  const data = heldData(object, 'release')
  if (data === undefined) throw new PkgError('RELEASE_UNREADABLE', 'it holds no release')
  return decodeRelease(data.toString('latin1'))
}
