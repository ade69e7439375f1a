import { PkgError, type SourceSpan } from '../base/errors.ts'
import { quotableLine } from '../base/secret-keys.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { spanIn, spanOfPath, yamlAdvice } from '../encoding/yaml-span.ts'
import { compareText } from '../golang/order.ts'
import { trimSpace } from '../golang/space.ts'
import { GoError } from '../golang/value.ts'
import { isNotes, type RenderedFile } from '../render/rendered-file.ts'
import { isHook, readHook } from './hooks.ts'
import { byInstallOrder } from './kind-order.ts'
import type { Hook, Manifest } from './manifest.ts'
import { readHead } from './read-head.ts'
import type { Head } from './scan-head.ts'
import { documentsIn, type RenderedDocument } from './split-documents.ts'

/** One ordinary document of a release. */
export interface ManifestEntry {
  /** Template it came from, as in its `# Source:` line. */
  path: string
  text: string
  kind: string
}

/** Rendered files read as documents, each kind in install order. */
export interface SortedDocuments {
  entries: ManifestEntry[]
  hooks: Hook[]
}

export interface ParseOptions {
  /** Path of the chart's own NOTES.txt, for example `web/templates/NOTES.txt`. */
  notesPath?: string
  /** Also take the notes of subcharts. */
  subchartNotes?: boolean
  /** Finds the template's line that gave a line of its output. */
  locate?: Locate
}

export interface SortOptions {
  locate?: Locate | undefined
  /** Reads the head of a document, by way of the whole document. */
  read?: (document: string) => Head
}

/** From a place in a rendered file, counted from 1, to the place in its template. */
export type Locate = (path: string, line: number, column?: number) => SourceSpan | undefined

/**
 * Reads rendered files as a manifest: ordinary documents in install order, hooks, notes.
 *
 * @throws PkgError MANIFEST_INVALID with Helm's text when a document is no YAML or no object
 */
export function parseManifest(
  files: readonly RenderedFile[],
  options: ParseOptions = {},
): Manifest {
  const { entries, hooks } = sortDocuments(files, options)
  return { text: manifestText(entries), hooks, notes: notesOf(files, options) }
}

/**
 * Reads rendered files, notes aside, and sorts what they hold by kind; documents of one kind
 * stay in the order of their paths and of their place in the file.
 *
 * Source: Helm 4.1.4 pkg/release/v1/util/manifest_sorter.go, SortManifests.
 */
export function sortDocuments(
  files: readonly RenderedFile[],
  { locate, read = readHead }: SortOptions = {},
): SortedDocuments {
  const sorted: SortedDocuments = { entries: [], hooks: [] }
  const objects = files.filter(({ path }) => !isNotes(path) && !isPartial(path))
  for (const file of objects.sort((a, b) => compareText(a.path, b.path))) {
    if (trimSpace(file.content) !== '') addDocuments(file, sorted, { locate, read })
  }
  sorted.entries.sort((left, right) => byInstallOrder(left.kind, right.kind))
  sorted.hooks.sort((left, right) => byInstallOrder(left.kind, right.kind))
  return sorted
}

/** Documents as one text, each behind a separator and a line that names its template. */
export function manifestText(entries: readonly { path: string; text: string }[]): string {
  const parts: string[] = []
  for (const { path, text } of entries) parts.push('---\n# Source: ', path, '\n', text, '\n')
  return parts.join('')
}

/** Notes of the chart, and with `subchartNotes` of the subcharts too, by path. */
export function notesOf(files: readonly RenderedFile[], options: ParseOptions): string {
  return files
    .filter(({ path }) => isNotes(path))
    .filter(({ path }) => options.subchartNotes === true || isOwnNotes(path, options.notesPath))
    .sort((a, b) => compareText(a.path, b.path))
    .reduce((notes, { content }) => (notes === '' ? content : `${notes}\n${content}`), '')
}

function isOwnNotes(path: string, own: string | undefined): boolean {
  return own !== undefined && (path === own || path === `${own}.hbs`)
}

function isPartial(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1).startsWith('_')
}

function addDocuments(
  file: RenderedFile,
  sorted: SortedDocuments,
  options: Required<SortOptions>,
): void {
  const { path, content } = file
  for (const document of documentsIn(content)) {
    const { text } = document
    const head = headOf(path, document, options)
    if (!isHook(head)) sorted.entries.push({ path, text, kind: head.kind })
    else {
      const hook = readHook(head, { path, text })
      if (hook !== undefined) sorted.hooks.push(hook)
    }
  }
}

function headOf(
  path: string,
  document: RenderedDocument,
  { locate, read }: Required<SortOptions>,
): Head {
  try {
    return read(document.text)
  } catch (error) {
    if (error instanceof YamlError) {
      const { line = 1, column } = spanIn(named(document), error.line, error.column)
      throw invalid(path, error.unmarshalMessage, {
        span: locate?.(path, document.line + line - 1, column),
        details: excerpt(document.text, line),
        cause: error,
      })
    }
    if (!(error instanceof GoError)) throw error
    const { line = 1, column = 1 } = spanOfPath(named(document), fieldIn(error.message)) ?? {}
    const span = locate?.(path, document.line + line - 1, column)
    throw invalid(path, error.message, { span, details: [], cause: error })
  }
}

function named({ text }: RenderedDocument) {
  return { name: '', text }
}

/** The path of the field that the message names. */
function fieldIn(message: string): string[] {
  return /Go struct field (?:SimpleHead)?\.?([\w.]+) of type/.exec(message)?.[1]?.split('.') ?? []
}

function invalid(
  path: string,
  problem: string,
  options: { span: SourceSpan | undefined; details: string[]; cause: Error },
): PkgError {
  return new PkgError('MANIFEST_INVALID', `YAML parse error on ${path}: ${problem}`, {
    ...options,
    span: options.span ?? { file: path },
    hint: adviceFor(problem),
  })
}

function adviceFor(problem: string): string {
  if (problem.endsWith('Go value of type util.SimpleHead')) {
    return 'Only Kubernetes objects belong into templates/: move other files, or begin their names with "_".'
  }
  if (problem.includes('Go struct field')) return 'Give the field the type that Kubernetes wants.'
  return `${yamlAdvice(problem)} In a template "quote" serves for a value, "nindent" for a block.`
}

/** The rendered lines around the failure, unless they may hold a secret. */
function excerpt(text: string, line: number): string[] {
  if (/\bkind:\s*["']?Secret/i.test(text)) return []
  const lines = text.split('\n')
  const first = Math.max(0, line - 3)
  return lines.slice(first, line + 2).map((_, index) => {
    const at = first + index
    return `${at + 1 === line ? '>' : ' '} ${at + 1} | ${quotableLine(lines, at)}`
  })
}
