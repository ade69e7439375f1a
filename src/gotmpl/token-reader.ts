import { byteLength } from '../golang/bytes.ts'
import { quote } from '../golang/strconv.ts'
import { Lexer, type TokenKind } from './lexer.ts'
import type { Source } from './source.ts'
import { syntaxError } from './template-error.ts'

/**
 * Goes through a template, an action at a time, and through the tokens of it; tells in Go's
 * words what is wrong with them.
 */
export class TokenReader {
  /** Index of the next token of the action at hand. */
  next = 0
  /** Index of the last token that was looked at, which may be beyond `next`; errors name it. */
  seen = 0
  /** Offset where the action that is being read began. */
  actionAt: number | undefined
  readonly source: Source
  private readonly tokens: Lexer

  constructor(source: Source, isFunction: (name: string) => boolean) {
    this.source = source
    this.tokens = new Lexer(source.text, isFunction)
  }

  /** Moves on to the next action, takes its first token and gives its kind; see Lexer. */
  advance(): TokenKind {
    const { tokens } = this
    tokens.advance()
    this.next = 1
    this.seen = 0
    return tokens.kinds[0] ?? 'eof'
  }

  /** Offset of the text before the action at hand, which may be empty. */
  get textStart(): number {
    return this.tokens.textStart
  }

  /** Offset behind that text. */
  get textEnd(): number {
    return this.tokens.textEnd
  }

  /**
   * The action at hand up to the first right delimiter, by which it can be known; undefined
   * where there is none.
   */
  actionText(): string | undefined {
    const { text } = this.source
    const close = text.indexOf('}}', this.tokens.inside)
    return close === -1 ? undefined : text.slice(this.tokens.inside, close)
  }

  /** Offset behind the left delimiter and trim marker of the action at hand. */
  get inside(): number {
    return this.tokens.inside
  }

  /** Cuts the action at hand into tokens. */
  cut(): void {
    this.tokens.cut()
  }

  /** Cuts the rest of an action into tokens, from the beginning of one of them. */
  cutFrom(start: number): void {
    this.tokens.cutFrom(start)
    this.next = 0
    this.seen = 0
  }

  /** Moves behind the action at hand, which is known; it is as if its tokens had been taken. */
  skip(text: string): void {
    this.tokens.skip(this.tokens.inside + text.length)
    this.next = 1
    this.seen = 0
  }

  /** Whether the action at hand, which was cut, is what `actionText` gave. */
  endsWith(text: string): boolean {
    const { count, starts } = this.tokens
    return starts[count - 1] === this.tokens.inside + text.length
  }

  /** Whether something is left of the text or action at hand. */
  hasNext(): boolean {
    return this.next < this.tokens.count
  }

  /** Kind of the next token. */
  peek(): TokenKind {
    return this.kindAt(this.next)
  }

  /** Kind of a token further on, which does not count as looked at. */
  kindAt(index: number): TokenKind {
    const { kinds, count } = this.tokens
    return kinds[index < count ? index : count - 1] ?? 'eof'
  }

  /** Moves behind the next token and gives its index. */
  take(): number {
    const index = this.next++
    this.seen = index
    return index
  }

  /** Moves behind a token that must come next, and gives its index. */
  expect(kind: TokenKind, context: string): number {
    const index = this.take()
    return this.kindAt(index) === kind ? index : this.unexpected(index, context)
  }

  startOf(index: number): number {
    const { starts, count } = this.tokens
    return index < count ? (starts[index] ?? 0) : this.source.text.length
  }

  /** Offset of what is Go's next token, which white space is too unless a trim marker takes it. */
  startInGo(): number {
    const start = this.startOf(this.next)
    const end = this.tokens.ends[this.next - 1] ?? start
    return /^\s-$/.test(this.source.text.slice(end, start)) ? start : end
  }

  textOf(index: number): string {
    return this.source.text.slice(this.tokens.starts[index], this.tokens.ends[index])
  }

  /** The names of a chain of fields, without their dots. */
  namesOf(index: number): string[] {
    const { starts, ends } = this.tokens
    return this.source.text.slice((starts[index] ?? 0) + 1, ends[index]).split('.')
  }

  /** Whether nothing stands between the next token and the one before. */
  isNextAdjacent(): boolean {
    return this.tokens.ends[this.next - 1] === this.tokens.starts[this.next]
  }

  unexpected(index: number, context: string): never {
    this.seen = Math.max(this.seen, index)
    if (this.kindAt(index) !== 'error') {
      return this.fail(`unexpected ${this.describe(index)} in ${context}`)
    }
    const { problem } = this.tokens
    return this.fail(problem + this.whereActionBegan(index, problem.endsWith(' action')))
  }

  /**
   * @param at offset to point at
   * @param told offset whose line is told; in Go that of the token that was looked at last
   * @throws TemplateError
   */
  fail(message: string, at = this.startOf(this.seen), told = this.startOf(this.seen)): never {
    throw syntaxError(this.source, { told, at }, message)
  }

  /** Names the line of the action's beginning when an error ends it on another line. */
  private whereActionBegan(index: number, isAboutAction: boolean): string {
    const { source } = this
    if (this.actionAt === undefined) return ''
    const line = source.lineAt(this.actionAt)
    if (line === source.lineAt(this.startOf(index))) return ''
    const began = ` started at ${source.name}:${line}`
    return isAboutAction ? began : ` in action${began}`
  }

  private describe(index: number): string {
    const kind = this.kindAt(index)
    // Go has a token for each field of a chain.
    const text = kind === 'field' ? `.${this.namesOf(index)[0]}` : this.textOf(index)
    if (kind === 'eof') return 'EOF'
    if (KEYWORDS.has(kind)) return `<${text}>`
    if (byteLength(text) <= 10) return quote(text)
    return `${quote(Array.from(text).slice(0, 10).join(''))}...`
  }
}

/** What errors quote as keywords; the dot is one for Go. */
const KEYWORDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'block',
  'break',
  'continue',
  'dot',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
])
