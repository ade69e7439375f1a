import { labelOf, type PlanDocument, type PlannedChange } from '../plan/plan-document.ts'
import type { Op } from '../plan/plan.ts'
import { painter, type Color, type Paint } from './paint.ts'
import { viewTable } from './table.ts'
import { term } from './term.ts'

export interface PlanViewOptions {
  /** Whether lines are coloured. */
  color: boolean
  /** Hooks that would run, for example `pre-upgrade Job/migrate`. */
  hooks?: readonly string[]
}

const SIGNS: Record<Op, string> = {
  create: '+',
  update: '~',
  recreate: '±',
  delete: '-',
  keep: '=',
  unchanged: ' ',
}

const COLORS: Partial<Record<Op, Color>> = {
  create: 'add',
  update: 'place',
  recreate: 'remove',
  delete: 'remove',
}

/** So many characters of a value are shown. */
const SHOWN = 60

/** A plan as people read it: what it makes, each object with its fields, what it comes to. */
export function viewPlan(document: PlanDocument, { color, hooks = [] }: PlanViewOptions): string {
  const paint = painter(color)
  const { release, chart, changes, conflicts } = document
  const verb = release.isInstall ? 'installs' : 'upgrades'
  const head = `Revision ${release.revision} ${verb} release "${release.name}" in namespace "${release.namespace}" with chart ${chart.name}-${chart.version}.`
  const parts = [term(head)]
  if (changes.length > 0) parts.push(changeLines(changes, paint).join('\n'))
  if (hooks.length > 0) parts.push(section('Hooks that run:', hooks))
  if (conflicts.length > 0) {
    const lines = conflicts.map(
      (each) => `${labelOf(each)} ${each.field}, managed by "${each.manager}"`,
    )
    parts.push(section('Fields that others manage, which need --force-conflicts:', lines))
  }
  return `${parts.join('\n\n')}\n\n${summary(document)}\n`
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${term(line)}`)].join('\n')
}

function changeLines(changes: readonly PlannedChange[], paint: Paint): string[] {
  const rows = viewTable(
    changes.map((change) => [
      `${SIGNS[change.op]} ${change.op}`,
      labelOf(change),
      change.impact,
      change.reason,
    ]),
  ).split('\n')
  return changes.flatMap((change, at) => {
    const color = COLORS[change.op]
    const row = (rows[at] ?? '').trimEnd()
    const fields = change.fields.map(({ path, before, after }) => {
      return `    ${term(`${path}: ${shown(before)} → ${shown(after)}`)}`
    })
    return [color === undefined ? row : paint(row, color), ...fields]
  })
}

function shown(value: unknown): string {
  const text = value === undefined ? '(none)' : JSON.stringify(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text
}

function summary({ changes, impact }: PlanDocument): string {
  const count = (op: Op): number => changes.filter((change) => change.op === op).length
  const anew = count('recreate')
  const counts = [
    `${count('create')} to create`,
    `${count('update')} to update`,
    ...(anew > 0 ? [`${anew} to make anew`] : []),
    `${count('delete')} to delete`,
  ]
  return `${counts.join(', ')}; impact: ${impact}`
}
