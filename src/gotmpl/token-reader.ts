import { byteLength } from '../golang/bytes.ts'
import { quote } from '../golang/strconv.ts'
import { tokenize, type TokenKind, type Tokens } from './lexer.ts'
import type { Source } from './source.ts'
import { syntaxError } from './template-error.ts'

/** Goes through a template's tokens, and tells in Go's words what is wrong with them. */
export class TokenReader {
  /** Index of the next token. */
  next = 0
  /** Index of the last token that was looked at, which may be beyond `next`; errors name it. */
  seen = 0
  /** Offset where the action that is being read began. */
  actionAt: number | undefined
  readonly source: Source
  private readonly tokens: Tokens

  constructor(source: Source, isFunction: (name: string) => boolean) {
    this.source = source
    this.tokens = tokenize(source.text, isFunction)
  }

  /** Kind of the next token. */
  peek(): TokenKind {
    return this.kindAt(this.next)
  }

  /** Kind of a token further on, which does not count as looked at. */
  kindAt(index: number): TokenKind {
    const { kinds } = this.tokens
    return kinds[index] ?? kinds.at(-1) ?? 'eof'
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
    return this.tokens.starts[index] ?? this.source.text.length
  }

  textOf(index: number): string {
    return this.source.text.slice(this.tokens.starts[index], this.tokens.ends[index])
  }

  /** A field's name, without its dot. */
  nameOf(index: number): string {
    return this.source.text.slice((this.tokens.starts[index] ?? 0) + 1, this.tokens.ends[index])
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
   * @param at offset to point at; Go tells the line of the token that was looked at last
   * @throws TemplateError
   */
  fail(message: string, at = this.startOf(this.seen)): never {
    throw syntaxError(this.source, { told: this.startOf(this.seen), at }, message)
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
    const text = this.textOf(index)
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
