import type { Head } from './scan-head.ts'
import type { Hook, HookDeletePolicy, HookEvent } from './manifest.ts'

const EVENTS: ReadonlyMap<string, HookEvent> = new Map([
  ['pre-install', 'pre-install'],
  ['post-install', 'post-install'],
  ['pre-delete', 'pre-delete'],
  ['post-delete', 'post-delete'],
  ['pre-upgrade', 'pre-upgrade'],
  ['post-upgrade', 'post-upgrade'],
  ['pre-rollback', 'pre-rollback'],
  ['post-rollback', 'post-rollback'],
  ['test', 'test'],
  // What Helm 2 called it.
  ['test-success', 'test'],
])

const EVENT_ANNOTATION = 'helm.sh/hook'
const WEIGHT_ANNOTATION = 'helm.sh/hook-weight'
const DELETE_ANNOTATION = 'helm.sh/hook-delete-policy'
const OUTPUT_ANNOTATION = 'helm.sh/hook-output-log-policy'

/** What the annotation of a hook may name. */
export function hookEvents(): string[] {
  return [...EVENTS.keys()]
}

/** Whether a document is a hook, also one whose events nobody knows. */
export function isHook(head: Head): boolean {
  return head.annotations.has(EVENT_ANNOTATION)
}

/**
 * Reads the hook that a document's annotations make it.
 *
 * @returns undefined when one of its events is unknown; Helm then leaves the document out
 *
 * Source: Helm 4.1.4 pkg/release/v1/util/manifest_sorter.go.
 */
export function readHook(head: Head, source: { path: string; text: string }): Hook | undefined {
  const { annotations } = head
  const events = list(annotations.get(EVENT_ANNOTATION)).map((name) => EVENTS.get(name))
  const known = events.filter((event) => event !== undefined)
  if (known.length < events.length) return undefined
  return {
    name: head.name,
    kind: head.kind,
    path: source.path,
    manifest: source.text,
    events: known,
    weight: weightOf(annotations.get(WEIGHT_ANNOTATION) ?? ''),
    deletePolicies: list(annotations.get(DELETE_ANNOTATION)) as HookDeletePolicy[],
    outputLogPolicies: list(annotations.get(OUTPUT_ANNOTATION)),
  }
}

/** Whether a hook is one of the chart's tests. */
export function isTest(hook: Hook): boolean {
  return hook.events.includes('test')
}

function list(annotation: string | undefined): string[] {
  if (annotation === undefined) return []
  return annotation.split(',').map((part) => part.trim().toLowerCase())
}

/** Anything that Go's `strconv.Atoi` refuses counts as 0. */
function weightOf(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) return 0
  const weight = BigInt(text.replace('+', ''))
  return BigInt.asIntN(64, weight) === weight ? Number(weight) : 0
}
