import { PkgError } from '../base/errors.ts'
import { quotableExpression, quotableMessage } from '../base/secret-text.ts'
import { LIMITS } from '../base/limits.ts'
import { quote, quoteRune } from '../golang/strconv.ts'
import { GoError, typeName, type GoMap, type Value } from '../golang/value.ts'
import { Runes } from './runes.ts'
import {
  JSON_VALUES,
  LITERAL,
  listGrammar,
  readIndex,
  typedScalar,
  type Grammar,
} from './set-values.ts'

/** The flag an expression was given with. */
export type SetFlag = 'set' | 'set-string' | 'set-file' | 'set-json' | 'set-literal'

/** Gives the text of a file that `--set-file` names. */
export type ReadText = (path: string) => string

/**
 * Writes what an expression such as `a.b[0]=1,c={x,y}` sets into `values`, in place.
 *
 * Whole numbers become int64, `true`, `false` and `null` what they say, all else text.
 *
 * Source: Helm 4.1.4 pkg/strvals, whose error texts these are.
 *
 * @param readText needed for `set-file`
 * @throws PkgError SET_SYNTAX
 */
export function parseSet(
  flag: SetFlag,
  expression: string,
  values: GoMap,
  readText: ReadText = (path) => path,
): void {
  const parser = new SetParser(expression, GRAMMARS[flag](readText))
  try {
    parser.parse(values)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw syntaxError(flag, expression, { cause: error, place: parser.place })
  }
}

/** The files that a `--set-file` expression names, in order, so that they can be read first. */
export function filesOfSet(expression: string): string[] {
  const paths: string[] = []
  const collect: ReadText = (path) => {
    paths.push(path)
    return ''
  }
  try {
    new SetParser(expression, listGrammar(collect)).parse(new Map())
  } catch (error) {
    // What is wrong with the expression is said when it is applied to the values.
    if (!(error instanceof GoError)) throw error
  }
  return paths
}

/** More brackets in a row than this are refused: each is a level of the parser's own stack. */
const BRACKETS = 1000

const GRAMMARS: Record<SetFlag, (readText: ReadText) => Grammar> = {
  set: () => listGrammar(typedScalar),
  'set-string': () => listGrammar((text) => text),
  'set-file': listGrammar,
  'set-json': () => JSON_VALUES,
  'set-literal': () => LITERAL,
}

function syntaxError(
  flag: SetFlag,
  expression: string,
  { cause, place }: { cause: GoError; place: PairPlace },
): PkgError {
  // Helm says no more than the expression here; what is wrong with it goes into the details.
  const json = flag === 'set-json'
  const what = json ? quotableExpression(expression) : quotableMessage(expression, cause.message)
  return new PkgError('SET_SYNTAX', `failed parsing --${flag} data${json ? '' : ':'} ${what}`, {
    cause,
    details: json ? [cause.message] : undefined,
    span: { file: `--${flag}`, line: 1, ...place },
    hint: json ? JSON_RULE : PAIRS_RULE,
  })
}

const JSON_RULE = 'Write NAME=JSON, in single quotes for the shell: \'a={"b":1}\'.'
const PAIRS_RULE =
  'Write NAME=VALUE pairs with commas between them, and put a backslash before a comma or a dot that belongs to a name or value.'

interface PairPlace {
  source: string
  column: number
}

class SetParser {
  private readonly expression: string
  private readonly input: Runes
  private readonly grammar: Grammar
  private pairAt = 0

  constructor(expression: string, grammar: Grammar) {
    this.expression = expression
    this.input = new Runes(expression)
    this.grammar = grammar
  }

  /** The pair that was read last, without its value, which may be a secret; how far it was read. */
  get place(): PairPlace {
    const pair = this.expression.slice(this.pairAt)
    const sign = pair.indexOf('=')
    const source = sign < 0 ? pair : `${pair.slice(0, sign + 1)}…`
    return { source, column: Math.min(Math.max(this.input.offset - this.pairAt, 1), source.length) }
  }

  parse(values: GoMap): void {
    do this.pairAt = this.input.offset
    while (this.readPair(values, 0))
  }

