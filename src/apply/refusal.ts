import { PkgError, type ErrorCode } from '../base/errors.ts'
import { isSystemError } from '../base/files.ts'

/** What an API server answers, or does not, to a write that was all right by itself. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CLUSTER_FAILED',
  'CLUSTER_UNREACHABLE',
  'CREDENTIALS_FAILED',
  'FORBIDDEN',
  'KIND_UNKNOWN',
  'NAMESPACE_MISSING',
  'NOT_AUTHENTICATED',
  'OBJECT_CHANGED',
  'OBJECT_INVALID',
  'WEBHOOK_FAILED',
])

/** Whether the target refused a write: the file system of a folder, or an API server. */
export function isRefusal(error: unknown): error is Error {
  return isSystemError(error) || (error instanceof PkgError && REFUSALS.has(error.code))
}
