/*
 * Builds templates from tokens.
 *
 * Source: Go's text/template/parse/parse.go.
 */
import { quote } from '../golang/strconv.ts'
import type { KnownAction, KnownActions } from './known-actions.ts'
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

export interface ParseOptions {
  /** Tells which names are functions. */
  isFunction: (name: string) => boolean
  /** What was read before with the same functions. */
  actions: KnownActions
}

/**
 * Reads a template's text.
 *
 * @returns all templates that the text defines, by name, its own among them
 * @throws TemplateError with Go's text
 */
export function parseTemplate(source: Source, options: ParseOptions): Map<string, ParsedTemplate> {
  return new Parser(source, options).file()
}

type BranchKind = 'if' | 'with' | 'range'

interface Head {
  pipe: PipeNode
  shift: number
}

/** How a list of statements ended. */
type Ending = 'end' | 'else'

class Parser {
  private readonly tokens: TokenReader
  private readonly pipelines: PipelineParser
  private readonly actions: KnownActions
  private readonly templates = new Map<string, ParsedTemplate>()
  private readonly statements = new ListStack<Statement>()
  /** Loops that are open. */
  private ranges = 0

  constructor(source: Source, { isFunction, actions }: ParseOptions) {
    this.tokens = new TokenReader(source, isFunction)
    this.pipelines = new PipelineParser(this.tokens, isFunction)
    this.actions = actions
  }

  file(): Map<string, ParsedTemplate> {
    const { tokens, statements } = this
    const start = statements.open()
    while (this.advance()) {
      const node = this.action(true)
      if (typeof node === 'string') tokens.fail(`unexpected {{${node}}}`)
      else if (node !== undefined) statements.add(node)
    }
    this.add(tokens.source.name, { nodes: statements.close(start) })
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
    const { tokens, pipelines, statements } = this
    pipelines.enter()
    const start = statements.open()
    while (this.advance()) {
      const node = this.action(false)
      if (typeof node === 'string') {
        pipelines.leave()
        return { list: { nodes: statements.close(start) }, ending: node }
      }
      if (node !== undefined) statements.add(node)
    }
    return tokens.fail('unexpected EOF')
  }

  /** Moves on to the next action and adds the text before it; false at the end. */
  private advance(): boolean {
    const { tokens } = this
    for (;;) {
      const kind = tokens.advance()
      const at = tokens.textAt()
      if (at >= 0) this.statements.add({ kind: 'text', at, text: tokens.text() })
      if (kind === 'left delimiter') return true
      if (kind === 'eof') return false
      if (kind !== 'text') tokens.unexpected(0, 'input')
    }
  }

  /** Reads the action at hand; a definition, which stands outermost, is no node. */
  private action(isOutermost: boolean): Statement | Ending | undefined {
    const { tokens } = this
    const at = tokens.startOf(0)
    const text = tokens.actionText()
    if (text !== undefined) {
      const known = this.actions.find(text, this.pipelines.variables)
      if (known !== undefined) return this.knownAction(text, known, at)
    }
    tokens.cut()
    if (isOutermost && tokens.peek() === 'define') {
      tokens.next++
      this.definition()
      return undefined
    }
    tokens.actionAt = at
    const node = this.newAction(text)
    tokens.actionAt = undefined
    return node
  }

  /** @param at offset of the action's left delimiter */
  private knownAction(text: string, known: KnownAction, at: number): Statement | Ending {
    const { tokens, pipelines } = this
    const { kind, pipe, name, declares } = known
    const shift = tokens.inside - known.inside
    tokens.skip(text)
    if (kind === 'end' || kind === 'else') return kind
    if (name !== undefined) return { kind: 'template', at: known.nameAt + shift, shift, name, pipe }
    if (kind === 'template' || pipe === undefined) throw new Error(`no ${kind} was read of ${text}`)
    const { length } = pipelines.variables
    if (declares.length > 0) pipelines.variables.push(...declares)
    if (kind === 'action') return { kind, at: pipe.at + shift, shift, pipe }
    tokens.actionAt = at
    const node = this.branch(kind, { pipe, shift }, length)
    tokens.actionAt = undefined
    return node
  }

  /** Remembers the action at hand, which was just read, unless its text has more than one end. */
  private remember(
    text: string | undefined,
    { kind, pipe, name, nameAt = 0 }: Pick<KnownAction, 'kind'> & Partial<KnownAction>,
  ): void {
    const { tokens, pipelines } = this
    if (text === undefined || !tokens.endsWith(text)) return
    const { uses } = pipelines
    const declares = pipelines.declared()
    if (pipe !== undefined) pipe.isShared = uses.length === 0 && declares.length === 0
    const { inside } = tokens
    this.actions.add(text, { kind, pipe, name, nameAt, inside, uses, declares })
  }

