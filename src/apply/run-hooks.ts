import { PkgError } from '../base/errors.ts'
import { refOf, uidOf } from '../cluster/cluster.ts'
import { decodeObjects } from '../manifest/decode-objects.ts'
import type { Hook, HookDeletePolicy, HookEvent, HookPhase } from '../manifest/manifest.ts'
import type { KubeObject } from '../manifest/object.ts'
import type { Release } from '../release/release.ts'
import { timestamp } from '../release/timestamp.ts'
import { awaitGone } from './await-wave.ts'
import { showHookLogs } from './hook-logs.ts'
import { annotationOf } from './readiness-fields.ts'
import type { Site } from './site.ts'
import { placeObjects } from './target-objects.ts'
import { waitUntilReady } from './wait.ts'
import { objectName } from './wait-progress.ts'

export interface HookRequest {
  /** Whose hooks run. */
  release: Release
  event: HookEvent
  /** How long each hook may take, in milliseconds. */
  timeout: number
  /** Only these; all of the event by default. */
  isChosen?: ((hook: Hook) => boolean) | undefined
  /** Stores all hooks of the release with how they ran; called before and after each hook. */
  record: (hooks: Hook[]) => Promise<void>
}

/** How the hooks of an event ended. */
export interface HookOutcome {
  /** All hooks of the release, with how they ran. */
  hooks: Hook[]
  /** HOOK_FAILED of the first hook that failed; the others have not run then. */
  failure: PkgError | undefined
  /** Shows logs and deletes objects as the hooks' policies say; to be called once. */
  finish: () => Promise<void>
}

/** Marks an object of a hook with the run, and its event, that made it. */
const RUN_ANNOTATION = 'kubectl-pkg/hook-run'
/** What counts for a hook that says nothing of deletion. */
const DEFAULT_POLICY: HookDeletePolicy = 'before-hook-creation'

/**
 * Runs the hooks of one event, and deletes their objects as their policies say.
 *
 * @returns all hooks of the release, with how they ran
 * @throws PkgError HOOK_FAILED, LOCK_LOST, INTERRUPTED, and what the target refuses
 */
export async function runHooks(site: Site, request: HookRequest): Promise<Hook[]> {
  const { hooks, failure, finish } = await executeHooks(site, request)
  await finish()
  if (failure !== undefined) throw failure
  return hooks
}

/**
 * Runs the hooks of one event, one after the other by weight and name, each until it has
 * ended; the first that fails ends it. What a hook leaves at the target stays for `finish`.
 *
 * A run that was cut off and is repeated runs no hook again that has ended well, and waits for
 * one that it finds at work: the record says which have run, and the object who made it.
 *
 * Source: Helm 4.1.4 pkg/action/hooks.go, execHook.
 */
export async function executeHooks(site: Site, request: HookRequest): Promise<HookOutcome> {
  const { release, event, isChosen = () => true } = request
  let hooks = release.hooks
  const chosen = hooks.filter((hook) => hook.events.includes(event) && isChosen(hook))
  const done: Hook[] = []
  const note = (hook: Hook, changed: Hook): Promise<void> => {
    hooks = hooks.map((each) => (each === hook ? changed : each))
    return request.record(hooks)
  }
  for (const hook of chosen.toSorted(byWeightAndName)) {
    const begun = begin(site, hook, event)
    if (isDone(site, hook, event)) {
      tell(site, request, hook, 'Skipped')
      done.push(hook)
      continue
    }
    await note(hook, begun)
    tell(site, request, hook, 'Running')
    const failure = await runOne(site, request, hook)
    const ended = end(site, begun, failure === undefined ? 'Succeeded' : 'Failed')
    // The signal waits: that the hook has ended must be known to the next run.
    await note(begun, ended)
    tell(site, request, hook, failure === undefined ? 'Succeeded' : 'Failed')
    if (failure !== undefined) {
      const error = hookError(hook, event, failure)
      return { hooks, failure: error, finish: () => finishFailed(site, request, ended, done) }
    }
    done.push(ended)
  }
  return { hooks, failure: undefined, finish: () => finishSucceeded(site, request, done) }
}

/** Source: Helm 4.1.4 pkg/action/hooks.go, hookByWeight; JavaScript's sort is stable too. */
export function byWeightAndName(left: Hook, right: Hook): number {
  if (left.weight !== right.weight) return left.weight - right.weight
  if (left.name === right.name) return 0
  return left.name < right.name ? -1 : 1
}

/** @returns why the hook failed; undefined when it has ended well */
async function runOne(site: Site, request: HookRequest, hook: Hook): Promise<PkgError | undefined> {
  const objects = await placed(site, request.release, hook)
  const mark = markOf(site, request.event)
  try {
    const applied: KubeObject[] = []
    for (const object of objects) {
      const live = await site.cluster.get(refOf(object), site.signal)
      const isOurs = live !== undefined && annotationOf(live, RUN_ANNOTATION) === mark
      applied.push(isOurs ? live : await makeAnew(site, hook, { object, live, mark }))
    }
    await waitUntilReady(
      { ...site, onProgress: site.wait?.onProgress },
      { objects: applied, rules: { by: 'hook' }, purpose: 'hook', timeout: request.timeout },
    )
    return undefined
  } catch (error) {
    if (!isHookFailure(site, error)) throw error
    return error
  }
}

interface HookObject {
  object: KubeObject
  live: KubeObject | undefined
  mark: string
}

async function makeAnew(
  site: Site,
  hook: Hook,
  { object, live, mark }: HookObject,
): Promise<KubeObject> {
  if (live !== undefined && policiesOf(hook).includes('before-hook-creation')) {
    await remove(site, [live])
  }
  await site.lock.assertHeld()
  const { metadata } = object
  const annotations = { ...(metadata['annotations'] as object), [RUN_ANNOTATION]: mark }
  const marked = { ...object, metadata: { ...metadata, annotations } }
  return (await site.cluster.apply(marked, { signal: site.signal })).object
}

