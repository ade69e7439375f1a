import type { Mark, YamlCursor } from './yaml-cursor.ts'
import { isBlank, isBlankOrEnd, isBreak } from './yaml-cursor.ts'
import { scanAnchor, scanDirective, scanTag } from './yaml-scan-properties.ts'
import { scanBlock, scanPlain, scanQuoted } from './yaml-scan-scalars.ts'

export type TokenType =
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'plain'
  | 'quoted'

export interface Token {
  readonly type: TokenType
  readonly start: Mark
  /** Text of a scalar, name of an anchor or alias, handle of a tag, a directive's first word. */
  readonly value: string
  /** The part of a tag behind its handle; the prefix that a `%TAG` directive gives. */
  readonly suffix: string
}

/** A place where a key without `?` may have started, which only its `:` can tell. */
interface SimpleKey {
  isPossible: boolean
  /** Whether it must be one, because nothing else may stand there. */
  readonly isRequired: boolean
  /** Number of its first token, counted from the start of the text. */
  readonly token: number
  readonly start: Mark
}

/**
 * Cuts a YAML text into tokens, as libyaml's YAML 1.1 does.
 *
 * A key shows only by the `:` behind it, so the scanner runs ahead of what it hands out as
 * long as the first token waiting may still turn out to be one. How far it runs decides
 * which of two errors in a text is found, so it must run exactly as far as libyaml.
 *
 * Source: scannerc.go of go.yaml.in/yaml/v2.
 */
export class YamlScanner {
  readonly cursor: YamlCursor
  readonly #queue: Token[] = []
  #head = 0
  /** Tokens handed out so far. */
  #taken = 0
  #isHeadFinal = false
  /** Column of the innermost block collection; -1 outside all. */
  #indent = -1
  readonly #indents: number[] = []
  /** One entry for each level of brackets, and one for the outside. */
  readonly #keys: SimpleKey[] = [NO_KEY]
  /** Which entry of `#keys` the token of that number belongs to. */
  readonly #keyOfToken = new Map<number, number>()
  #mayStartKey = true

  constructor(cursor: YamlCursor) {
    this.cursor = cursor
  }

  /** The next token, which stays. */
  peek(): Token {
    if (!this.#isHeadFinal) this.#fetchUntilHeadIsFinal()
    return this.#queue[this.#head] as Token
  }

  /** Takes the token that `peek` showed. */
  skip(): void {
    this.#isHeadFinal = false
    this.#head++
    this.#taken++
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0
      this.#head = 0
    }
  }

  #fetchUntilHeadIsFinal(): void {
    for (;;) {
      if (this.#head < this.#queue.length) {
        const level = this.#keyOfToken.get(this.#taken)
        if (level === undefined || !this.#isStillPossible(this.#keys[level] ?? NO_KEY)) break
      }
      this.#fetch()
    }
    this.#isHeadFinal = true
  }

  #fetch(): void {
    const { cursor } = this
    this.#skipToToken()
    this.#closeBlocks(cursor.column)
    const { code } = cursor
    if (code === 0) return this.#fetchStreamEnd()
    if (cursor.column === 0 && code === PERCENT) return this.#fetchDirective()
    if (cursor.atDocumentIndicator()) {
      return this.#fetchDocumentIndicator(code === DASH ? 'document-start' : 'document-end')
    }
    if (!this.#fetchIndicator(code)) this.#fetchContent(code)
  }