  /**
   * Reads one key with what follows it.
   *
   * @returns false when the expression has ended
   */
  private readPair(target: GoMap, depth: number): boolean {
    const { text: key, stop } = this.input.until(this.grammar.keyStops, this.grammar.escapes)
    switch (stop) {
      case '[':
        return this.readList(target, key, depth)
      case '.':
        return this.readMap(target, key, depth + 1)
      case '=': {
        const { value, ended } = this.grammar.readValue(this.input)
        put(target, key, value)
        return !ended
      }
      case ',':
        throw new GoError(`key ${quote(key)} has no value (cannot end with ,)`)
      default:
        if (key === '') return false
        throw new GoError(`key ${quote(key)} has no value`)
    }
  }

  private readList(target: GoMap, key: string, depth: number): boolean {
    const index = readIndex(this.input, this.grammar.escapes)
    if (index === undefined) return false
    const list = target.has(key) ? asList(target.get(key) ?? null) : []
    const more = this.readItem(list, index, { depth, brackets: 1 })
    put(target, key, list)
    return more
  }

  private readMap(target: GoMap, key: string, depth: number): boolean {
    if (depth > LIMITS.setNesting) {
      const limit = LIMITS.setNesting
      throw new GoError(
        `value name nested level is greater than maximum supported nested level of ${limit}`,
      )
    }
    const inner: GoMap = target.has(key) ? asMap(target.get(key) ?? null) : new Map()
    const more = this.readPair(inner, depth)
    if (more && inner.size === 0) throw new GoError(`key map ${quote(key)} has no value`)
    if (inner.size > 0) put(target, key, inner)
    return more
  }

  /** Reads what follows `[index]` and writes it into the list, in place. */
  private readItem(list: Value[], index: number, at: Depths): boolean {
    if (index < 0) throw new GoError(`negative ${index} index not allowed`)
    const { text, stop } = this.input.until('[.=', this.grammar.escapes)
    if (text !== '') {
      throw new GoError(`unexpected data at end of array index: [${quoteEach(text)}]`)
    }
    if (stop === '=') {
      setItem(list, index, this.grammar.readValue(this.input).value)
      return true
    }
    if (stop === '.') return this.readMapItem(list, index, at.depth)
    if (stop === '[') return this.readListItem(list, index, at)
    return false
  }

  private readMapItem(list: Value[], index: number, depth: number): boolean {
    const existing = list[index]
    const inner: GoMap = existing instanceof Map ? existing : new Map()
    if (index < list.length) list[index] = inner
    if (!this.readPair(inner, depth)) return false
    setItem(list, index, inner)
    return true
  }

  private readListItem(list: Value[], index: number, { depth, brackets }: Depths): boolean {
    if (brackets === BRACKETS) throw new GoError(`more than ${BRACKETS} indexes in a row`)
    const next = readIndex(this.input, this.grammar.escapes)
    if (next === undefined) return false
    const existing = list[index] ?? null
    const inner = existing === null ? [] : asList(existing)
    if (!this.readItem(inner, next, { depth, brackets: brackets + 1 })) return false
    setItem(list, index, inner)
    return true
  }
}

interface Depths {
  depth: number
  brackets: number
}

/** Helm prints these as runes, one by one. */
function quoteEach(text: string): string {
  return Array.from(text, (character) => quoteRune(character.codePointAt(0) ?? 0)).join(' ')
}

/** An empty key is read and dropped, as Helm does. */
function put(target: GoMap, key: string, value: Value): void {
  if (key !== '') target.set(key, value)
}

function setItem(list: Value[], index: number, value: Value): void {
  const limit = LIMITS.setIndex
  if (index > limit) {
    throw new GoError(`index of ${index} is greater than maximum supported index of ${limit}`)
  }
  while (list.length <= index) list.push(null)
  list[index] = value
}

function asList(value: Value): Value[] {
  if (Array.isArray(value)) return value
  throw conversionError(value, '[]interface {}')
}

function asMap(value: Value): GoMap {
  if (value instanceof Map) return value
  throw conversionError(value, 'map[string]interface {}')
}

/** The panic of Go's type assertion, which Helm catches and reports. */
function conversionError(value: Value, wanted: string): GoError {
  const type = value === null ? 'nil' : typeName(value)
  return new GoError(
    `unable to parse key: interface conversion: interface {} is ${type}, not ${wanted}`,
  )
}
