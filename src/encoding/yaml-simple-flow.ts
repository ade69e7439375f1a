import type { YamlMap, YamlValue } from './yaml-construct.ts'
import { addYamlKey, newYamlMap } from './yaml-construct.ts'
import { isBlankOrEnd } from './yaml-cursor.ts'
import type { SimpleScanner } from './yaml-simple-scan.ts'
import { FLAT_PAIR, giveUp, mayStartPlain, skip, WORTH_A_PATTERN } from './yaml-simple-scan.ts'

/** A collection in brackets that is being filled. */
interface FlowFrame {
  /** Code of the bracket that closes it. */
  readonly end: number
  readonly items: YamlValue[] | undefined
  readonly map: YamlMap
  /** The key whose value comes next. */
  key: string | undefined
  /** Whether an item stands there, so that a comma or the end must follow. */
  isFilled: boolean
}

/**
 * Reads a list or a map in brackets, such as `[a, {b: 1}]`; pairs in lists, lone keys and
 * comments inside are not simple.
 *
 * @param depth how deep it may nest
 */
export function readFlow(input: SimpleScanner, depth: number): YamlValue {
  const flat = input.code === OPEN_BRACE ? readFlatMap(input) : undefined
  return flat ?? readNested(input, depth)
}

function readNested(input: SimpleScanner, depth: number): YamlValue {
  let frame = openFlow(input)
  const outer: FlowFrame[] = []
  for (;;) {
    skipGap(input)
    const { code } = input
    if (frame.key !== undefined && (code === COMMA || code === frame.end)) {
      attach(input, frame, null)
    }
    if (code === frame.end) {
      input.at++
      const parent = outer.pop()
      if (parent === undefined) return frame.items ?? frame.map
      attach(input, parent, frame.items ?? frame.map)
      frame = parent
    } else if (frame.isFilled) skipComma(input, frame)
    else if (isKeyNext(frame)) frame.key = readKey(input)
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      outer.push(frame)
      if (outer.length === depth) giveUp()
      frame = openFlow(input)
    } else attach(input, frame, readScalar(input))
  }
}

/** Reads a map on one line of ordinary keys and values; undefined, without a move, for others. */
function readFlatMap(input: SimpleScanner): YamlMap | undefined {
  if (input.text.length < WORTH_A_PATTERN) return undefined
  const map = newYamlMap(input.options.isJson)
  FLAT_PAIR.lastIndex = input.at + 1
  for (;;) {
    const match = FLAT_PAIR.exec(input.text)
    const pair = match === null ? undefined : input.pairOf(match)
    if (match === null || pair === undefined) return undefined
    const isNew = addYamlKey(map, pair.key, pair.value ?? null)
    if (!isNew && refusesDuplicates(input)) return undefined
    if (match[4] === '}') break
  }
  input.at = FLAT_PAIR.lastIndex
  return map
}

function refusesDuplicates({ options }: SimpleScanner): boolean {
  return options.dialect === 'core' || options.onDuplicateKey !== undefined
}

function openFlow(input: SimpleScanner): FlowFrame {
  const isList = input.code === OPEN_BRACKET
  input.at++
  return {
    end: isList ? CLOSE_BRACKET : CLOSE_BRACE,
    items: isList ? [] : undefined,
    map: isList ? NO_MAP : newYamlMap(input.options.isJson),
    key: undefined,
    isFilled: false,
  }
}

function isKeyNext(frame: FlowFrame): boolean {
  return frame.items === undefined && frame.key === undefined
}

function skipComma(input: SimpleScanner, frame: FlowFrame): void {
  if (input.code !== COMMA) giveUp()
  input.at++
  frame.isFilled = false
}

function readScalar(input: SimpleScanner): YamlValue {
  return input.isAtQuote ? input.readQuoted() : input.valueOf(readPlain(input))
}

function attach(input: SimpleScanner, frame: FlowFrame, value: YamlValue): void {
  if (frame.items !== undefined) frame.items.push(value)
  else if (!addYamlKey(frame.map, frame.key ?? '', value) && refusesDuplicates(input)) giveUp()
  frame.key = undefined
  frame.isFilled = true
}

/** Passes blanks between items; a new line that might mean something else is not simple. */
function skipGap(input: SimpleScanner): void {
  input.skipSpaces()
  while (input.code === LF) {
    input.lineStart = ++input.at
    const code = input.text.charCodeAt(input.at)
    if (code === PERCENT || input.isAtDocumentIndicator()) giveUp()
    input.skipSpaces()
  }
}

function readKey(input: SimpleScanner): string {
  const start = input.at
  const { lineStart } = input
  const key = input.isAtQuote ? input.readQuoted() : input.keyOf(readPlain(input))
  input.skipSpaces()
  const isKey = input.code === COLON && input.lineStart === lineStart
  if (!isKey || input.at - start > LONGEST_KEY) giveUp()
  input.at++
  return key
}

/** Reads an unquoted scalar that ends on its line. */
function readPlain(input: SimpleScanner): string {
  const { text, at: start } = input
  if (!mayStartPlain(text.charCodeAt(start), text.charCodeAt(start + 1))) giveUp()
  let at = start
  for (; ; at++) {
    at = skip(PLAIN, text, at)
    const code = text.charCodeAt(at)
    if (code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE) break
    if (code === COLON && isBlankOrEnd(text.charCodeAt(at + 1))) break
    if (code === LF) {
      assertItemEnds(text, at)
      break
    }
    if (code < SPACE || NOT_IN_FLOW.has(code)) giveUp()
  }
  input.at = at
  while (text.charCodeAt(at - 1) === SPACE) at--
  return text.slice(start, at)
}

/** What neither ends an unquoted scalar in brackets nor may end it. */
const PLAIN = /[^\0-\x1f#,:?[\]{}]*/y

/** A scalar that goes on in the next line is not simple. */
function assertItemEnds(text: string, lineFeed: number): void {
  let at = lineFeed
  while (text.charCodeAt(at) === LF || text.charCodeAt(at) === SPACE) at++
  const code = text.charCodeAt(at)
  if (code !== COMMA && code !== CLOSE_BRACKET && code !== CLOSE_BRACE) giveUp()
}

const NO_MAP: YamlMap = new Map()

/** In characters; a longer key needs a `?`. */
const LONGEST_KEY = 1024

const LF = 10
const SPACE = 32
const PERCENT = 37
const COMMA = 44
const COLON = 58
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
/** `#`, `?`, `[` and `{`, which end or break an unquoted scalar in brackets. */
const NOT_IN_FLOW: ReadonlySet<number> = new Set([35, 63, 91, 123])
