/* Source: Go's text/template/parse/parse.go, `pipeline` to `term`. */
import { quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import type { TokenKind } from './lexer.ts'
import { ListStack } from './list-stack.ts'
import {
  type CommandNode,
  type FieldNode,
  type NumberNode,
  type Operand,
  type PipeNode,
  sourceOf,
  type StringNode,
  type VariableNode,
} from './nodes.ts'
import { readNumber } from './number.ts'
import type { TokenReader } from './token-reader.ts'
import { unquote } from './unquote.ts'

/** Go allows 10,000 parentheses and any number of blocks; its stack grows, ours does not. */
const MAX_NESTING = 1000

/** Reads pipelines from a template's tokens. */
export class PipelineParser {
  /** Names of the variables that are known, with their dollar signs. */
  variables: string[] = ['$']
  /** Variables, known before the action at hand, that it uses; without `$`. */
  uses: string[] = []
  /** How many variables were known before the action at hand. */
  private known = 1
  private readonly tokens: TokenReader
  private readonly isFunction: (name: string) => boolean
  private readonly commands = new ListStack<CommandNode>()
  private readonly operands = new ListStack<Operand>()
  private readonly areVariablesKnown: boolean
  private nesting = 0

  /** @param areVariablesKnown for pipelines of a text that was read before and had no fault */
  constructor(
    tokens: TokenReader,
    isFunction: (name: string) => boolean,
    { areVariablesKnown = false } = {},
  ) {
    this.tokens = tokens
    this.isFunction = isFunction
    this.areVariablesKnown = areVariablesKnown
  }

  /** Reads a pipeline and the token `end` behind it. */
  pipeline(context: string, end: TokenKind): PipeNode {
    const { tokens } = this
    const at = tokens.startOf(tokens.next)
    const pipe: PipeNode = {
      kind: 'pipe',
      file: tokens.source.index,
      slot: -1,
      at,
      variables: NONE,
      isAssignment: false,
      commands: NONE,
      isShared: false,
      compiled: undefined,
    }
    if (tokens.peek() === 'variable') this.declarations(pipe, context)
    const first = this.commands.open()
    for (let kind = tokens.peek(); kind !== end; kind = tokens.peek()) {
      if (!STARTS_OPERAND.has(kind)) tokens.unexpected(tokens.next, context)
      this.commands.add(this.command())
    }
    pipe.commands = this.commands.close(first)
    tokens.take()
    this.check(pipe, context)
    return pipe
  }

  /** Says that an action begins. */
  begin(): void {
    this.uses = []
    this.known = this.variables.length
  }

  /** Variables that the action at hand has declared. */
  declared(): string[] {
    return this.variables.slice(this.known)
  }

  /** Counts a block or a parenthesis that is opened; `leave` counts it closed. */
  enter(): void {
    if (++this.nesting > MAX_NESTING) this.tokens.fail('max expression depth exceeded')
  }

  leave(): void {
    this.nesting--
  }

  /** Reads `$x :=`, `$x =` and in a range `$i, $x :=`, if one of them comes next. */
  private declarations(pipe: PipeNode, context: string): void {
    const { tokens } = this
    while (tokens.peek() === 'variable') {
      const variable = tokens.next
      const after = tokens.kindAt(variable + 1)
      // Go has to look at the token behind to find out, so errors that follow name its line.
      tokens.seen = variable + 1
      if (after === 'assign' || after === 'declare') {
        tokens.next = variable + 2
        pipe.isAssignment = after === 'assign'
        this.declare(pipe, variable)
        return
      }
      if (after !== 'char' || tokens.textOf(variable + 1) !== ',') return
      tokens.next = variable + 2
      this.declare(pipe, variable)
      this.checkSecond(pipe, context)
    }
  }

  /** Checks what stands behind the comma of a declaration. */
  private checkSecond(pipe: PipeNode, context: string): void {
    const { tokens } = this
    if (context !== 'range' || pipe.variables.length >= 2) {
      tokens.fail(`too many declarations in ${context}`)
    }
    tokens.seen = tokens.next
    const kind = tokens.peek()
    if (kind !== 'variable' && kind !== 'right delimiter' && kind !== 'right paren') {
      tokens.fail('range can only initialize variables')
    }
  }

  private declare(pipe: PipeNode, index: number): void {
    const name = this.tokens.textOf(index)
    const at = this.tokens.startOf(index)
    pipe.variables = [...pipe.variables, { kind: 'variable', at, name, fields: NONE }]
    this.variables.push(name)
  }

  private check(pipe: PipeNode, context: string): void {
    const { commands } = pipe
    if (commands.length === 0) this.tokens.fail(`missing value for ${context}`)
    for (let stage = 1; stage < commands.length; stage++) {
      const first = commands[stage]?.operands[0]
      if (first !== undefined && LITERALS.has(first.kind)) {
        this.tokens.fail(`non executable command in pipeline stage ${stage + 1}`)
      }
    }
  }

  private command(): CommandNode {
    const { tokens } = this
    const at = tokens.startOf(tokens.next)
    const start = this.operands.open()
    for (;;) {
      const operand = this.operand()
      if (operand !== undefined) this.operands.add(operand)
      const kind = tokens.peek()
      if (kind === 'right delimiter' || kind === 'right paren') break
      if (kind === 'pipe') {
        tokens.take()
        break
      }
      // Without a space there is no next operand, and a space alone makes no operand.
      const isSpaced = operand !== undefined && !tokens.isNextAdjacent()
      if (!isSpaced || !STARTS_OPERAND.has(kind)) tokens.unexpected(tokens.next, 'operand')
    }
    const operands = this.operands.close(start)
    if (operands.length === 0) {
      tokens.seen = tokens.next
      tokens.fail('empty command')
    }
    return { kind: 'command', at, operands }
  }

  private operand(): Operand | undefined {
    const { tokens } = this
    const term = this.term()
    if (term === undefined || tokens.peek() !== 'field' || !tokens.isNextAdjacent()) return term
    const at = tokens.startOf(tokens.next)
    const fields = tokens.namesOf(tokens.take())
    while (tokens.peek() === 'field' && tokens.isNextAdjacent()) {
      fields.push(...tokens.namesOf(tokens.take()))
    }
    tokens.seen = tokens.next
    switch (term.kind) {
      case 'field':
        return {
          kind: 'field',
          at: term.names.length > 1 ? term.at : at,
          names: [...term.names, ...fields],
        }
      case 'variable':
        return { kind: 'variable', at, name: term.name, fields }
      case 'identifier':
      case 'pipe':
        return { kind: 'chain', at, of: term, fields }
      default:
        return tokens.fail(
          `unexpected . after term ${quote(sourceOf(term))}`,
          tokens.startOf(tokens.next),
          tokens.startInGo(),
        )
    }
  }

  private term(): Operand | undefined {
    const { tokens } = this
    const kind = tokens.peek()
    const at = tokens.startOf(tokens.next)
    switch (kind) {
      case 'field':
        return this.fields(at)
      case 'identifier':
        return this.function(at)
      case 'string':
      case 'raw string':
        return this.string(at)
      case 'dot':
      case 'nil':
        tokens.take()
        return { kind, at }
      case 'variable':
        return this.variable(at)
      case 'bool':
        return { kind, at, value: this.takeText() === 'true' }
      case 'char constant':
      case 'complex':
      case 'number':
        return this.number(kind, at)
      case 'left paren':
        return this.parenthesized()
      default:
        return undefined
    }
  }

  /** Fields of the dot: of more than one Go names the second. */
  private fields(at: number): FieldNode {
    const { tokens } = this
    const names = tokens.namesOf(tokens.take())
    if (names.length === 1) return { kind: 'field', at, names }
    tokens.seen = tokens.next
    return { kind: 'field', at: at + 1 + (names[0] ?? '').length, names }
  }

  private takeText(): string {
    return this.tokens.textOf(this.tokens.take())
  }

  private function(at: number): Operand {
    const name = this.takeText()
    if (!this.isFunction(name)) this.tokens.fail(`function ${quote(name)} not defined`)
    return { kind: 'identifier', at, name }
  }

  private variable(at: number): VariableNode {
    const { seen } = this.tokens
    const name = this.takeText()
    const index = this.variables.lastIndexOf(name)
    if (index === -1 && !this.areVariablesKnown) {
      this.tokens.seen = Math.max(seen, this.tokens.seen)
      this.tokens.fail(`undefined variable ${quote(name)}`, at)
    }
    if (index < this.known && name !== '$') this.uses.push(name)
    return { kind: 'variable', at, name, fields: NONE }
  }

  private parenthesized(): PipeNode {
    this.tokens.take()
    this.enter()
    const pipe = this.pipeline('parenthesized pipeline', 'right paren')
    this.leave()
    return pipe
  }

  private number(kind: 'number' | 'complex' | 'char constant', at: number): NumberNode {
    try {
      return readNumber(this.takeText(), kind, at)
    } catch (error) {
      if (error instanceof GoError) this.tokens.fail(error.message)
      throw error
    }
  }

  private string(at: number): StringNode {
    const quoted = this.takeText()
    const value = unquote(quoted) ?? this.tokens.fail('invalid syntax')
    return { kind: 'string', at, quoted, value }
  }
}

/** Stands in for lists with nothing in them, which most are. */
const NONE: readonly never[] = []

const STARTS_OPERAND: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'char constant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw string',
  'string',
  'variable',
  'left paren',
])

/** What may only begin a pipeline, since it cannot take the value of the stage before. */
const LITERALS: ReadonlySet<Operand['kind']> = new Set<Operand['kind']>([
  'bool',
  'dot',
  'nil',
  'number',
  'string',
])
