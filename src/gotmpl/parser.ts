/*
 * Builds templates from tokens.
 *
 * Source: Go's text/template/parse/parse.go.
 */
import { quote } from '../golang/strconv.ts'
import type { KnownAction, KnownActions } from './known-actions.ts'
import type { PipeNode } from './nodes.ts'
import { PipelineParser } from './pipeline-parser.ts'
import type { Source } from './source.ts'
import { type BranchKind, type Head, type StatementTable } from './statement-table.ts'
import { TokenReader } from './token-reader.ts'
import { unquote } from './unquote.ts'

export interface ParseOptions {
  /** Tells which names are functions. */
  isFunction: (name: string) => boolean
  /** What was read before with the same functions. */
  actions: KnownActions
  /** Takes the statements. */
  table: StatementTable
}

/**
 * Reads a template's text.
 *
 * @returns the lists of all templates that the text defines, by name, its own among them
 * @throws TemplateError with Go's text
 */
export function parseTemplate(source: Source, options: ParseOptions): Map<string, number> {
  return new Parser(source, options).file()
}

/** How a list of statements ended. */
type Ending = 'end' | 'else'

class Parser {
  private readonly tokens: TokenReader
  private readonly pipelines: PipelineParser
  private readonly actions: KnownActions
  private readonly table: StatementTable
  private readonly templates = new Map<string, number>()
  /** Loops that are open. */
  private ranges = 0

  constructor(source: Source, { isFunction, actions, table }: ParseOptions) {
    this.tokens = new TokenReader(source, isFunction)
    this.pipelines = new PipelineParser(this.tokens, isFunction)
    this.actions = actions
    this.table = table
  }

  file(): Map<string, number> {
    const { tokens, table } = this
    const slot = table.begin()
    while (this.advance()) {
      const ending = this.action(true)
      if (ending !== undefined) tokens.fail(`unexpected {{${ending}}}`)
    }
    table.end(slot)
    this.add(tokens.source.name, slot)
    return this.templates
  }

  private definition(): void {
    const context = 'define clause'
    const name = this.templateName(context)
    this.tokens.expect('right delimiter', context)
    const { slot, ending } = this.innerTemplate()
    if (ending !== 'end') this.tokens.fail(`unexpected {{${ending}}} in ${context}`)
    this.add(name, slot)
  }

  /** Reads the text of a `define` or `block`, which knows nothing of what stands around it. */
  private innerTemplate(): { slot: number; ending: Ending } {
    const { pipelines, tokens, table, ranges } = this
    const { variables } = pipelines
    const { actionAt } = tokens
    pipelines.variables = ['$']
    tokens.actionAt = undefined
    this.ranges = 0
    const slot = table.begin()
    const ending = this.list()
    table.end(slot)
    pipelines.variables = variables
    tokens.actionAt = actionAt
    this.ranges = ranges
    return { slot, ending }
  }

  private add(name: string, slot: number): void {
    const { source } = this.tokens
    const known = this.templates.get(name)
    if (known === undefined || this.table.isEmpty(known, source)) {
      this.templates.set(name, slot)
    } else if (!this.table.isEmpty(slot, source)) {
      this.tokens.fail(`template: multiple definition of template ${quote(name)}`)
    }
  }

  /** Reads statements; says what ended them. */
  private list(): Ending {
    const { tokens, pipelines } = this
    pipelines.enter()
    while (this.advance()) {
      const ending = this.action(false)
      if (ending === undefined) continue
      pipelines.leave()
      return ending
    }
    return tokens.fail('unexpected EOF')
  }

  /** Moves on to the next action and adds the text before it; false at the end. */
  private advance(): boolean {
    const { tokens } = this
    for (;;) {
      const kind = tokens.advance()
      const { textStart, textEnd } = tokens
      if (textEnd > textStart) this.table.addText(textStart, textEnd)
      if (kind === 'left delimiter') return true
      if (kind === 'eof') return false
      if (kind !== 'text') tokens.unexpected(0, 'input')
    }
  }

  /** Reads the action at hand; says so if it ends a list. */
  private action(isOutermost: boolean): Ending | undefined {
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
    const ending = this.newAction(text)
    tokens.actionAt = undefined
    return ending
  }

