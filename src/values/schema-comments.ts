import type { JsonObject } from '../base/json.ts'
import { encodeJson, decodeJsonPlain } from '../encoding/json.ts'
import { decodeYaml, splitYamlDocuments } from '../encoding/yaml-decode.ts'
import { YamlError } from '../encoding/yaml-error.ts'
import { yamlComments, type CommentedKey, type YamlPath } from '../encoding/yaml-locate.ts'
import type { YamlDialect } from '../encoding/yaml-resolve.ts'
import { GoError } from '../golang/value.ts'
import { compileSchema } from './schema-compile.ts'
import { meantKeyword } from './schema-words.ts'

/** What comments say of one value. */
export interface Note {
  description: string
  /** Keywords that the comment gives; they win over what the value tells. */
  keywords: JsonObject
  /** Types that it may have beside that of the value. */
  types: readonly string[]
  isRequired: boolean
}

export interface Notes {
  /** By {@link keyOf} of the value's path. */
  notes: ReadonlyMap<string, Note>
  /** What is said of all values together. */
  root: JsonObject
}

/** Tells of a line of values.yaml, from 1. */
export type WarnOfLine = (line: number, what: string) => void

/**
 * Reads what the comments of a values.yaml say: descriptions (plain, or `-- text` as helm-docs has
 * them), keywords in one line (`@schema type: [integer, "null"]; minimum: 1`) or between two lines
 * `@schema`, those of all values between two lines `@schema.root`, and `@param PATH [TYPE] text`
 * as Bitnami's charts have it.
 *
 * @param warn told of comments that are meant for a schema and say nothing, or nothing of use
 * @throws YamlError when the text is no YAML
 */
export function readNotes(text: string, dialect: YamlDialect, warn: WarnOfLine): Notes {
  const notes = new Map<string, Note>()
  const params: Param[] = []
  let root: JsonObject = {}
  for (const { path, line, comment } of commentsOf(text, dialect)) {
    const tell: WarnOfLine = (at, what) => warn(at, `above ${path.join('.')}: ${what}`)
    const read = readComment(comment.split('\n'), line, path)
    params.push(...read.params)
    root = { ...root, ...keywordsOf(read.rootHints, tell) }
    const { required, ...keywords } = keywordsOf(read.hints, tell)
    const isList = Array.isArray(required)
    notes.set(keyOf(path), {
      description: read.description,
      keywords: isList ? { ...keywords, required } : keywords,
      types: [],
      isRequired: required === true,
    })
  }
  for (const { path, description, types } of params) {
    const known = notes.get(keyOf(path)) ?? { keywords: {}, isRequired: false }
    notes.set(keyOf(path), { ...known, description, types })
  }
  return { notes, root }
}

function commentsOf(text: string, dialect: YamlDialect): CommentedKey[] {
  let offset = 0
  return splitYamlDocuments(text).flatMap((document) => {
    const before = offset
    // The line that ends a document is in none.
    offset += document.split('\n').length
    return yamlComments(document, dialect).map((each) => ({ ...each, line: each.line + before }))
  })
}

/** How notes are kept by paths of values. */
export function keyOf(path: YamlPath): string {
  return JSON.stringify(path)
}

/** A text that should be YAML, and its line. */
interface Hint {
  text: string
  line: number
}

interface Param {
  path: YamlPath
  description: string
  types: readonly string[]
}

interface Comment {
  description: string
  hints: Hint[]
  rootHints: Hint[]
  params: Param[]
}

