import { PkgError } from '../base/errors.ts'
import { requirePackage } from '../base/lazy.ts'
import { LIMITS } from '../base/limits.ts'

type Zlib = Pick<typeof import('node:zlib'), 'gzipSync' | 'gunzipSync'>

/** Compresses what is kept beside records. */
export function pack(text: string): Buffer {
  const { gzipSync } = requirePackage('node:zlib') as Zlib
  return gzipSync(Buffer.from(text, 'utf8'), { level: 9 })
}

/**
 * Gives back what `pack` has compressed.
 *
 * @throws PkgError RELEASE_UNREADABLE when it is damaged, or larger than a record may be
 */
export function unpack(data: Uint8Array): string {
  const { gunzipSync } = requirePackage('node:zlib') as Zlib
  try {
    return gunzipSync(data, { maxOutputLength: LIMITS.recordDecodedBytes }).toString('utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    throw new PkgError('RELEASE_UNREADABLE', 'its gzip data is damaged', { cause: error })
  }
}