  /** @param at offset of the action's left delimiter */
  private knownAction(text: string, known: KnownAction, at: number): Ending | undefined {
    const { tokens, pipelines, table } = this
    const { kind, pipe, name, declares } = known
    const shift = tokens.inside - known.inside
    tokens.skip(text)
    if (kind === 'end' || kind === 'else') return kind
    if (name !== undefined) {
      table.addCall(name, known.nameAt + shift, shift, pipe)
      return undefined
    }
    if (kind === 'template' || pipe === undefined) throw new Error(`no ${kind} was read of ${text}`)
    const { length } = pipelines.variables
    if (declares.length > 0) pipelines.variables.push(...declares)
    if (kind === 'action') {
      table.addAction(pipe, shift)
      return undefined
    }
    tokens.actionAt = at
    this.branch(kind, { pipe, shift }, length)
    tokens.actionAt = undefined
    return undefined
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
  private newAction(text: string | undefined): Ending | undefined {
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
        this.branch(kind, { pipe, shift: 0 }, known)
        return undefined
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
        this.templateCall(text)
        return undefined
      case 'block':
        tokens.take()
        this.block()
        return undefined
      case 'break':
      case 'continue':
        tokens.take()
        this.loopControl(kind, at)
        return undefined
      default: {
        const pipe = pipelines.pipeline('command', 'right delimiter')
        this.remember(text, { kind: 'action', pipe })
        this.table.addAction(pipe, 0)
        return undefined
      }
    }
  }

  private loopControl(kind: 'break' | 'continue', at: number): void {
    this.tokens.expect('right delimiter', `{{${kind}}}`)
    if (this.ranges === 0) this.tokens.fail(`{{${kind}}} outside {{range}}`)
    this.table.addLoopControl(kind, at)
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
  private branch(kind: BranchKind, head: Head, known: number): void {
    const { tokens, pipelines, table } = this
    const chain: number[] = []
    let slot = table.beginBranch(kind, head)
    let ending = this.branchBody(kind)
    table.endList(slot)
    while (ending === 'else' && tokens.peek() === kind) {
      tokens.take()
      const pipe = pipelines.pipeline(kind, 'right delimiter')
      chain.push(slot)
      table.beginElse(slot)
      slot = table.beginBranch(kind, { pipe, shift: 0 })
      ending = this.branchBody(kind)
      table.endList(slot)
    }
    if (ending === 'else') {
      // What an `else` of another kind than the branch leaves begins no statement.
      if (tokens.hasNext()) tokens.unexpected(tokens.take(), 'input')
      table.beginElse(slot)
      const last = this.list()
      if (last !== 'end') tokens.fail(`expected end; found {{${last}}}`)
    }
    table.endBranch(slot)
    for (const outer of chain) table.endBranch(outer)
    pipelines.variables.length = known
  }

  private branchBody(kind: BranchKind): Ending {
    if (kind === 'range') this.ranges++
    const ending = this.list()
    if (kind === 'range') this.ranges--
    return ending
  }

  private block(): void {
    const { tokens } = this
    const context = 'block clause'
    const at = tokens.startOf(tokens.next)
    const name = this.templateName(context)
    const pipe = this.pipelines.pipeline(context, 'right delimiter')
    const head = tokens.startOf(tokens.seen)
    const { slot, ending } = this.innerTemplate()
    if (ending !== 'end') tokens.fail(`unexpected {{${ending}}} in ${context}`, head, head)
    this.add(name, slot)
    this.table.addCall(name, at, 0, pipe)
  }

  private templateCall(text: string | undefined): void {
    const { tokens } = this
    const context = 'template clause'
    const at = tokens.startOf(tokens.next)
    const name = this.templateName(context)
    let pipe: PipeNode | undefined
    if (tokens.peek() === 'right delimiter') tokens.take()
    else pipe = this.pipelines.pipeline(context, 'right delimiter')
    this.remember(text, { kind: 'template', pipe, name, nameAt: at })
    this.table.addCall(name, at, 0, pipe)
  }

  private templateName(context: string): string {
    const { tokens } = this
    const index = tokens.take()
    const kind = tokens.kindAt(index)
    if (kind !== 'string' && kind !== 'raw string') tokens.unexpected(index, context)
    return unquote(tokens.textOf(index)) ?? tokens.fail('invalid syntax')
  }
}