function readComment(lines: readonly string[], first: number, path: YamlPath): Comment {
  let description: string[] = []
  const hints: Hint[] = []
  const rootHints: Hint[] = []
  const params: Param[] = []
  let block: Hint[] | undefined
  for (const [at, whole] of lines.entries()) {
    const line = first + at
    // Charts write `## text` as well.
    const text = whole.replace(/^#+ ?/, '')
    const hint = /^\s*@schema(\.root)?(?![\w.])[:\s]*(.*)$/.exec(text)
    if (hint !== null) {
      const [, ofRoot, inline = ''] = hint
      const all = ofRoot === undefined ? hints : rootHints
      if (inline.trim() === '') block = block === undefined ? all : undefined
      else all.push(...inlineHints(inline, line))
    } else if (block !== undefined) block.push({ text, line })
    else if (/^\s*@/.test(text)) params.push(...paramIn(text))
    else if (!/^\s*[-=#*_~+]{3,}\s*$/.test(text)) {
      const documented = ofHelmDocs(text.trim(), path)
      // What stands above it is no part of it.
      if (documented === undefined) description.push(text.trim())
      else description = [documented]
    }
  }
  const said = description.filter((each) => each !== '').join(' ')
  return { description: said, hints, rootHints, params }
}

/** The text of `-- text` and of `image.tag -- text`; undefined where the line is none of them. */
function ofHelmDocs(text: string, path: YamlPath): string | undefined {
  const [, name, said] = /^(?:(\S+)\s+)?--(?:\s+(.*))?$/.exec(text) ?? []
  if (name === undefined && !/^--(?:\s|$)/.test(text)) return undefined
  return name === undefined || name === path.join('.') ? (said ?? '') : undefined
}

/** Hints of one line; some write `type:string;minLength:1`. */
function inlineHints(text: string, line: number): Hint[] {
  return partsOf(text).map((part) => {
    return { text: part.trim().replace(/^([\w$-]+):(?=\S)/, '$1: '), line }
  })
}

/** Cuts a text at each `;` in front of a keyword, but for those in double quotes. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  for (const [piece] of text.matchAll(/(?:"[^"]*"|[^";]+|"(?![^"]*"))+/g)) {
    const isOwn = parts.length === 0 || /^\s*[\w$-]+\s*:/.test(piece)
    if (isOwn) parts.push(piece)
    else if (piece.trim() !== '') parts.push(`${parts.pop() ?? ''};${piece}`)
  }
  return parts.filter((part) => part.trim() !== '')
}

function paramIn(text: string): Param[] {
  const [, name, modifiers = '', description = ''] =
    /^\s*@param\s+(\S+)\s*(?:\[([^\]]*)\])?\s*(.*)$/.exec(text) ?? []
  if (name === undefined) return []
  const words = modifiers.split(',').map((word) => word.trim())
  const types = words.flatMap((word) =>
    word === 'nullable' ? ['null'] : TYPES.has(word) ? [word] : [],
  )
  return [{ path: pathOf(name), description: description.trim(), types }]
}

const TYPES = new Set(['array', 'object', 'string', 'number', 'integer', 'boolean'])

/** `a.list[0].b` → a, list, 0, b. */
function pathOf(name: string): YamlPath {
  return name
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Hints that are no YAML are left aside: a comment may say what it likes. */
function keywordsOf(hints: readonly Hint[], warn: WarnOfLine): JsonObject {
  const [first] = hints
  if (first === undefined) return {}
  const text = hints.map((hint) => hint.text).join('\n')
  const keywords = keywordsIn(text)
  if (keywords === undefined) {
    const what = hints.map((hint) => hint.text.trim()).join('; ')
    warn(first.line, `"@schema ${what}" gives no keywords, as "@schema minimum: 1" does`)
    return {}
  }
  const lineOf = (word: string): number =>
    hints.find((hint) => hint.text.replace(/^\s*["']?/, '').startsWith(word))?.line ?? first.line
  const kept = Object.entries(withNullType(keywords)).filter(([word, value]) => {
    const meant = meantKeyword(word)
    if (meant !== undefined) {
      warn(lineOf(word), `"${word}" is no keyword of a schema; did you mean "${meant}"?`)
    }
    // Said of one value, this one means that the value must be there.
    if (word === 'required' && typeof value === 'boolean') return true
    const problem = problemOf({ [word]: value })
    if (problem !== undefined) warn(lineOf(word), `"${word}" is left out: ${problem}`)
    return problem === undefined
  })
  return Object.fromEntries(kept)
}

/** Some write `[string, null]`, where the name of the type is a text. */
function withNullType(keywords: JsonObject): JsonObject {
  const { type } = keywords
  if (type === undefined) return keywords
  const named = Array.isArray(type) ? type.map((each) => each ?? 'null') : (type ?? 'null')
  return { ...keywords, type: named }
}

function keywordsIn(text: string): JsonObject | undefined {
  try {
    const read = decodeYaml(text, { dialect: 'core' })
    return read instanceof Map ? (decodeJsonPlain(encodeJson(read)) as JsonObject) : undefined
  } catch (error) {
    if (error instanceof YamlError) return undefined
    throw error
  }
}

/** Why no schema can have a keyword with that value; what it refers to is told of by the whole. */
function problemOf(keywords: JsonObject): string | undefined {
  const schema = { $schema: DRAFT, ...keywords }
  return refersToOthers(schema) ? undefined : problemOfSchema(schema)
}

/** Whether a schema has references in it. */
export function refersToOthers(schema: JsonObject): boolean {
  return JSON.stringify(schema).includes('"$ref"')
}

/** Why a schema cannot be used. */
export function problemOfSchema(schema: JsonObject): string | undefined {
  try {
    compileSchema(JSON.stringify(schema))
    return undefined
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    const lines = error.message.split('\n')
    const reason = lines.slice(1).find((line) => !line.endsWith(' failed')) ?? lines[0] ?? ''
    return reason.replace(/^[\s-]*at '[^']*': /, '')
  }
}

/** That of the schemas which are inferred. */
export const DRAFT = 'http://json-schema.org/draft-07/schema#'
