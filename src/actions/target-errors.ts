import { diskHint } from '../base/disk-error.ts'
import { PkgError } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'

/**
 * Runs a verb, and turns what the file system refuses into a failure with a hint.
 *
 * @param prefix put in front of the message as Helm does, for example `UPGRADE FAILED`
 */
export async function reporting<T>(prefix: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw prefixed(prefix, asPkgError(error))
  }
}

function prefixed(prefix: string, error: unknown): unknown {
  if (prefix === '' || !(error instanceof PkgError) || isStop(error)) return error
  const { code, message, hint, span, details } = error
  return new PkgError(code, `${prefix}: ${message}`, { hint, span, details, cause: error.cause })
}

/** Whether a signal ended the run. */
export function isStop({ code }: PkgError): boolean {
  return code === 'INTERRUPTED' || code === 'TERMINATED'
}

function asPkgError(error: unknown): unknown {
  if (!isSystemError(error) || error.path === undefined) return error
  const isRead = ['scandir', 'lstat', 'stat', 'read'].includes(error.syscall ?? '')
  const advice = IN_THE_WAY[error.code ?? '']
  return new PkgError(isRead ? 'FILE_UNREADABLE' : 'FILE_UNWRITABLE', error.message, {
    hint:
      advice ??
      `${diskHint(error) ?? 'Check the permissions of the folder.'} Then run the command again.`,
    cause: error,
  })
}

/** What stands where a folder should be. */
const IN_THE_WAY: Readonly<Record<string, string>> = {
  EEXIST:
    'A file or a link that leads nowhere is in the way: name a folder with --target dir:PATH.',
  ENOTDIR: 'A file is where the target has a folder: name a folder with --target dir:PATH.',
}