  #fetchIndicator(code: number): boolean {
    const standsAlone = isBlankOrEnd(this.cursor.peek(1))
    switch (code) {
      case OPEN_BRACKET:
        return this.#fetchFlowStart('flow-sequence-start')
      case OPEN_BRACE:
        return this.#fetchFlowStart('flow-mapping-start')
      case CLOSE_BRACKET:
        return this.#fetchFlowEnd('flow-sequence-end')
      case CLOSE_BRACE:
        return this.#fetchFlowEnd('flow-mapping-end')
      case COMMA:
        return this.#fetchFlowEntry()
      case DASH:
        return standsAlone && this.#fetchBlockEntry()
      case QUESTION:
        return (standsAlone || this.#inFlow) && this.#fetchKey()
      case COLON:
        return (standsAlone || this.#inFlow) && this.#fetchValue()
      default:
        return false
    }
  }

  #fetchContent(code: number): void {
    const { cursor } = this
    if ((code === PIPE || code === GREATER) && !this.#inFlow) {
      this.#dropKey()
      this.#mayStartKey = true
      return this.#addScanned('quoted', cursor.mark(), scanBlock(cursor, this.#indent))
    }
    if (!PROPERTY_OR_QUOTE.has(code) && !this.#mayStartPlain(code)) {
      cursor.fail('found character that cannot start any token')
    }
    this.#saveKey()
    this.#mayStartKey = false
    const start = cursor.mark()
    switch (code) {
      case ASTERISK:
        return this.#addScanned('alias', start, scanAnchor(cursor))
      case AMPERSAND:
        return this.#addScanned('anchor', start, scanAnchor(cursor))
      case EXCLAMATION: {
        const { handle, suffix } = scanTag(cursor)
        return this.#add({ type: 'tag', start, value: handle, suffix })
      }
      case SINGLE_QUOTE:
      case DOUBLE_QUOTE:
        return this.#addScanned('quoted', start, scanQuoted(cursor))
      default:
        this.#addScanned('plain', start, scanPlain(cursor, this.#indent + 1, this.#inFlow))
        if (cursor.brokeLine) this.#mayStartKey = true
    }
  }