  /** @param text what the action is known by later */
  private newAction(text: string | undefined): Statement | Ending {
    const { tokens, pipelines } = this
    const kind = tokens.peek()
    const at = tokens.startOf(tokens.next)
    const known = pipelines.variables.length
    pipelines.begin()
    switch (kind) {
      case 'if':
      case 'with':
      case 'range': {
        tokens.take()
        const pipe = pipelines.pipeline(kind, 'right delimiter')
        this.remember(text, { kind, pipe })
        return this.branch(kind, { pipe, shift: 0 }, known)
      }
      case 'end':
        tokens.take()
        tokens.expect('right delimiter', 'end')
        this.remember(text, { kind })
        return 'end'
      case 'else':
        tokens.take()
        return this.otherwise(text)
      case 'template':
        tokens.take()
        return this.templateCall(text)
      case 'block':
        tokens.take()
        return this.block()
      case 'break':
      case 'continue':
        tokens.take()
        return this.loopControl(kind, at)
      default: {
        const pipe = pipelines.pipeline('command', 'right delimiter')
        this.remember(text, { kind: 'action', pipe })
        return { kind: 'action', at, shift: 0, pipe }
      }
    }
  }

  private loopControl(kind: 'break' | 'continue', at: number): Statement {
    this.tokens.expect('right delimiter', `{{${kind}}}`)
    if (this.ranges === 0) this.tokens.fail(`{{${kind}}} outside {{range}}`)
    return { kind, at }
  }

  private otherwise(text: string | undefined): Ending {
    const { tokens } = this
    // `else if` and `else with` leave their keyword to the branch that is being read.
    const kind = tokens.peek()
    if (kind === 'if' || kind === 'with') tokens.seen = tokens.next
    else {
      tokens.expect('right delimiter', 'else')
      this.remember(text, { kind: 'else' })
    }
    return 'else'
  }

  /**
   * Reads a branch from behind its head up to its `end`; the branches of `else if` chains are
   * read in a loop.
   *
   * @param known how many variables are known around it
   */
  private branch(kind: BranchKind, head: Head, known: number): Statement {
    const { tokens, pipelines } = this
    const first = this.branchBody(kind, head)
    let last = first
    while (last.ending === 'else') {
      if (kind !== 'range' && tokens.peek() === kind) {
        tokens.take()
        const pipe = pipelines.pipeline(kind, 'right delimiter')
        const next = this.branchBody(kind, { pipe, shift: 0 })
        last.node.otherwise = { nodes: [next.node] }
        last = next
        continue
      }
      // What an `else` of another kind than the branch leaves begins no statement.
      if (tokens.hasNext()) tokens.unexpected(tokens.take(), 'input')
      const { list, ending } = this.list()
      if (ending !== 'end') tokens.fail(`expected end; found {{${ending}}}`)
      last.node.otherwise = list
      break
    }
    pipelines.variables.length = known
    return first.node
  }

  private branchBody(kind: BranchKind, { pipe, shift }: Head) {
    if (kind === 'range') this.ranges++
    const { list, ending } = this.list()
    if (kind === 'range') this.ranges--
    const at = pipe.at + shift
    const node = { kind, at, shift, pipe, list, otherwise: undefined as ListNode | undefined }
    return { node, ending }
  }

  private block(): TemplateNode {
    const { tokens } = this
    const context = 'block clause'
    const at = tokens.startOf(tokens.next)
    const name = this.templateName(context)
    const pipe = this.pipelines.pipeline(context, 'right delimiter')
    const head = tokens.startOf(tokens.seen)
    const { list, ending } = this.innerTemplate()
    if (ending !== 'end') tokens.fail(`unexpected {{${ending}}} in ${context}`, head, head)
    this.add(name, list)
    return { kind: 'template', at, shift: 0, name, pipe }
  }

  private templateCall(text: string | undefined): TemplateNode {
    const { tokens } = this
    const context = 'template clause'
    const at = tokens.startOf(tokens.next)
    const name = this.templateName(context)
    let pipe: PipeNode | undefined
    if (tokens.peek() === 'right delimiter') tokens.take()
    else pipe = this.pipelines.pipeline(context, 'right delimiter')
    this.remember(text, { kind: 'template', pipe, name, nameAt: at })
    return { kind: 'template', at, shift: 0, name, pipe }
  }

  private templateName(context: string): string {
    const { tokens } = this
    const index = tokens.take()
    const kind = tokens.kindAt(index)
    if (kind !== 'string' && kind !== 'raw string') tokens.unexpected(index, context)
    return unquote(tokens.textOf(index)) ?? tokens.fail('invalid syntax')
  }
}
