import { KnownActions } from '../gotmpl/known-actions.ts'
import type { ListNode, Operand, PipeNode, Statement, VariableNode } from '../gotmpl/nodes.ts'
import { parseTemplate } from '../gotmpl/parser.ts'
import { Source } from '../gotmpl/source.ts'
import { StatementTable } from '../gotmpl/statement-table.ts'
import { TemplateError } from '../gotmpl/template-error.ts'

/** A place in a Go template that asks for files of the chart by a name that stands there. */
export interface GoFileRead {
  line: number
  /** In characters, from 1. */
  column: number
  name: string
  /** The name is the pattern of a glob. */
  isPattern: boolean
  /** What is read is asked whether it is there, or another text stands in for it. */
  isTested: boolean
}

/**
 * Lists the calls of `.Files.Get` and its like in a Go template, in all branches and in all that
 * it defines. A template that cannot be parsed has none.
 *
 * @param testers functions that have an answer of their own for a text that is empty
 */
export function goFileReads(
  path: string,
  text: string,
  testers: ReadonlySet<string>,
): GoFileRead[] {
  const source = new Source(path, text)
  const table = StatementTable.ofText()
  const reader = new Reader(testers)
  try {
    const parsed = parseTemplate(source, {
      // Both are keywords where nothing else has the name.
      isFunction: (word) => word !== 'break' && word !== 'continue',
      actions: new KnownActions(),
      table,
    })
    for (const slot of parsed.values()) reader.visitList(table.list(slot, source))
  } catch (error) {
    if (error instanceof TemplateError) return []
    throw error
  }
  const placeOf = placesIn(text)
  return reader.all().map(({ at, ...read }) => ({ ...read, ...placeOf(at) }))
}

/** Finds lines and columns of offsets that come in any order, for a text that may have many. */
function placesIn(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let line = 0
    for (let step = 2 ** 30; step > 0; step = Math.floor(step / 2)) {
      if ((starts[line + step] ?? Infinity) <= offset) line += step
    }
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
  }
}

type Found = Omit<GoFileRead, 'line' | 'column'> & { at: number }

/** A text that stands in a template, by the offset from its begin. */
interface Name {
  at: number
  value: string
}

/** What the text tells of a value: it is `.Files`, one of these names, or a list of them. */
type Known = { kind: 'files' } | { kind: 'name' | 'list'; names: readonly Name[] }

const FILES: Known = { kind: 'files' }

/** So many of a list are looked at. */
const MOST_NAMES = 100

/** What stands around an operand. */
interface Around {
  shift: number
  isTested: boolean
  /** The variable that takes the value. */
  variable: string | undefined
  dot: Known | undefined
}

class Reader {
  /** By where the name stands, which may be read more than once; with the variables that take it. */
  private readonly reads = new Map<number, Found & { variables: Set<string> }>()
  /** Variables that are asked about somewhere in the file. */
  private readonly testedVariables = new Set<string>()
  /** What variables hold, as far as it is known; the last assignment counts. */
  private readonly held = new Map<string, Known>()
  private readonly testers: ReadonlySet<string>

  constructor(testers: ReadonlySet<string>) {
    this.testers = testers
  }

  /** All reads; one into a variable counts as tested when the variable is. */
  all(): Found[] {
    return [...this.reads.values()].map(({ variables, isTested, ...read }) => {
      const isAsked = [...variables].some((name) => this.testedVariables.has(name))
      return { ...read, isTested: isTested || isAsked }
    })
  }

