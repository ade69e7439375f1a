import type { Document, LineCounter, Node, Pair, YAMLError } from 'yaml'
import { requirePackage } from '../base/lazy.ts'
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts'
import { decodeYamlPlain } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import type { FieldPath } from './field-path.ts'
import type { Position, Refusal } from './refusal.ts'
import { findTemplateText } from './template-text.ts'

/** A file of manifests. */
export interface SourceFile {
  /** As the person knows it. */
  path: string
  text: string
}

/** One YAML document of a file, which holds something. */
export interface SourceDocument {
  /** As Kubernetes' tools read it. */
  value: Json
  /** With the places of its nodes; for reading only. */
  nodes: Document
  /** The place of a field, or of the nearest one above it that is there. */
  locate: (path: FieldPath) => Position
}

/** One object of a file; a List holds several. */
export interface SourceObject {
  value: JsonObject
  document: SourceDocument
  /** Where in the document: empty, or `['items', 2]`. */
  path: FieldPath
}

/** A file as it was read; when there are problems, what could be read is beside them. */
export interface ReadFile {
  file: SourceFile
  documents: SourceDocument[]
  objects: SourceObject[]
  problems: Refusal[]
}

/** Reads the documents and objects of a file, with the places of all that is in them. */
export function readSource(file: SourceFile): ReadFile {
  const yaml = requirePackage('yaml') as typeof import('yaml')
  const lines = new yaml.LineCounter()
  const parsed = yaml.parseAllDocuments(file.text, { lineCounter: lines, stringKeys: false })
  const documents: SourceDocument[] = []
  const problems: Refusal[] = []
  for (const nodes of 'empty' in parsed ? [] : parsed) {
    const [error] = nodes.errors
    if (error !== undefined) {
      problems.push(problemOf(error, file.text, lines))
      continue
    }
    if (nodes.contents === null) continue
    const document = readDocument(file.text, nodes, lines)
    if ('cause' in document) problems.push(document)
    else if (document.value !== null) documents.push(document)
  }
  const objects = documents.flatMap((document) => objectsIn(document.value, document, []))
  return { file, documents, objects, problems }
}

function problemOf(error: YAMLError, text: string, lines: LineCounter): Refusal {
  const { line, col: column } = lines.linePos(error.pos[0])
  const [message = ''] = error.message.split('\n')
  const plain = message.replace(/ at line \d+, column \d+:?$/, '')
  if (error.code === 'DUPLICATE_KEY') return { ...duplicateOf(text, line), line, column }
  const [placeholder] = /%%\w+%%/.exec(text.split('\n')[line - 1] ?? '') ?? []
  if (placeholder !== undefined) {
    return { cause: 'placeholder', message: `"${placeholder}" is to be filled in`, line, column }
  }
  if (/\{\{.*\}\}/.test(textUpTo(text, line))) {
    const cause = 'template-not-rendered'
    return { cause, message: `text of a template: ${plain}`, line, column }
  }
  const [, mark] = /^\s*([•‣▪·–—●])/u.exec(text.split('\n')[line - 1] ?? '') ?? []
  const reason = mark === undefined ? plain : `${plain}; the line begins with ${codePoint(mark)}`
  return { cause: 'yaml-syntax', message: reason, line, column }
}

function textUpTo(text: string, line: number): string {
  return text.split('\n').slice(0, line).join('\n')
}

function codePoint(mark: string): string {
  const code = (mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `a sign that is no YAML, U+${code}`
}

/** Names the key and its first line, which the package leaves out. */
function duplicateOf(text: string, line: number): Pick<Refusal, 'cause' | 'message'> {
  const all = text.split('\n')
  const [, indent = '', key = ''] =
    /^([\s-]*)["']?([\w./-]+)["']?\s*:/.exec(all[line - 1] ?? '') ?? []
  const spaces = ' '.repeat(indent.length)
  const first = all.findLastIndex(
    (each, at) =>
      at < line - 1 &&
      each.replace(/^([\s-]*).*/, '$1').length === indent.length &&
      each.slice(spaces.length).replaceAll(/["']/g, '').startsWith(`${key}:`),
  )
  const since = first < 0 ? '' : `, first at line ${first + 1}`
  return { cause: 'duplicate-key', message: `the key "${key}" stands twice${since}` }
}

function readDocument(text: string, nodes: Document, lines: LineCounter): SourceDocument | Refusal {
  const contents = nodes.contents as Node
  const [start = 0, , end = text.length] = contents.range ?? []
  const { line } = lines.linePos(start)
  const locate = (path: FieldPath): Position => {
    const { line, col: column } = lines.linePos(offsetOf(contents, path))
    return { line, column }
  }
  const template = findTemplateText(contents, text)
  if (template !== undefined) {
    const { line, col: column } = lines.linePos(template)
    const message = 'text of a template that was not rendered'
    return { cause: 'template-not-rendered', message, line, column }
  }
  try {
    const lineStart = text.lastIndexOf('\n', start - 1) + 1
    return { value: decodeYamlPlain(text.slice(lineStart, end)), nodes, locate }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const place = { line: line + error.line - 1, column: error.column }
    return { cause: 'yaml-syntax', message: error.problem, ...place }
  }
}

/** Where the key of the field begins, or the field itself in a list. */
function offsetOf(root: Node, path: FieldPath): number {
  const { isMap, isSeq, isNode } = requirePackage('yaml') as typeof import('yaml')
  let node: unknown = root
  let offset = root.range?.[0] ?? 0
  for (const key of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((item) => keyOf(item) === String(key))
      if (pair === undefined) return offset
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
      node = pair.value
    } else if (isSeq(node) && typeof key === 'number') {
      const item = node.items[key]
      if (item === undefined) return offset
      offset = isNode(item) ? (item.range?.[0] ?? offset) : offset
      node = item
    } else return offset
  }
  return offset
}

/** The key of a pair as a text. */
export function keyOf({ key }: Pair): string {
  const { isScalar } = requirePackage('yaml') as typeof import('yaml')
  return isScalar(key) ? String(key.value) : ''
}

function objectsIn(value: Json, document: SourceDocument, path: FieldPath): SourceObject[] {
  if (!isJsonObject(value)) return []
  const { kind, items } = value
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, at) => objectsIn(item, document, [...path, 'items', at]))
  }
  return [{ value, document, path }]
}
