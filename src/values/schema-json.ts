import { explainJsonError } from '../encoding/json-error.ts'
import { GoError, GoInt, type Value } from '../golang/value.ts'

/** A number of a schema, which keeps its text: messages quote it and comparing is exact. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** JSON of a schema, or a value that is checked against one. */
export type SchemaValue = Value | JsonNumber | SchemaValue[] | SchemaMap

export type SchemaMap = Map<string, SchemaValue>

/**
 * Reads JSON and keeps the text of each number.
 *
 * @throws GoError with Go's text
 */
export function parseSchemaJson(text: string): SchemaValue {
  try {
    JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new GoError(streamError(text, explainJsonError(text)))
  }
  const tokens = text.match(TOKEN) ?? []
  return readValue({ tokens, at: 0 })
}

export function isNumber(value: SchemaValue): value is number | GoInt | JsonNumber {
  return typeof value === 'number' || value instanceof GoInt || value instanceof JsonNumber
}

export function isList(value: SchemaValue | undefined): value is SchemaValue[] {
  return Array.isArray(value)
}

export function isMap(value: SchemaValue | undefined): value is SchemaMap {
  return value instanceof Map
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s,:[\]{}"]+/g

/** Go reads a schema from a stream, whose words differ where the text ends. */
function streamError(text: string, message: string): string {
  if (text.trim() === '') return 'EOF'
  if (message === 'unexpected end of JSON input') return 'unexpected EOF'
  const isCutOff = message.startsWith("invalid character ' '") && CUT_OFF.test(text)
  if (isCutOff) return 'unexpected EOF'
  const isTrailing = message.endsWith('after top-level value')
  return isTrailing ? 'invalid character after top-level value' : message
}

/** A word or a number at the end that has not come to its own end. */
const CUT_OFF = /(?:^|[\s,:[{])(?:[a-z]+|-?[\d.]*[-+.eE]+)$/

interface Tokens {
  readonly tokens: readonly string[]
  at: number
}

/** Reads one value of text that is known to be JSON. */
function readValue(input: Tokens): SchemaValue {
  const token = input.tokens[input.at++] ?? 'null'
  switch (token.charAt(0)) {
    case '{':
      return readMap(input)
    case '[':
      return readList(input)
    case '"':
      return JSON.parse(token) as string
    case 't':
      return true
    case 'f':
      return false
    case 'n':
      return null
    default:
      return new JsonNumber(token)
  }
}

function readMap(input: Tokens): SchemaMap {
  const map: SchemaMap = new Map()
  for (;;) {
    const token = input.tokens[input.at++] ?? '}'
    if (token === '}') return map
    map.set(JSON.parse(token) as string, readValue(input))
  }
}

function readList(input: Tokens): SchemaValue[] {
  const list: SchemaValue[] = []
  while (input.tokens[input.at] !== ']') list.push(readValue(input))
  input.at++
  return list
}
