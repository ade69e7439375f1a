import { isJsonObject, type Json } from '../base/json.ts'
import { applyEdits, editDocument, writeBlock, type TextEdit } from './edit-text.ts'
import { isConfiguration, migrateConfiguration } from './migrate-configuration.ts'
import { migrateObject, type MigrationTarget, type ObjectMigration } from './migrate-object.ts'
import { findPlaceholders } from './placeholders.ts'
import { readSource, type ReadFile, type SourceDocument, type SourceFile } from './read-source.ts'
import type { Refusal } from './refusal.ts'

/** What happens to one file. */
export interface FileMigration {
  path: string
  outcome: ObjectMigration['outcome']
  objects: ObjectMigration[]
  /** Everything for which the file is refused, in the order of its lines. */
  refusals: Refusal[]
  before: string
  /** The text of the file as it is to be; the same when nothing changes. */
  after: string
  /** Documents whose comments could not be kept, by their number, counted from 1. */
  rewrittenWhole: number[]
}

/**
 * Migrates files together: an Issuer in one finds its Certificates in the others. A file with
 * one refused object is refused as a whole.
 */
export function migrateFiles(
  files: readonly SourceFile[],
  target: MigrationTarget,
): FileMigration[] {
  const read = new Map(
    files.filter(({ path }) => !isConfiguration(path)).map((file) => [file, readSource(file)]),
  )
  const all = [...read.values()].flatMap(({ objects }) => objects.map(({ value }) => value))
  return files.map((file) => {
    const source = read.get(file)
    if (source === undefined) return migrateConfiguration(file)
    return migrateFile(source, (object) => migrateObject(object, target, all))
  })
}

function migrateFile(
  read: ReadFile,
  migrate: (source: ReadFile['objects'][number]) => ObjectMigration,
): FileMigration {
  const { file, documents, problems } = read
  const objects = read.objects.map(migrate)
  const placeholders = objects.some(({ refusals }) => isOther(refusals))
    ? []
    : findPlaceholders(read)
  const refusals = [
    ...problems,
    ...placeholders,
    ...objects.flatMap((object) => object.refusals).filter((each) => !isFilled(each, placeholders)),
    ...strayDocuments(documents),
  ].sort((left, right) => left.line - right.line || left.column - right.column)
  const same = { path: file.path, objects, refusals, before: file.text }
  if (refusals.length > 0)
    return { ...same, outcome: 'refuse', after: file.text, rewrittenWhole: [] }
  const changed = objects.some(({ outcome }) => outcome === 'migrate')
  if (!changed) return { ...same, outcome: 'accept', after: file.text, rewrittenWhole: [] }
  return { ...same, outcome: 'migrate', ...rewrite(read, objects) }
}

/** Whether a file has a worse problem than what is to be filled in. */
function isOther(refusals: readonly Refusal[]): boolean {
  return refusals.some(({ cause }) => cause === 'not-installable' || cause === 'review-reply')
}

/** What a placeholder left empty is missing because of it. */
function isFilled({ cause, line }: Refusal, placeholders: readonly Refusal[]): boolean {
  if (cause !== 'schema') return false
  return placeholders.some((each) => Math.abs(each.line - line) <= 2)
}

/** A document that is neither an object nor a list of them. */
function strayDocuments(documents: readonly SourceDocument[]): Refusal[] {
  return documents
    .filter(({ value }) => !isJsonObject(value))
    .map(({ locate }) => ({
      cause: 'schema',
      message: 'a document is not an object',
      ...locate([]),
    }))
}

function rewrite(
  { file, documents, objects: sources }: ReadFile,
  objects: readonly ObjectMigration[],
): Pick<FileMigration, 'after' | 'rewrittenWhole'> {
  const edits: TextEdit[] = []
  const rewrittenWhole: number[] = []
  for (const [at, document] of documents.entries()) {
    const own = sources.flatMap((source, position) => {
      const migration = objects[position]
      return source.document === document && migration !== undefined ? [{ source, migration }] : []
    })
    if (own.every(({ migration }) => migration.outcome !== 'migrate')) continue
    const wanted = documentAfter(document, own)
    const found = editsFor(file.text, document, { wanted, own })
    edits.push(...found.edits)
    if (found.isWhole) rewrittenWhole.push(at + 1)
  }
  return { after: applyEdits(file.text, edits), rewrittenWhole }
}

type Own = { source: ReadFile['objects'][number]; migration: ObjectMigration }[]

/** The document with each object in its new form; undefined when none is left. */
function documentAfter(document: SourceDocument, own: Own): Json | undefined {
  if (own.every(({ source }) => source.path.length === 0)) return own[0]?.migration.after
  const items = own.flatMap(({ migration }) => migration.after ?? [])
  return isJsonObject(document.value) ? { ...document.value, items } : document.value
}

function editsFor(
  text: string,
  document: SourceDocument,
  { wanted, own }: { wanted: Json | undefined; own: Own },
): { edits: TextEdit[]; isWhole: boolean } {
  const [start = 0, end = 0] = document.nodes.contents?.range ?? []
  const stop = start + text.slice(start, end).trimEnd().length
  if (wanted === undefined) {
    const comment = own.flatMap(({ migration }) => goneComment(migration)).join('\n')
    return { edits: [{ start, end: stop, text: comment }], isWhole: false }
  }
  const edits = editDocument(text, document.nodes, [document.value, wanted])
  // What is added at the end stands behind the break of the last line.
  const lineBreak = text.indexOf('\n', stop)
  const changed = applyEdits(
    text.slice(start, lineBreak < 0 ? text.length : lineBreak + 1),
    edits.map((edit) => moved(edit, -start)),
  )
  if (readsAs(changed, text, { start, wanted })) return { edits, isWhole: false }
  return { edits: [{ start, end: stop, text: writeBlock(wanted, 0) }], isWhole: true }
}

function moved({ start, end, text }: TextEdit, by: number): TextEdit {
  return { start: start + by, end: end + by, text }
}

function readsAs(
  changed: string,
  text: string,
  { start, wanted }: { start: number; wanted: Json },
): boolean {
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const [result] = readSource({ path: '', text: indent + changed }).documents
  return result !== undefined && isSameValue(result.value, wanted)
}

/** The same values, whatever the order of their keys. */
function isSameValue(left: Json, right: Json): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]))
}

function goneComment({ kind, name, notes }: ObjectMigration): string[] {
  const told = notes.map(({ path, message }) => `#   ${path}: ${message}`)
  return [`# ${kind} "${name}" has no successor among objects:`, ...told]
}
