import { PkgError } from '../base/errors.ts'
import { contentOf, type Piece, type PieceName } from '../release/left-out.ts'
import type { Release } from '../release/release.ts'
import { heldData, objectOf, OWNER, pieceName } from './record-object.ts'
import type { RecordApi } from './record-api.ts'
import type { ReleaseName } from './storage.ts'

const KEY = 'part'

/** Stores a piece, one object a chunk; those that are there already hold the same. */
export async function storePiece(api: RecordApi, release: Release, piece: Piece): Promise<void> {
  for (const [at, chunk] of piece.chunks.entries()) {
    const object = objectOf(api.kind, {
      name: pieceName(release, piece.digest, at),
      labels: { name: release.name, owner: OWNER.piece },
      type: 'kubectl-pkg/part.v1',
      data: { [KEY]: chunk },
    })
    try {
      await api.create(release.namespace, object)
    } catch (error) {
      if (!(error instanceof PkgError) || error.code !== 'OBJECT_EXISTS') throw error
    }
  }
}

/**
 * Fetches what a piece holds.
 *
 * @throws PkgError RELEASE_UNREADABLE when a part of it is missing or damaged
 */
export async function fetchPiece(
  api: RecordApi,
  release: ReleaseName,
  { digest, count }: PieceName,
): Promise<string> {
  const names = Array.from({ length: count }, (_, at) => pieceName(release, digest, at))
  const chunks = await Promise.all(
    names.map(async (name) => {
      const object = await api.get({ namespace: release.namespace, name })
      const data = object === undefined ? undefined : heldData(object, KEY)
      if (data !== undefined) return data
      throw new PkgError('RELEASE_UNREADABLE', `its part ${name} is missing`)
    }),
  )
  return contentOf({ digest, chunks })
}

/** Removes the pieces of a release that none of its records names any more. */
export async function collectPieces(
  api: RecordApi,
  release: ReleaseName,
  isNamed: (digest: string) => boolean,
): Promise<void> {
  const { namespace } = release
  const selector = `owner=${OWNER.piece},name=${release.name}`
  for (const name of await api.listNames(namespace, selector)) {
    const digest = name.split('.').at(-2) ?? ''
    if (!isNamed(digest)) await api.remove({ namespace, name }, undefined)
  }
}
