import { requirePackage } from '../base/lazy.ts'
import { encodeYamlPlain } from '../encoding/yaml-encode.ts'
import type { ObjectDiff } from '../actions/diff.ts'
import { painter, type Paint } from './paint.ts'
import { term } from './term.ts'

export interface DiffViewOptions {
  /** Whether lines are coloured. */
  color: boolean
  /** Lines of context around a change; Infinity for all. */
  context?: number
  /** Whether it shows what others have done already. */
  isDone?: boolean
}

const TITLES = { add: 'will be added', remove: 'will be removed', change: 'changes' } as const
const DONE_TITLES = { add: 'was added', remove: 'is gone', change: 'was changed' } as const

/**
 * Views differences as unified diffs of the objects' YAML, one after the other, with a
 * line that sums them up; empty when nothing differs.
 */
export function viewDiff(diffs: readonly ObjectDiff[], options: DiffViewOptions): string {
  if (diffs.length === 0) return ''
  const paint = painter(options.color)
  const parts = diffs.map((diff) => viewObject(diff, options, paint))
  return `${parts.join('\n')}\n${summary(diffs, options)}\n`
}

function viewObject(diff: ObjectDiff, options: DiffViewOptions, paint: Paint): string {
  const { structuredPatch } = requirePackage('diff') as typeof import('diff')
  const before = diff.before === undefined ? '' : encodeYamlPlain(diff.before)
  const after = diff.after === undefined ? '' : encodeYamlPlain(diff.after)
  const { hunks } = structuredPatch('', '', before, after, '', '', {
    context: options.context ?? 3,
  })
  const lines = [paint(titleOf(diff, options), 'title')]
  for (const { oldStart, oldLines, newStart, newLines, lines: changes } of hunks) {
    lines.push(paint(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, 'place'))
    for (const line of changes) lines.push(viewLine(line, paint))
  }
  return `${lines.join('\n')}\n`
}

function viewLine(changed: string, paint: Paint): string {
  const line = term(changed)
  if (line.startsWith('+')) return paint(line, 'add')
  return line.startsWith('-') ? paint(line, 'remove') : line
}

function titleOf(
  { kind, namespace, name, op }: ObjectDiff,
  { isDone = false }: DiffViewOptions,
): string {
  const place = namespace === '' ? '' : `${namespace}/`
  return term(`${kind} ${place}${name} ${(isDone ? DONE_TITLES : TITLES)[op]}`)
}

function summary(diffs: readonly ObjectDiff[], { isDone = false }: DiffViewOptions): string {
  const count = (op: ObjectDiff['op']): number => diffs.filter((diff) => diff.op === op).length
  if (isDone) return `${count('add')} added, ${count('change')} changed, ${count('remove')} gone`
  return `${count('add')} to add, ${count('change')} to change, ${count('remove')} to remove`
}