  /** Goes through the text in its order; chains of `else if` are deep, so the stack is its own. */
  visitList(list: ListNode): void {
    const rest: { node: Statement; dot: Known | undefined }[] = []
    const visitNext = (nodes: readonly Statement[], dot: Known | undefined): void => {
      for (const node of nodes.toReversed()) rest.push({ node, dot })
    }
    visitNext(list.nodes, undefined)
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const { node, dot } = next
      if (node.kind === 'text' || node.kind === 'break' || node.kind === 'continue') continue
      const around = { shift: node.shift, isTested: isTest(node), variable: undefined, dot }
      if (node.pipe === undefined) continue
      this.visitPipe(node.pipe, around)
      const known = this.knownOf(node.pipe, around)
      const value = node.kind === 'range' ? itemOf(known) : known
      this.hold(node.pipe.variables, value)
      if (node.kind === 'action' || node.kind === 'template') continue
      visitNext(node.otherwise?.nodes ?? [], dot)
      visitNext(node.list.nodes, node.kind === 'if' ? dot : value)
    }
  }

  private visitPipe({ variables, commands }: PipeNode, around: Around): void {
    const isAsked = commands.some(({ operands }) => operands.some((each) => this.isTester(each)))
    const inner = {
      ...around,
      isTested: around.isTested || isAsked,
      variable: variables[0]?.name ?? around.variable,
    }
    for (const [index, { operands }] of commands.entries()) {
      const [called, ...given] = operands
      const [piped, ...others] = commands[index - 1]?.operands ?? []
      if (piped !== undefined && others.length === 0) given.push(piped)
      if (called !== undefined) this.addReads(called, given, inner)
      for (const operand of operands) this.visitOperand(operand, inner)
    }
  }

  private visitOperand(operand: Operand, around: Around): void {
    if (operand.kind === 'pipe') this.visitPipe(operand, around)
    else if (operand.kind === 'chain') this.visitOperand(operand.of, around)
    else if (operand.kind === 'variable' && around.isTested) this.testedVariables.add(operand.name)
  }

  private addReads(called: Operand, given: readonly Operand[], around: Around): void {
    const isIndex = called.kind === 'identifier' && called.name === 'index'
    const [files, name] = isIndex ? given : [called, given[0]]
    const method = isIndex ? 'Get' : pathOf(called).at(-1)
    if (files === undefined || name === undefined || method === undefined) return
    if (!/^(?:Get(?:Bytes)?|Lines|Glob)$/.test(method)) return
    const known = this.knownOf(name, around)
    if (known?.kind !== 'name' || !this.isFiles(files, isIndex ? 0 : 1, around)) return
    for (const each of known.names) this.addRead(each, method === 'Glob', around)
  }

  private addRead({ at, value }: Name, isPattern: boolean, around: Around): void {
    const { isTested, variable } = around
    const seen = this.reads.get(at)
    const read = seen ?? { at, name: value, isPattern, isTested, variables: new Set() }
    read.isPattern ||= isPattern
    read.isTested ||= isTested
    if (variable !== undefined) read.variables.add(variable)
    this.reads.set(at, read)
  }

  /** Whether an operand is the files of the chart, without so many names of its end. */
  private isFiles(operand: Operand, without: number, around: Around): boolean {
    const all = pathOf(operand)
    const path = all.slice(0, all.length - without)
    // Those of a subchart are other files, and values may be named so.
    const isOther = path.includes('Subcharts') || path.includes('Values')
    if (path.length > 0) return path.at(-1) === 'Files' && !isOther
    if (operand.kind === 'chain') return this.knownOf(operand.of, around) === FILES
    if (operand.kind === 'variable') return this.held.get(operand.name) === FILES
    return operand.kind === 'field' ? around.dot === FILES : this.knownOf(operand, around) === FILES
  }

  private hold(variables: readonly VariableNode[], value: Known | undefined): void {
    const [last, ...others] = [...variables].toReversed()
    for (const { name } of others) this.held.delete(name)
    if (last === undefined) return
    if (value === undefined) this.held.delete(last.name)
    else this.held.set(last.name, value)
  }

  private knownOf(operand: Operand, around: Around): Known | undefined {
    const { shift, dot } = around
    if (operand.kind === 'string') {
      return { kind: 'name', names: [{ at: operand.at + shift, value: operand.value }] }
    }
    if (operand.kind === 'dot') return dot
    if (operand.kind === 'pipe') return this.knownOfPipe(operand, around)
    if (operand.kind === 'variable' && operand.fields.length === 0)
      return this.held.get(operand.name)
    if (pathOf(operand).length === 0) return undefined
    return this.isFiles(operand, 0, around) ? FILES : undefined
  }

  private knownOfPipe({ commands }: PipeNode, around: Around): Known | undefined {
    const [command, ...later] = commands
    const [first, ...others] = command?.operands ?? []
    if (first === undefined || later.length > 0) return undefined
    if (others.length === 0) return this.knownOf(first, around)
    if (first.kind !== 'identifier' || !/^(?:list|tuple)$/.test(first.name)) return undefined
    const items = others.slice(0, MOST_NAMES).map((each) => this.knownOf(each, around))
    return {
      kind: 'list',
      names: items.flatMap((each) => (each?.kind === 'name' ? each.names : [])),
    }
  }

  private isTester(operand: Operand): boolean {
    return operand.kind === 'identifier' && this.testers.has(operand.name)
  }
}

/** A loop with an `else` says what to do without it. */
function isTest(node: Statement): boolean {
  if (node.kind === 'range') return node.otherwise !== undefined
  return node.kind === 'if' || node.kind === 'with'
}

/** The names behind dots, without a variable and what stands in parentheses. */
function pathOf(operand: Operand): readonly string[] {
  if (operand.kind === 'field') return operand.names
  return operand.kind === 'variable' || operand.kind === 'chain' ? operand.fields : []
}

function itemOf(value: Known | undefined): Known | undefined {
  return value?.kind === 'list' ? { kind: 'name', names: value.names } : undefined
}