  #mayStartPlain(code: number): boolean {
    if (code === DASH) return !isBlank(this.cursor.peek(1))
    if (code === QUESTION || code === COLON) {
      return !this.#inFlow && !isBlankOrEnd(this.cursor.peek(1))
    }
    return !isBlankOrEnd(code) && !NEVER_PLAIN.has(code)
  }

  get #inFlow(): boolean {
    return this.#keys.length > 1
  }

  /** Passes blanks, comments and line breaks. */
  #skipToToken(): void {
    const { cursor } = this
    for (;;) {
      if (this.#inFlow || !this.#mayStartKey) cursor.skipBlanks()
      else cursor.skipSpaces()
      cursor.skipComment()
      if (!isBreak(cursor.code)) return
      cursor.readBreak()
      if (!this.#inFlow) this.#mayStartKey = true
    }
  }

  #fetchStreamEnd(): void {
    const { cursor } = this
    if (cursor.column !== 0) {
      cursor.line++
      cursor.lineStart = cursor.at
    }
    this.#closeBlocks(-1)
    this.#dropKey()
    this.#mayStartKey = false
    this.#addScanned('stream-end', cursor.mark())
  }

  #fetchDirective(): void {
    this.#closeBlocks(-1)
    this.#dropKey()
    this.#mayStartKey = false
    const start = this.cursor.mark()
    this.#add({ start, ...scanDirective(this.cursor) })
  }

  #fetchDocumentIndicator(type: TokenType): void {
    this.#closeBlocks(-1)
    this.#dropKey()
    this.#mayStartKey = false
    this.#addIndicator(type, 3)
  }

  #fetchFlowStart(type: TokenType): boolean {
    this.#saveKey()
    const token = this.#taken + this.#queue.length - this.#head
    const start = this.cursor.mark()
    this.#keys.push({ isPossible: false, isRequired: false, token, start })
    this.#mayStartKey = true
    return this.#addIndicator(type)
  }

  #fetchFlowEnd(type: TokenType): boolean {
    this.#dropKey()
    if (this.#inFlow) {
      const key = this.#keys.pop()
      if (key !== undefined) this.#keyOfToken.delete(key.token)
    }
    this.#mayStartKey = false
    return this.#addIndicator(type)
  }

  #fetchFlowEntry(): boolean {
    this.#dropKey()
    this.#mayStartKey = true
    return this.#addIndicator('flow-entry')
  }

  #fetchBlockEntry(): boolean {
    if (!this.#inFlow) {
      const problem = 'block sequence entries are not allowed in this context'
      if (!this.#mayStartKey) this.cursor.fail(problem)
      this.#openBlock('block-sequence-start')
    }
    this.#dropKey()
    this.#mayStartKey = true
    return this.#addIndicator('block-entry')
  }

  #fetchKey(): boolean {
    if (!this.#inFlow) {
      if (!this.#mayStartKey) this.cursor.fail('mapping keys are not allowed in this context')
      this.#openBlock('block-mapping-start')
    }
    this.#dropKey()
    this.#mayStartKey = !this.#inFlow
    return this.#addIndicator('key')
  }

  #fetchValue(): boolean {
    const key = this.#keys[this.#keys.length - 1] ?? NO_KEY
    if (this.#isStillPossible(key)) {
      this.#insert(key.token - this.#taken, tokenOf('key', key.start))
      this.#openBlock('block-mapping-start', key)
      key.isPossible = false
      this.#keyOfToken.delete(key.token)
      this.#mayStartKey = false
    } else {
      if (!this.#inFlow) {
        const problem = 'mapping values are not allowed in this context'
        if (!this.#mayStartKey) this.cursor.fail(problem)
        this.#openBlock('block-mapping-start')
      }
      this.#mayStartKey = !this.#inFlow
    }
    return this.#addIndicator('value')
  }

  /** Whether the key may still get its `:`, which must follow on its line within 1,024 characters. */
  #isStillPossible(key: SimpleKey): boolean {
    if (!key.isPossible) return false
    const { cursor } = this
    if (key.start.line === cursor.line && this.#charactersSince(key.start.at) <= 1024) return true
    if (key.isRequired) cursor.fail("could not find expected ':'", key.start)
    key.isPossible = false
    return false
  }

  #charactersSince(start: number): number {
    const units = this.cursor.at - start
    if (units <= 1024 || units > 2048) return units
    return Array.from(this.cursor.text.slice(start, this.cursor.at)).length
  }

  #saveKey(): void {
    if (!this.#mayStartKey) return
    const { cursor } = this
    const key = {
      isPossible: true,
      isRequired: !this.#inFlow && this.#indent === cursor.column,
      token: this.#taken + this.#queue.length - this.#head,
      start: cursor.mark(),
    }
    this.#dropKey()
    this.#keys[this.#keys.length - 1] = key
    this.#keyOfToken.set(key.token, this.#keys.length - 1)
  }

  /** Gives up the key that may have started on this level. */
  #dropKey(): void {
    const key = this.#keys[this.#keys.length - 1]
    if (key?.isPossible !== true) return
    if (key.isRequired) this.cursor.fail("could not find expected ':'", key.start)
    key.isPossible = false
    this.#keyOfToken.delete(key.token)
  }

  /** Starts a block collection here, or where the key stands, if that is further in. */
  #openBlock(type: TokenType, key?: SimpleKey): void {
    const start = key?.start ?? this.cursor.mark()
    if (this.#inFlow || this.#indent >= start.column) return
    this.#indents.push(this.#indent)
    this.#indent = start.column
    this.#insert(key === undefined ? -1 : key.token - this.#taken, tokenOf(type, start))
  }

  #closeBlocks(column: number): void {
    if (this.#inFlow) return
    while (this.#indent > column) {
      this.#addScanned('block-end', this.cursor.mark())
      this.#indent = this.#indents.pop() ?? -1
    }
  }

  #addIndicator(type: TokenType, length = 1): true {
    this.#add(tokenOf(type, this.cursor.mark()))
    this.cursor.at += length
    return true
  }

  #addScanned(type: TokenType, start: Mark, value = ''): void {
    this.#add({ type, start, value, suffix: '' })
  }

  #add(token: Token): void {
    this.#queue.push(token)
  }

  /** Puts the token at that place of those waiting; last when the place has been handed out. */
  #insert(place: number, token: Token): void {
    if (place < 0) this.#queue.push(token)
    else this.#queue.splice(this.#head + place, 0, token)
  }
}

function tokenOf(type: TokenType, start: Mark): Token {
  return { type, start, value: '', suffix: '' }
}

const EXCLAMATION = 33
const DOUBLE_QUOTE = 34
const PERCENT = 37
const AMPERSAND = 38
const SINGLE_QUOTE = 39
const ASTERISK = 42
const COMMA = 44
const DASH = 45
const COLON = 58
const GREATER = 62
const QUESTION = 63
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const PIPE = 124
const CLOSE_BRACE = 125

const PROPERTY_OR_QUOTE = new Set([EXCLAMATION, DOUBLE_QUOTE, AMPERSAND, SINGLE_QUOTE, ASTERISK])
/** Characters that never start a plain scalar: `,[]{}#&*!|>'"%@` and the backquote. */
const NEVER_PLAIN = new Set(Array.from(',[]{}#&*!|>\'"%@`', (character) => character.charCodeAt(0)))

const NO_KEY: SimpleKey = {
  isPossible: false,
  isRequired: false,
  token: -1,
  start: { at: 0, line: 0, column: 0 },
}
