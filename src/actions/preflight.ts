import { PkgError } from '../base/errors.ts'
import type { AccessReview } from '../cluster/cluster.ts'
import type { Connections } from './connections.ts'
import { rightsFor, type RightsRequest, type WritingVerb } from './rights.ts'

/** What a verb tells of the run that it is about to begin. */
export interface Preflight extends Omit<RightsRequest, 'records' | 'waitsBy' | 'areHooksOff'> {
  verb: WritingVerb
}

/**
 * Asks before the first write whether this person may do all of it.
 *
 * @throws PkgError FORBIDDEN with every right that is missing
 */
export async function assertRights(connections: Connections, request: Preflight): Promise<void> {
  const { cluster, records, wait, signal } = connections
  if (records === undefined || connections.skipsPreflight === true) return
  const [mayAll] = await cluster.can([ANYTHING], signal)
  if (mayAll === true) return
  const reviews = await rightsFor(connections, {
    ...request,
    records,
    waitsBy: wait?.rules,
    areHooksOff: wait?.areHooksOff,
  })
  const answers = await cluster.can(reviews, signal)
  const missing = reviews.filter((_, at) => answers[at] === false)
  if (missing.length === 0) return
  const lines = missing.map(viewRight)
  const count = lines.length === 1 ? 'a right is' : `${lines.length} rights are`
  const { name } = request.release
  const named = request.verb === 'install' ? `${name} CHART` : name
  throw new PkgError('FORBIDDEN', `${count} missing to ${request.verb} the release`, {
    details: [...new Set(lines)].sort(),
    hint: `Ask for them; "kubectl pkg rbac ${named}" prints the roles. --no-preflight tries without asking.`,
  })
}

const ANYTHING: AccessReview = { apiVersion: '*', kind: '*', namespace: undefined, verb: '*' }

function viewRight(review: AccessReview): string {
  const { verb, apiVersion, kind, subresource, namespace, name } = review
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  const type = `${kind}${group}${subresource === undefined ? '' : `/${subresource}`}`
  const what = name === undefined ? type : `${type} "${name}"`
  return `${verb} ${what} ${namespace === undefined ? 'in the cluster' : `in namespace "${namespace}"`}`
}
