import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { isJsonObject, type Json } from '../../src/base/json.ts'
import { api, eventually, plane, uniqueName } from './plane.ts'

/** One request as the API server itself logged it. */
export interface AuditedCall {
  /** `create`, `update`, `patch`, `delete`, `deletecollection`, `get`, `list` or `watch`. */
  verb: string
  /** Resource and subresource: `deployments`, `pods/status`. */
  resource: string
  namespace: string
  name: string
  user: string
  userAgent: string
  status: number
  path: string
}

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/** Marks a place in the audit log, to ask later what came after it. */
export function auditMark(): number {
  return statSync(plane().audit).size
}

/**
 * Gives the calls that ended since a mark, in the order of the log.
 *
 * @param mark of `auditMark`
 * @param wanted keeps only some, such as those of one namespace: all suites write into one log
 */
export async function auditedCalls(
  mark: number,
  wanted: (call: AuditedCall) => boolean,
): Promise<AuditedCall[]> {
  // An answer can arrive before its line is in the log: once this call's is, those before are.
  const marker = `/version?${uniqueName('marker')}`
  await api('GET', marker)
  let text = ''
  await eventually(async () => (text = readFrom(plane().audit, mark)).includes(marker))
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => toCall(JSON.parse(line) as Json))
    .filter((call) => !call.path.startsWith('/version?') && wanted(call))
}

/** Gives the calls since a mark that could have changed something; dry runs are none. */
export async function auditedWrites(
  mark: number,
  wanted: (call: AuditedCall) => boolean,
): Promise<AuditedCall[]> {
  return auditedCalls(
    mark,
    (call) => WRITES.has(call.verb) && !/[?&]dryRun=/.test(call.path) && wanted(call),
  )
}

function readFrom(file: string, start: number): string {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - start))
    readSync(descriptor, bytes, 0, bytes.length, start)
    return bytes.toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}

function toCall(event: Json): AuditedCall {
  const text = (...path: string[]): string => {
    let found: Json = event
    for (const key of path) found = isJsonObject(found) ? (found[key] ?? null) : null
    return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
  }
  const resource = [text('objectRef', 'resource'), text('objectRef', 'subresource')]
  return {
    verb: text('verb'),
    resource: resource.filter(Boolean).join('/'),
    namespace: text('objectRef', 'namespace'),
    name: text('objectRef', 'name'),
    user: text('impersonatedUser', 'username') || text('user', 'username'),
    userAgent: text('userAgent'),
    status: Number(text('responseStatus', 'code')),
    path: text('requestURI'),
  }
}
