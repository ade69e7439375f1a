import { PkgError } from '../base/errors.ts'
import { byInstallOrder, byUninstallOrder } from '../manifest/kind-order.ts'
import { describeObject, objectKey, type KubeObject } from '../manifest/object.ts'
import {
  isKept,
  MANAGED_BY,
  ownerOf,
  RELEASE_NAME,
  RELEASE_NAMESPACE,
  staysBehind,
  type Owner,
} from '../manifest/ownership.ts'
import { isSameJson } from './json-equal.ts'
import type { Change, Op, Plan } from './plan.ts'

export interface PlanInput {
  /** Objects the next release wants, marked as its own; empty to uninstall. */
  desired: readonly KubeObject[]
  /** Objects that the release before it wrote; empty on a first install. */
  previous: readonly KubeObject[]
  /** Objects that attempts since then may have written; ours only where marked so. */
  attempted?: readonly KubeObject[]
  /** What the target holds now, of all objects in the three lists. */
  live: readonly KubeObject[]
  owner: Owner
  /** Take over objects that another release, or nobody, owns. */
  takeOwnership?: boolean
  /** Whether the target holds an object just as it is wanted; by default when both are equal. */
  isUnchanged?: (object: KubeObject, live: KubeObject) => boolean
}

/**
 * Compares what a release wants with what the target holds.
 *
 * One planner serves install, upgrade, rollback and uninstall: they differ only in their
 * input. Writes come first, in install order; then what is no longer wanted goes, in
 * uninstall order, but for what another release has adopted.
 *
 * Of an object that is wanted twice the last one counts, as after an upgrade of Helm.
 *
 * @throws PkgError OBJECT_NOT_OWNED when live objects that are wanted belong to someone else; it
 *   names them all
 */
export function buildPlan(input: PlanInput): Plan {
  const live = indexByKey(input.live)
  const desired = indexByKey(input.desired)
  const previous = indexByKey(input.previous)
  const writes = [...desired.values()]
    .toSorted((left, right) => byInstallOrder(left.kind, right.kind))
    .map((object): Change => {
      const existing = live.get(objectKey(object))
      return { op: writeOf(object, existing, input), object, live: existing }
    })
  const removals = [...indexByKey([...attemptedByUs(input, live), ...input.previous])]
    .flatMap(([key, object]) => {
      const existing = live.get(key)
      return existing === undefined || desired.has(key) ? [] : [{ object, existing }]
    })
    .toSorted((left, right) => byUninstallOrder(left.object.kind, right.object.kind))
    .map(({ object, existing }) => removalOf(object, existing, input))

  const changes = [...writes, ...removals]
  assertOwned(writes, previous, input)
  const notices = [...wantedTwice(input.desired), ...removals.flatMap(noticeOf)]
  return { changes, ...(notices.length > 0 && { notices }) }
}

/** What another release has adopted is that one's to delete. */
function removalOf(
  object: KubeObject,
  existing: KubeObject,
  { owner, desired }: PlanInput,
): Change {
  const change = { object: existing, live: existing }
  const actual = ownerOf(existing)
  if (actual !== undefined && !isOwner(owner, actual)) {
    return { ...change, op: 'keep', reason: `it belongs to ${described(actual)}`, isAdopted: true }
  }
  const isLeft = desired.length === 0 && staysBehind(object)
  return { ...change, op: isLeft || isKept(object) || isKept(existing) ? 'keep' : 'delete' }
}

function noticeOf({ object, reason = '', isAdopted = false }: Change): string[] {
  const { namespace } = object.metadata
  const place = typeof namespace === 'string' ? ` in namespace "${namespace}"` : ''
  return isAdopted ? [`${describeObject(object)}${place} is left in place: ${reason} by now`] : []
}

function described({ name, namespace }: Owner): string {
  return `release "${name}" in namespace "${namespace}"`
}

function attemptedByUs(
  { attempted = [], owner }: PlanInput,
  live: ReadonlyMap<string, KubeObject>,
): KubeObject[] {
  return attempted.filter((object) => {
    const existing = live.get(objectKey(object))
    return existing !== undefined && isOwner(owner, ownerOf(existing))
  })
}

function isOwner(owner: Owner, actual: Owner | undefined): boolean {
  return actual?.name === owner.name && actual.namespace === owner.namespace
}

function writeOf(
  object: KubeObject,
  existing: KubeObject | undefined,
  { isUnchanged = isSameJson }: PlanInput,
): Op {
  if (existing === undefined) return 'create'
  return isUnchanged(object, existing) ? 'unchanged' : 'update'
}

/** Objects by what they are; of those that are the same one the last. */
export function indexByKey(objects: readonly KubeObject[]): Map<string, KubeObject> {
  return new Map(objects.map((object) => [objectKey(object), object]))
}

function wantedTwice(objects: readonly KubeObject[]): string[] {
  const seen = new Set<string>()
  const repeated = objects.filter((object) => {
    const key = objectKey(object)
    return seen.has(key) || !seen.add(key)
  })
  return [...indexByKey(repeated).values()].map(
    (object) => `the chart makes ${describeObject(object)} more than once; the last one counts`,
  )
}

function assertOwned(
  writes: readonly Change[],
  previous: ReadonlyMap<string, KubeObject>,
  { owner, takeOwnership = false }: PlanInput,
): void {
  if (takeOwnership) return
  const refusals = writes.flatMap(({ object, live }) => {
    if (live === undefined) return []
    const reason = whyNotOwned(live, owner, previous.has(objectKey(object)))
    return reason === undefined ? [] : [refusal(object, reason)]
  })
  const [first, ...others] = refusals
  if (first === undefined) return
  throw new PkgError('OBJECT_NOT_OWNED', first, {
    details: others,
    hint: 'Add --take-ownership to adopt objects that are already there, or remove them from the release that owns them.',
  })
}

function refusal({ kind, metadata: { name, namespace } }: KubeObject, reason: string): string {
  const place = typeof namespace === 'string' ? namespace : ''
  return `${kind} "${name}" in namespace "${place}" exists and cannot be imported into the current release: ${reason}`
}

/**
 * Says in Helm's words why a live object is not ours. What an earlier revision wrote is
 * ours even without its marks, unless they name another release.
 *
 * Source: Helm 4.1.4 pkg/action/validate.go, checkOwnership.
 */
function whyNotOwned(live: KubeObject, owner: Owner, wasOurs: boolean): string | undefined {
  const actual = ownerOf(live)
  if (isOwner(owner, actual)) return undefined
  if (wasOurs && actual === undefined) return undefined
  const { labels, annotations } = live.metadata
  const findings = [
    finding('label', labels, { key: MANAGED_BY.label, want: MANAGED_BY.value }),
    finding('annotation', annotations, { key: RELEASE_NAME, want: owner.name }),
    finding('annotation', annotations, {
      key: RELEASE_NAMESPACE,
      want: owner.namespace,
    }),
  ].filter((each) => each !== undefined)
  return `invalid ownership metadata; ${findings.join('; ')}`
}

function finding(
  what: string,
  values: unknown,
  { key, want }: { key: string; want: string },
): string | undefined {
  const found: unknown =
    typeof values === 'object' && values !== null
      ? Object.entries(values).find(([name]) => name === key)?.[1]
      : undefined
  const actual = typeof found === 'string' ? found : undefined
  if (actual === want) return undefined
  return actual === undefined
    ? `${what} validation error: missing key "${key}": must be set to "${want}"`
    : `${what} validation error: key "${key}" must equal "${want}": current value is "${actual}"`
}
