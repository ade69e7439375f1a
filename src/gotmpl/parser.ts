/*
 * Builds templates from tokens. Every `define` and `block` is a template of its own, read
 * by a parser of its own from the same lexer.
 *
 * Source: Go's text/template/parse/parse.go.
 */
import { quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import type { Source } from './source.ts'
import { syntaxError } from './template-error.ts'
import { Lexer, type Token, type TokenKind } from './lexer.ts'
import {
  type ChainNode,
  type CommandNode,
  isEmptyList,
  type ListNode,
  type NumberNode,
  type Operand,
  type PipeNode,
  sourceOf,
  type Statement,
  type StringNode,
  type TemplateNode,
  type VariableNode,
} from './nodes.ts'
import { readNumber } from './number.ts'
import { describeToken, TokenBuffer } from './token-buffer.ts'
import { unquote } from './unquote.ts'

/** One template as read: the file's own, or what a `define` or `block` in it defines. */
export interface ParsedTemplate {
  name: string
  list: ListNode
  source: Source
}

/**
 * Reads a template's text.
 *
 * @param isFunction tells which names are functions
 * @returns all templates that the text defines, by name, its own among them
 * @throws TemplateError with Go's text
 */
export function parseTemplate(
  source: Source,
  isFunction: (name: string) => boolean,
): Map<string, ParsedTemplate> {
  const shared: Shared = {
    source,
    isFunction,
    lexer: new Lexer(source.text, isFunction),
    templates: new Map(),
    nesting: 0,
  }
  new Parser(shared).file()
  return shared.templates
}

/** Go allows 10,000 parentheses and any number of blocks; its stack grows, ours does not. */
const MAX_NESTING = 1000

interface Shared {
  source: Source
  isFunction: (name: string) => boolean
  lexer: Lexer
  templates: Map<string, ParsedTemplate>
  /** Blocks and parentheses that are open. */
  nesting: number
}

/** How a list of statements ended. */
type Ending = 'end' | 'else'

class Parser {
  private readonly shared: Shared
  private readonly tokens: TokenBuffer
  private variables: string[] = ['$']
  private ranges = 0
  /** Where the action began that is being read; its line is named when it is not closed. */
  private actionAt: number | undefined

  constructor(shared: Shared) {
    this.shared = shared
    this.tokens = new TokenBuffer(shared.lexer)
  }

  file(): void {
    const { tokens, shared } = this
    const nodes: Statement[] = []
    while (tokens.peek().kind !== 'eof') {
      if (tokens.peek().kind === 'left delimiter') {
        const delimiter = tokens.next()
        if (tokens.nextNonSpace().kind === 'define') {
          new Parser(shared).definition()
          continue
        }
        tokens.backTwo(delimiter)
      }
      const node = this.textOrAction()
      if (typeof node === 'string') this.fail(`unexpected {{${node}}}`)
      nodes.push(node)
    }
    this.add(shared.source.name, { nodes })
  }

  private definition(): void {
    const context = 'define clause'
    const token = this.tokens.nextNonSpace()
    const name = this.templateName(token, context)
    this.expect('right delimiter', context)
    this.add(name, this.body(context))
  }

  private body(context: string): ListNode {
    const { list, ending } = this.list()
    if (ending !== 'end') this.fail(`unexpected {{${ending}}} in ${context}`)
    return list
  }

  private add(name: string, list: ListNode): void {
    const { templates, source } = this.shared
    const known = templates.get(name)
    if (known === undefined || isEmptyList(known.list)) templates.set(name, { name, list, source })
    else if (!isEmptyList(list)) {
      this.fail(`template: multiple definition of template ${quote(name)}`)
    }
  }

  private list(): { list: ListNode; ending: Ending } {
    const nodes: Statement[] = []
    while (this.tokens.peekNonSpace().kind !== 'eof') {
      const node = this.textOrAction()
      if (typeof node === 'string') return { list: { nodes }, ending: node }
      nodes.push(node)
    }
    return this.fail('unexpected EOF')
  }

  private textOrAction(): Statement | Ending {
    const token = this.tokens.nextNonSpace()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'left delimiter') return this.unexpected(token, 'input')
    this.actionAt = token.at
    const node = this.action()
    this.actionAt = undefined
    return node
  }

  private action(): Statement | Ending {
    const token = this.tokens.nextNonSpace()
    switch (token.kind) {
      case 'block':
        return this.block()
      case 'break':
      case 'continue':
        return this.loopControl(token.kind, token.at)
      case 'else':
        return this.otherwise()
      case 'end':
        this.expect('right delimiter', 'end')
        return 'end'
      case 'if':
      case 'with':
      case 'range':
        return this.branch(token.kind)
      case 'template':
        return this.templateCall()
      default: {
        this.tokens.back()
        const { at } = this.tokens.peek()
        return { kind: 'action', at, pipe: this.pipeline('command', 'right delimiter') }
      }
    }
  }

  private loopControl(kind: 'break' | 'continue', at: number): Statement {
    const token = this.tokens.nextNonSpace()
    if (token.kind !== 'right delimiter') this.unexpected(token, `{{${kind}}}`)
    if (this.ranges === 0) this.fail(`{{${kind}}} outside {{range}}`)
    return { kind, at }
  }

  private otherwise(): Ending {
    // `else if` and `else with` leave their keyword to the branch that is being read.
    const { kind } = this.tokens.peekNonSpace()
    if (kind !== 'if' && kind !== 'with') this.expect('right delimiter', 'else')
    return 'else'
  }

  /** Reads a branch up to its `end`; the branches of `else if` chains are read in a loop. */
  private branch(kind: 'if' | 'with' | 'range'): Statement {
    const known = this.variables.length
    const first = this.branchHead(kind)
    let last = first
    while (last.ending === 'else') {
      if (kind !== 'range' && this.tokens.peek().kind === kind) {
        this.tokens.next()
        const next = this.branchHead(kind)
        last.node.otherwise = { nodes: [next.node] }
        last = next
        continue
      }
      const { list, ending } = this.nested(() => this.list())
      if (ending !== 'end') this.fail(`expected end; found {{${ending}}}`)
      last.node.otherwise = list
      break
    }
    this.variables.length = known
    return first.node
  }

  private branchHead(kind: 'if' | 'with' | 'range') {
    const pipe = this.pipeline(kind, 'right delimiter')
    if (kind === 'range') this.ranges++
    const { list, ending } = this.nested(() => this.list())
    if (kind === 'range') this.ranges--
    const node = { kind, at: pipe.at, pipe, list, otherwise: undefined as ListNode | undefined }
    return { node, ending }
  }

  private block(): TemplateNode {
    const context = 'block clause'
    const token = this.tokens.nextNonSpace()
    const name = this.templateName(token, context)
    const pipe = this.pipeline(context, 'right delimiter')
    const inner = new Parser(this.shared)
    inner.add(
      name,
      this.nested(() => this.bodyOf(inner, context)),
    )
    return { kind: 'template', at: token.at, name, pipe }
  }

  private bodyOf(inner: Parser, context: string): ListNode {
    const { list, ending } = inner.list()
    if (ending !== 'end') this.fail(`unexpected {{${ending}}} in ${context}`)
    return list
  }

  private templateCall(): TemplateNode {
    const context = 'template clause'
    const token = this.tokens.nextNonSpace()
    const name = this.templateName(token, context)
    let pipe: PipeNode | undefined
    if (this.tokens.nextNonSpace().kind !== 'right delimiter') {
      this.tokens.back()
      pipe = this.pipeline(context, 'right delimiter')
    }
    return { kind: 'template', at: token.at, name, pipe }
  }

  private templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'raw string') this.unexpected(token, context)
    return unquote(token.text) ?? this.fail('invalid syntax')
  }

  private pipeline(context: string, end: TokenKind): PipeNode {
    const { at } = this.tokens.peekNonSpace()
    const pipe: PipeNode = { kind: 'pipe', at, variables: [], isAssignment: false, commands: [] }
    this.declarations(pipe, context)
    for (;;) {
      const token = this.tokens.nextNonSpace()
      if (token.kind === end) break
      if (!STARTS_OPERAND.has(token.kind)) this.unexpected(token, context)
      this.tokens.back()
      pipe.commands.push(this.command())
    }
    this.checkPipeline(pipe, context)
    return pipe
  }

  /** Reads `$x :=`, `$x =` and in a range `$i, $x :=`. */
  private declarations(pipe: PipeNode, context: string): void {
    const { tokens } = this
    for (;;) {
      const variable = tokens.peekNonSpace()
      if (variable.kind !== 'variable') return
      tokens.next()
      const after = tokens.peek()
      const next = tokens.peekNonSpace()
      if (next.kind === 'assign' || next.kind === 'declare') {
        pipe.isAssignment = next.kind === 'assign'
        tokens.next()
        this.declare(pipe, variable)
        return
      }
      if (next.kind !== 'char' || next.text !== ',') {
        if (after.kind === 'space') tokens.backThree(variable, after)
        else tokens.backTwo(variable)
        return
      }
      tokens.next()
      this.declare(pipe, variable)
      if (context !== 'range' || pipe.variables.length >= 2) {
        this.fail(`too many declarations in ${context}`)
      }
      if (!['variable', 'right delimiter', 'right paren'].includes(tokens.peekNonSpace().kind)) {
        this.fail('range can only initialize variables')
      }
    }
  }

  private declare(pipe: PipeNode, token: Token): void {
    pipe.variables.push(variableNode(token.text, token.at))
    this.variables.push(token.text)
  }

  private checkPipeline(pipe: PipeNode, context: string): void {
    if (pipe.commands.length === 0) this.fail(`missing value for ${context}`)
    const stage = pipe.commands.findIndex(
      ({ operands: [first] }, index) =>
        index > 0 && first !== undefined && LITERALS.has(first.kind),
    )
    if (stage > 0) this.fail(`non executable command in pipeline stage ${stage + 1}`)
  }

  private command(): CommandNode {
    const { tokens } = this
    const { at } = tokens.peekNonSpace()
    const operands: Operand[] = []
    for (;;) {
      tokens.peekNonSpace()
      const operand = this.operand()
      if (operand !== undefined) operands.push(operand)
      const token = tokens.next()
      if (token.kind === 'space') continue
      if (token.kind === 'right delimiter' || token.kind === 'right paren') tokens.back()
      else if (token.kind !== 'pipe') this.unexpected(token, 'operand')
      break
    }
    if (operands.length === 0) this.fail('empty command')
    return { kind: 'command', at, operands }
  }

  private operand(): Operand | undefined {
    const { tokens } = this
    const term = this.term()
    if (term === undefined || tokens.peek().kind !== 'field') return term
    const { at } = tokens.peek()
    const fields: string[] = []
    while (tokens.peek().kind === 'field') fields.push(tokens.next().text.slice(1))
    switch (term.kind) {
      case 'field':
        return { kind: 'field', at, names: [...term.names, ...fields] }
      case 'variable':
        return { kind: 'variable', at, name: term.name, fields: [...term.fields, ...fields] }
      case 'identifier':
      case 'pipe':
        return { kind: 'chain', at, of: term, fields } satisfies ChainNode
      default:
        return this.fail(`unexpected . after term ${quote(sourceOf(term))}`)
    }
  }

  private term(): Operand | undefined {
    const token = this.tokens.nextNonSpace()
    const { at, text } = token
    switch (token.kind) {
      case 'identifier':
        if (!this.shared.isFunction(text)) this.fail(`function ${quote(text)} not defined`)
        return { kind: 'identifier', at, name: text }
      case 'dot':
      case 'nil':
        return { kind: token.kind, at }
      case 'variable':
        return this.useVariable(text, at)
      case 'field':
        return { kind: 'field', at, names: [text.slice(1)] }
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' }
      case 'char constant':
      case 'complex':
      case 'number':
        return this.numberTerm(text, token.kind, at)
      case 'left paren':
        return this.nested(() => this.pipeline('parenthesized pipeline', 'right paren'))
      case 'string':
      case 'raw string':
        return this.stringTerm(text, at)
      default:
        this.tokens.back()
        return undefined
    }
  }

  private useVariable(name: string, at: number): VariableNode {
    if (!this.variables.includes(name)) this.fail(`undefined variable ${quote(name)}`)
    return variableNode(name, at)
  }

  private numberTerm(text: string, kind: 'number' | 'complex' | 'char constant', at: number) {
    try {
      return readNumber(text, kind, at) satisfies NumberNode
    } catch (error) {
      if (error instanceof GoError) this.fail(error.message)
      throw error
    }
  }

  private stringTerm(text: string, at: number): StringNode {
    return { kind: 'string', at, quoted: text, value: unquote(text) ?? this.fail('invalid syntax') }
  }

  private nested<T>(read: () => T): T {
    if (++this.shared.nesting > MAX_NESTING) this.fail('max expression depth exceeded')
    const result = read()
    this.shared.nesting--
    return result
  }

  private expect(kind: TokenKind, context: string): Token {
    const token = this.tokens.nextNonSpace()
    return token.kind === kind ? token : this.unexpected(token, context)
  }

  private unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.fail(`unexpected ${describeToken(token)} in ${context}`)
    return this.fail(token.text + this.whereActionBegan(token))
  }

  /** Names the line of the action's beginning when an error ends it on another line. */
  private whereActionBegan(token: Token): string {
    const { source } = this.shared
    if (this.actionAt === undefined) return ''
    const line = source.lineAt(this.actionAt)
    if (line === source.lineAt(token.at)) return ''
    const began = ` started at ${source.name}:${line}`
    return token.text.endsWith(' action') ? began : ` in action${began}`
  }

  private fail(message: string): never {
    throw syntaxError(this.shared.source, this.tokens.latest.at, message)
  }
}

const STARTS_OPERAND: ReadonlySet<TokenKind> = new Set([
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
const LITERALS: ReadonlySet<Operand['kind']> = new Set(['bool', 'dot', 'nil', 'number', 'string'])

function variableNode(text: string, at: number): VariableNode {
  return { kind: 'variable', at, name: text, fields: [] }
}
