import { PkgError } from '../base/errors.ts'
import type { AccessReview } from '../cluster/cluster.ts'
import type { Connections } from './connections.ts'
import type { ReleaseName } from '../storage/storage.ts'
import {
  recordRights,
  rightsFor,
  type RecordsKind,
  type RecordsVerb,
  type RightsRequest,
  type WritingVerb,
} from './rights.ts'

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
  const { wait } = connections
  const { verb, release } = request
  await assertAllowed(connections, { verb, release }, (records) =>
    rightsFor(connections, {
      ...request,
      records,
      waitsBy: wait?.rules,
      areHooksOff: wait?.areHooksOff,
    }),
  )
}

/**
 * Asks before the first write whether this person may change the records of a release.
 *
 * @throws PkgError FORBIDDEN with every right that is missing
 */
export async function assertRecordRights(
  connections: Connections,
  run: { verb: RecordsVerb; release: ReleaseName },
): Promise<void> {
  await assertAllowed(connections, run, (records) =>
    Promise.resolve(recordRights({ ...run, records })),
  )
}

async function assertAllowed(
  { cluster, records, signal, skipsPreflight = false }: Connections,
  { verb, release }: { verb: WritingVerb | RecordsVerb; release: ReleaseName },
  reviewsFor: (records: RecordsKind) => Promise<AccessReview[]>,
): Promise<void> {
  if (records === undefined || skipsPreflight) return
  const [mayAll] = await cluster.can([ANYTHING], signal)
  if (mayAll === true) return
  const reviews = await reviewsFor(records)
  const answers = await cluster.can(reviews, signal)
  const missing = reviews.filter((_, at) => answers[at] === false)
  if (missing.length === 0) return
  const lines = missing.map(viewRight)
  const count = lines.length === 1 ? 'a right is' : `${lines.length} rights are`
  throw new PkgError('FORBIDDEN', `${count} missing to ${verb} the release`, {
    details: [...new Set(lines)].sort(),
    hint: `Ask for them; "kubectl pkg rbac ${rbacWords(verb, release)}" prints the roles. --no-preflight tries without asking.`,
  })
}

/** What is not there yet, or cannot be read, tells nothing of its rights. */
function rbacWords(verb: WritingVerb | RecordsVerb, { name }: ReleaseName): string {
  if (verb === 'install') return `${name} CHART`
  return verb === 'repair' ? `${name} --for repair` : name
}

const ANYTHING: AccessReview = { apiVersion: '*', kind: '*', namespace: undefined, verb: '*' }

function viewRight(review: AccessReview): string {
  const { verb, apiVersion, kind, subresource, namespace, name } = review
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  const type = `${kind}${group}${subresource === undefined ? '' : `/${subresource}`}`
  const what = name === undefined ? type : `${type} "${name}"`
  return `${verb} ${what} ${namespace === undefined ? 'in the cluster' : `in namespace "${namespace}"`}`
}
