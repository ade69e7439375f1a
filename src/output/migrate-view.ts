import { requirePackage } from '../base/lazy.ts'
import { isInSecret, quotableLine } from '../base/secret-keys.ts'
import type { MigrationReport } from '../actions/migrate.ts'
import type { FileMigration } from '../migrate/migrate-files.ts'
import type { ObjectMigration } from '../migrate/migrate-object.ts'
import { painter, type Paint } from './paint.ts'
import { term } from './term.ts'

export interface MigrateViewOptions {
  color: boolean
  /** Lines around each change. */
  context: number
}

/** Views what changes as unified diffs, what was done and what is left to do, and a summary. */
export function viewMigration(report: MigrationReport, options: MigrateViewOptions): string {
  const paint = painter(options.color)
  const parts = report.files
    .filter(({ outcome }) => outcome === 'migrate')
    .map((file) => `${viewDiff(file, options, paint)}${viewNotes(file, paint)}`)
  return [...parts, `${summary(report)}\n`].join('\n')
}

/** The report as a document for `-o json` and `-o yaml`; texts of files are left out. */
export function migrationDocument({ to, files }: MigrationReport) {
  return {
    to,
    files: files.map(({ path, outcome, objects, refusals, rewrittenWhole }) => ({
      path,
      outcome,
      objects: objects.map(objectDocument),
      refusals,
      ...(rewrittenWhole.length > 0 && { rewrittenWhole }),
    })),
  }
}

function objectDocument({ apiVersion, kind, name, outcome, to, notes }: ObjectMigration) {
  return { apiVersion, kind, name, outcome, ...(to !== '' && { to }), notes }
}

function viewDiff(
  { path, before, after }: FileMigration,
  options: MigrateViewOptions,
  paint: Paint,
): string {
  const { structuredPatch } = requirePackage('diff') as typeof import('diff')
  const { context } = options
  const { hunks } = structuredPatch('', '', before, after, '', '', { context })
  const source = before.split('\n')
  const lines = [paint(term(`--- ${path}`), 'title'), paint(term(`+++ ${path}`), 'title')]
  for (const { oldStart, oldLines, newStart, newLines, lines: changes } of hunks) {
    lines.push(paint(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, 'place'))
    let at = oldStart - 1
    for (const change of changes) {
      lines.push(viewLine(change, { source, at }, paint))
      if (change.startsWith(' ') || change.startsWith('-')) at++
    }
  }
  return `${lines.join('\n')}\n`
}

/** Lines of a Secret stand beside what changes, and their values are nobody's to see. */
function viewLine(
  change: string,
  { source, at }: { source: string[]; at: number },
  paint: Paint,
): string {
  const isOld = change.startsWith(' ') || change.startsWith('-')
  const isHidden = isOld && isInSecret(source, at)
  const line = term(isHidden ? `${change.slice(0, 1)}${quotableLine(source, at)}` : change)
  if (line.startsWith('+')) return paint(line, 'add')
  return line.startsWith('-') ? paint(line, 'remove') : line
}

function viewNotes({ objects, rewrittenWhole }: FileMigration, paint: Paint): string {
  const told = objects.filter(({ notes }) => notes.length > 0)
  const lines = told.flatMap(({ kind, name, notes }) => [
    paint(term(`${kind}/${name}`), 'title'),
    ...notes.map(({ kind: what, path, message }) => term(`  ${WORDS[what]} ${path}: ${message}`)),
  ])
  const whole = rewrittenWhole.map((at) => `document ${at} was written anew: its comments are lost`)
  return [...lines, ...whole].map((line) => `${line}\n`).join('')
}

const WORDS = { rewritten: 'changed', dropped: 'dropped', needed: 'to do:' } as const

function summary({ files, to }: MigrationReport): string {
  const count = (outcome: FileMigration['outcome']): number =>
    files.filter((file) => file.outcome === outcome).length
  return `for Kubernetes ${to}: ${count('migrate')} to migrate, ${count('accept')} as it should be, ${count('refuse')} refused`
}