/** A run that may not go on is no failure of the hook. */
function isHookFailure({ signal }: Site, error: unknown): error is PkgError {
  return error instanceof PkgError && error.code !== 'LOCK_LOST' && !signal.aborted
}

function hookError(hook: Hook, event: HookEvent, failure: PkgError): PkgError {
  const message = `${event} hook ${hook.kind}/${hook.name} failed: ${withoutLabel(hook, failure)}`
  const { hint, details } = failure
  return new PkgError('HOOK_FAILED', message, { hint, details, cause: failure })
}

/** The hook's object is named already. */
function withoutLabel({ kind, name }: Hook, { message }: PkgError): string {
  return message.replace(`${kind}/${name} failed: `, '')
}

/** Source: Helm 4.1.4: the logs first, then the objects, the last hook's first. */
async function finishSucceeded(
  site: Site,
  request: HookRequest,
  done: readonly Hook[],
): Promise<void> {
  for (const hook of done.toReversed()) {
    if (hook.outputLogPolicies.includes('hook-succeeded')) await showLogs(site, request, hook)
    await deleteBy('hook-succeeded', site, request.release, hook)
  }
}

async function finishFailed(
  site: Site,
  request: HookRequest,
  failed: Hook,
  done: readonly Hook[],
): Promise<void> {
  if (failed.outputLogPolicies.includes('hook-failed')) await showLogs(site, request, failed)
  try {
    await deleteBy('hook-failed', site, request.release, failed)
    for (const hook of done) await deleteBy('hook-succeeded', site, request.release, hook)
  } catch (error) {
    // What the hook failed for counts for more than what stays behind.
    if (!isHookFailure(site, error)) throw error
    site.onNotice(`objects of hooks are not deleted: ${error.message}`)
  }
}

async function showLogs(site: Site, { release, event }: HookRequest, hook: Hook): Promise<void> {
  await showHookLogs(site, await placed(site, release, hook), event)
}

async function deleteBy(
  policy: HookDeletePolicy,
  site: Site,
  release: Release,
  hook: Hook,
): Promise<void> {
  if (!policiesOf(hook).includes(policy)) return
  const objects = await placed(site, release, hook)
  const live = await Promise.all(
    objects.map((object) => site.cluster.get(refOf(object), site.signal)),
  )
  await remove(
    site,
    live.filter((object) => object !== undefined),
  )
}

/** Custom resources would go along with their definition. */
async function remove(site: Site, objects: readonly KubeObject[]): Promise<void> {
  const removable = objects.filter(({ kind }) => kind !== 'CustomResourceDefinition')
  for (const object of removable) {
    await site.lock.assertHeld()
    await site.cluster.delete(refOf(object), { uid: uidOf(object), signal: site.signal })
  }
  await awaitGone(site, removable)
}

async function placed(site: Site, release: Release, hook: Hook): Promise<KubeObject[]> {
  const objects = decodeObjects(hook.manifest, hook.path)
  const scopeOf = await site.cluster.scopes(objects, site.signal)
  return placeObjects(objects, scopeOf, release.namespace)
}

function policiesOf({ deletePolicies }: Hook): readonly HookDeletePolicy[] {
  return deletePolicies.length === 0 ? [DEFAULT_POLICY] : deletePolicies
}

/** Whether this very run has had the hook done for the event, or for a later one, already. */
function isDone(site: Site, { lastRun, events }: Hook, event: HookEvent): boolean {
  if (lastRun?.event === undefined || lastRun.run !== site.lock.holder.run) return false
  if (lastRun.event === event) return lastRun.phase === 'Succeeded'
  const isBefore = lastRun.event.startsWith('post-') && event.startsWith('pre-')
  return isBefore && events.includes(event)
}

function markOf(site: Site, event: HookEvent): string {
  return `${site.lock.holder.run}/${event}`
}

function begin(site: Site, hook: Hook, event: HookEvent): Hook {
  const { run } = site.lock.holder
  const startedAt = timestamp(site.now())
  return {
    ...hook,
    deletePolicies: [...policiesOf(hook)],
    lastRun: { phase: 'Running', startedAt, completedAt: '', event, run },
  }
}

function end(site: Site, hook: Hook, phase: HookPhase): Hook {
  const { lastRun } = hook
  if (lastRun === undefined) return hook
  return { ...hook, lastRun: { ...lastRun, phase, completedAt: timestamp(site.now()) } }
}

function tell(
  site: Site,
  { release, event }: HookRequest,
  hook: Hook,
  phase: 'Running' | 'Succeeded' | 'Failed' | 'Skipped',
): void {
  const [object] = decodeObjects(hook.manifest, hook.path)
  if (object === undefined) return
  const namespace = object.metadata['namespace'] ?? release.namespace
  const name = objectName({ ...object, metadata: { ...object.metadata, namespace } })
  const time = site.now().toISOString()
  site.wait?.onProgress?.({ type: 'hook', time, event, object: name, phase })
}

/**
 * Takes over from an attempt that was cut off how its hooks ran, where the same hook is still
 * one of the release.
 */
export function resumeHooks(hooks: readonly Hook[], before: readonly Hook[], run: string): Hook[] {
  return hooks.map((hook) => {
    const same = before.find(
      (each) =>
        each.path === hook.path && each.name === hook.name && each.manifest === hook.manifest,
    )
    return same?.lastRun?.run === run ? { ...hook, lastRun: same.lastRun } : hook
  })
}
