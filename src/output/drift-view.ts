import type { DriftedObject, ReleaseDrift, ShownField } from '../actions/drift.ts'
import { labelOf } from '../plan/plan-document.ts'
import { painter, type Paint } from './paint.ts'
import { term } from './term.ts'

/** So many characters of a value are shown. */
const SHOWN = 60

/** What has drifted as people read it: each object, its fields, and who changed them when. */
export function viewDrift(drifts: readonly ReleaseDrift[], { color }: { color: boolean }): string {
  const paint = painter(color)
  return drifts.map((drift) => viewRelease(drift, paint)).join('')
}

function viewRelease(
  { release, namespace, revision, objects }: ReleaseDrift,
  paint: Paint,
): string {
  const name = `release "${release}" in namespace "${namespace}", revision ${revision}`
  if (objects.length === 0) return `${term(`${name}: no drift`)}\n`
  const lines = objects.flatMap((object) => viewObject(object, paint))
  return `${[term(`${name}: ${countOf(objects.length)}`), ...lines].join('\n')}\n`
}

function countOf(count: number): string {
  return count === 1 ? '1 object has drifted' : `${count} objects have drifted`
}

function viewObject(object: DriftedObject, paint: Paint): string[] {
  const label = term(labelOf(object))
  if (object.state === 'missing') return [paint(`  - ${label} is gone`, 'remove')]
  return [paint(`  ~ ${label}`, 'place'), ...object.fields.map(viewField)]
}

function viewField({ path, what, recorded, live, by }: ShownField): string {
  const values = {
    changed: `${shown(recorded)} → ${shown(live)}`,
    removed: 'removed',
    added: `added: ${shown(live)}`,
  }
  const who = by.map(({ manager, time }) =>
    time === '' ? `"${manager}"` : `"${manager}" at ${time}`,
  )
  return `      ${term(`${path}: ${values[what]}${who.length === 0 ? '' : `, by ${who.join(' and ')}`}`)}`
}

function shown(value: unknown): string {
  const text = value === undefined ? '(none)' : JSON.stringify(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text
}
