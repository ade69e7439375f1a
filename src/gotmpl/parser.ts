/*
 * Builds templates from tokens.
 *
 * Source: Go's text/template/parse/parse.go.
 */
import { quote } from '../golang/strconv.ts'
import { ListStack } from './list-stack.ts'
import {
  isEmptyList,
  type ListNode,
  type PipeNode,
  type Statement,
  type TemplateNode,
} from './nodes.ts'
import { PipelineParser } from './pipeline-parser.ts'
import type { Source } from './source.ts'
import { TokenReader } from './token-reader.ts'
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
  return new Parser(new TokenReader(source, isFunction), isFunction).file()
}

type BranchKind = 'if' | 'with' | 'range'

/** How a list of statements ended. */
type Ending = 'end' | 'else'

class Parser {
  private readonly tokens: TokenReader
  private readonly pipelines: PipelineParser
  private readonly templates = new Map<string, ParsedTemplate>()
  private readonly statements = new ListStack<Statement>()
  /** Loops that are open. */
  private ranges = 0

  constructor(tokens: TokenReader, isFunction: (name: string) => boolean) {
    this.tokens = tokens
    this.pipelines = new PipelineParser(tokens, isFunction)
  }

  file(): Map<string, ParsedTemplate> {
    const { tokens } = this
    const nodes: Statement[] = []
    while (tokens.peek() !== 'eof') {
      if (tokens.peek() === 'left delimiter' && tokens.kindAt(tokens.next + 1) === 'define') {
        tokens.next += 2
        this.definition()
        continue
      }
      const node = this.textOrAction()
      if (typeof node === 'string') tokens.fail(`unexpected {{${node}}}`)
      else nodes.push(node)
    }
    tokens.seen = tokens.next
    this.add(tokens.source.name, { nodes })
    return this.templates
  }

  private definition(): void {
    const context = 'define clause'
    const name = this.templateName(context)
    this.tokens.expect('right delimiter', context)
    const { list, ending } = this.innerTemplate()
    if (ending !== 'end') this.tokens.fail(`unexpected {{${ending}}} in ${context}`)
    this.add(name, list)
  }

  /** Reads the text of a `define` or `block`, which knows nothing of what stands around it. */
  private innerTemplate(): { list: ListNode; ending: Ending } {
    const { pipelines, tokens, ranges } = this
    const { variables } = pipelines
    const { actionAt } = tokens
    pipelines.variables = ['$']
    tokens.actionAt = undefined
    this.ranges = 0
    const result = this.list()
    pipelines.variables = variables
    tokens.actionAt = actionAt
    this.ranges = ranges
    return result
  }

  private add(name: string, list: ListNode): void {
    const { source } = this.tokens
    const known = this.templates.get(name)
    if (known === undefined || isEmptyList(known.list)) {
      this.templates.set(name, { name, list, source })
    } else if (!isEmptyList(list)) {
      this.tokens.fail(`template: multiple definition of template ${quote(name)}`)
    }
  }

  private list(): { list: ListNode; ending: Ending } {
    const { tokens, pipelines } = this
    pipelines.enter()
    const start = this.statements.open()
    while (tokens.peek() !== 'eof') {
      const node = this.textOrAction()
      if (typeof node === 'string') {
        pipelines.leave()
        return { list: { nodes: this.statements.close(start) }, ending: node }
      }
      this.statements.add(node)
    }
    tokens.seen = tokens.next
    return tokens.fail('unexpected EOF')
  }

  private textOrAction(): Statement | Ending {
    const { tokens } = this
    const index = tokens.take()
    const at = tokens.startOf(index)
    const kind = tokens.kindAt(index)
    if (kind === 'text') return { kind: 'text', at, text: tokens.textOf(index) }
    if (kind !== 'left delimiter') return tokens.unexpected(index, 'input')
    tokens.actionAt = at
    const node = this.action()
    tokens.actionAt = undefined
    return node
  }

  private action(): Statement | Ending {
    const { tokens } = this
    const kind = tokens.peek()
    const at = tokens.startOf(tokens.next)
    switch (kind) {
      case 'if':
      case 'with':
      case 'range':
        tokens.take()
        return this.branch(kind)
      case 'end':
        tokens.take()
        tokens.expect('right delimiter', 'end')
        return 'end'
      case 'else':
        tokens.take()
        return this.otherwise()
      case 'template':
        tokens.take()
        return this.templateCall()
      case 'block':
        tokens.take()
        return this.block()
      case 'break':
      case 'continue':
        tokens.take()
        return this.loopControl(kind, at)
      default:
        return { kind: 'action', at, pipe: this.pipelines.pipeline('command', 'right delimiter') }
    }
  }

  private loopControl(kind: 'break' | 'continue', at: number): Statement {
    this.tokens.expect('right delimiter', `{{${kind}}}`)
    if (this.ranges === 0) this.tokens.fail(`{{${kind}}} outside {{range}}`)
    return { kind, at }
  }

  private otherwise(): Ending {
    const { tokens } = this
    // `else if` and `else with` leave their keyword to the branch that is being read.
    const kind = tokens.peek()
    if (kind === 'if' || kind === 'with') tokens.seen = tokens.next
    else tokens.expect('right delimiter', 'else')
    return 'else'
  }

  /** Reads a branch up to its `end`; the branches of `else if` chains are read in a loop. */
  private branch(kind: BranchKind): Statement {
    const { tokens, pipelines } = this
    const known = pipelines.variables.length
    const first = this.branchHead(kind)
    let last = first
    while (last.ending === 'else') {
      if (kind !== 'range' && tokens.peek() === kind) {
        tokens.take()
        const next = this.branchHead(kind)
        last.node.otherwise = { nodes: [next.node] }
        last = next
        continue
      }
      const { list, ending } = this.list()
      if (ending !== 'end') tokens.fail(`expected end; found {{${ending}}}`)
      last.node.otherwise = list
      break
    }
    pipelines.variables.length = known
    return first.node
  }

  private branchHead(kind: BranchKind) {
    const pipe = this.pipelines.pipeline(kind, 'right delimiter')
    if (kind === 'range') this.ranges++
    const { list, ending } = this.list()
    if (kind === 'range') this.ranges--
    const node = { kind, at: pipe.at, pipe, list, otherwise: undefined as ListNode | undefined }
    return { node, ending }
  }

  private block(): TemplateNode {
    const { tokens } = this
    const context = 'block clause'
    const at = tokens.startOf(tokens.next)
    const name = this.templateName(context)
    const pipe = this.pipelines.pipeline(context, 'right delimiter')
    const { seen } = tokens
    const { list, ending } = this.innerTemplate()
    if (ending !== 'end') {
      tokens.seen = seen
      tokens.fail(`unexpected {{${ending}}} in ${context}`)
    }
    this.add(name, list)
    return { kind: 'template', at, name, pipe }
  }

  private templateCall(): TemplateNode {
    const { tokens } = this
    const context = 'template clause'
    const at = tokens.startOf(tokens.next)
    const name = this.templateName(context)
    let pipe: PipeNode | undefined
    if (tokens.peek() === 'right delimiter') tokens.take()
    else pipe = this.pipelines.pipeline(context, 'right delimiter')
    return { kind: 'template', at, name, pipe }
  }

  private templateName(context: string): string {
    const { tokens } = this
    const index = tokens.take()
    const kind = tokens.kindAt(index)
    if (kind !== 'string' && kind !== 'raw string') tokens.unexpected(index, context)
    return unquote(tokens.textOf(index)) ?? tokens.fail('invalid syntax')
  }
}
