import type { Json } from '../base/json.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { composeYaml } from './yaml-compose.ts'
import type { OnDuplicateKey, YamlValue } from './yaml-construct.ts'
import { constructYaml } from './yaml-construct.ts'
import { YamlError } from './yaml-error.ts'
import { isSimpleText } from './yaml-reader.ts'
import type { YamlDialect } from './yaml-resolve.ts'
import { decodeSimpleYaml } from './yaml-simple.ts'

export interface DecodeYamlOptions {
  /**
   * `helm` reads as Helm does: YAML 1.1, every number a float64, the last of equal keys wins.
   * `core` reads YAML 1.2's core schema: integers stay integers, keys stay as they are
   * written, equal keys are an error.
   */
  dialect?: YamlDialect | undefined
  /** Keeps every integer a GoInt, apart from floats, for values that fill a struct. */
  keepIntegers?: boolean | undefined
  /** Path that errors carry. */
  file?: string | undefined
  /** Called in the `helm` dialect for each key that replaces an earlier one of its map. */
  onDuplicateKey?: OnDuplicateKey | undefined
}

/**
 * Decodes the first document of a YAML text; an empty text is nil.
 *
 * @throws YamlError
 */
export function decodeYaml(text: string, options: DecodeYamlOptions = {}): Value {
  return decode(text, options, { isJson: false, line: 0 }) as Value
}

/**
 * Decodes the first document as plain JSON, for manifests and configuration.
 *
 * Objects have no prototype, so `__proto__` is a key like any other. Numbers are JavaScript's.
 *
 * @throws YamlError
 */
export function decodeYamlPlain(text: string, options: DecodeYamlOptions = {}): Json {
  return decode(text, options, { isJson: true, line: 0 }) as Json
}

/**
 * Decodes the first document, which must be a map; an empty text is an empty map.
 *
 * @throws YamlError with the text of Go's JSON package when it is anything else
 */
export function decodeYamlMap(text: string, options: DecodeYamlOptions = {}): GoMap {
  const value = decodeYaml(text, options) ?? new Map<string, Value>()
  if (value instanceof Map) return value
  const problem = `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`
  throw new YamlError(`error unmarshaling JSON: while decoding JSON: ${problem}`, {
    problem,
    position: { line: 1, column: 1 },
    file: options.file,
  })
}

/**
 * Cuts a text into its documents at its `---` lines, which only a comment may follow.
 *
 * The first of these lines stays when nothing stands before it. Lines end with a line feed
 * afterwards, also the last one.
 *
 * @throws YamlError with the text of Go's reader when a line starts with `---` and goes on
 * Source: YAMLReader of k8s.io/apimachinery v0.35.1, through which Helm reads values files.
 */
export function splitYamlDocuments(text: string): string[] {
  // Nearly every file is one document, and a large one takes long to be put together again.
  const mayBeSeveral = text.includes('---') && SEPARATOR.test(text)
  if (!mayBeSeveral && !text.includes('\r\n')) return text === '' ? [] : [inLines(text)]
  const documents: string[] = []
  let document = ''
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('---')) assertSeparator(line, index + 1)
    if (line.startsWith('---') && document !== '') {
      documents.push(document)
      document = ''
    } else document += `${line}\n`
  }
  if (document !== '') documents.push(document)
  return documents
}

/** The text with a line feed at its end. */
function inLines(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}

function assertSeparator(text: string, line: number): void {
  const rest = text.slice(3).trim()
  if (rest === '' || rest.startsWith('#')) return
  const problem = `invalid Yaml document separator: ${rest}`
  throw new YamlError(problem, { problem, position: { line, column: 4 } })
}

/**
 * Decodes all documents of a stream, each from its `---` line to the next.
 *
 * @throws YamlError whose lines count from the start of the text
 */
export function decodeYamlDocuments(text: string, options: DecodeYamlOptions = {}): Value[] {
  const values: Value[] = []
  let line = 0
  for (const document of text.split(DOCUMENT_START)) {
    const isExplicit = document.startsWith('---')
    if (isExplicit || !isEmpty(document)) {
      values.push(decode(document, options, { isJson: false, line }) as Value)
    }
    line += document.split('\n').length - 1
  }
  return values
}

interface DecodeMode {
  readonly isJson: boolean
  /** Lines before the text. */
  readonly line: number
}

function decode(text: string, options: DecodeYamlOptions, mode: DecodeMode): YamlValue {
  try {
    return decodeText(text.startsWith('\uFEFF') ? text.slice(1) : text, options, mode)
  } catch (error) {
    if (error instanceof YamlError && options.file !== undefined) throw error.inFile(options.file)
    throw error
  }
}

function decodeText(text: string, options: DecodeYamlOptions, mode: DecodeMode): YamlValue {
  const { dialect = 'helm', onDuplicateKey, keepIntegers = false } = options
  const construct = { dialect, onDuplicateKey, keepIntegers, isJson: mode.isJson }
  if (isSimpleText(text)) {
    const value = decodeSimpleYaml(`${text}\0`, construct)
    if (value !== undefined) return value
  }
  const root = composeYaml(text, { dialect, line: mode.line })
  return root === undefined ? null : constructYaml(root, construct)
}

function isEmpty(document: string): boolean {
  return document.split('\n').every((line) => /^\s*(?:#|$)/.test(line))
}

function jsonTypeOf(value: Value): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'number'
}

const SEPARATOR = /^---/m
const DOCUMENT_START = /^(?=---(?:[ \t\r\n]|$))/m
