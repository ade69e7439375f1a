import { PkgError } from '../base/errors.ts'
import { isFolder } from '../chart/archive-file.ts'
import type { Served } from '../repo/serve-folder.ts'

export interface ServeRequest {
  folder: string
  host: string
  /** 0 for any that is free. */
  port: number
  now: () => Date
  onRequest?: ((line: string) => void) | undefined
}

/**
 * Serves a folder as a chart repository until it is closed.
 *
 * @throws PkgError CHART_NOT_FOUND, TARGET_INVALID when the address cannot be listened at
 */
export async function serveRepository(request: ServeRequest): Promise<Served> {
  const { folder, host, port, now, onRequest } = request
  if (!isFolder(folder)) {
    throw new PkgError('CHART_NOT_FOUND', `${folder} is no folder`, {
      hint: 'Name a folder with archives of charts.',
    })
  }
  const { serveFolder } = await import('../repo/serve-folder.ts')
  try {
    return await serveFolder({ folder, host, port, onRequest, now: () => now().toISOString() })
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException
    if (syscall !== 'listen' && code !== 'ENOTFOUND') throw error
    throw new PkgError('TARGET_INVALID', `cannot listen at ${host}:${port}: ${message}`, {
      hint: 'Choose another --port or --address.',
      cause: error,
    })
  }
}
