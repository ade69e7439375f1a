import { KnownActions } from '../gotmpl/known-actions.ts'
import type { ListNode, Operand, PipeNode, StringNode } from '../gotmpl/nodes.ts'
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

/** What stands around an operand. */
interface Around {
  shift: number
  isTested: boolean
  /** The variable that takes the value. */
  variable: string | undefined
}

class Reader {
  private readonly reads: (Found & { variable: string | undefined })[] = []
  /** Variables that are asked about somewhere in the file. */
  private readonly testedVariables = new Set<string>()
  private readonly testers: ReadonlySet<string>

  constructor(testers: ReadonlySet<string>) {
    this.testers = testers
  }

  /** All reads; one into a variable counts as tested when the variable is. */
  all(): Found[] {
    return this.reads.map(({ variable, isTested, ...read }) => {
      const isAsked = variable !== undefined && this.testedVariables.has(variable)
      return { ...read, isTested: isTested || isAsked }
    })
  }

  /** Goes through the text in its order; chains of `else if` are deep, so the stack is its own. */
  visitList(list: ListNode): void {
    const rest = [...list.nodes].toReversed()
    for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
      if (node.kind === 'text' || node.kind === 'break' || node.kind === 'continue') continue
      const { shift, pipe } = node
      // A loop with an `else` says what to do without it.
      const isTested =
        node.kind === 'if' ||
        node.kind === 'with' ||
        (node.kind === 'range' && node.otherwise !== undefined)
      if (pipe !== undefined) this.visitPipe(pipe, { shift, isTested, variable: undefined })
      if (node.kind === 'action' || node.kind === 'template') continue
      const inner = [...node.list.nodes, ...(node.otherwise?.nodes ?? [])]
      for (const each of inner.toReversed()) rest.push(each)
    }
  }

  private visitPipe({ variables, commands }: PipeNode, around: Around): void {
    const isAsked = commands.some(({ operands }) => operands.some((each) => this.isTester(each)))
    const inner = {
      ...around,
      isTested: around.isTested || isAsked,
      variable: variables[0]?.name ?? around.variable,
    }
    for (const { operands } of commands) {
      const [called, first] = operands
      if (called !== undefined && first?.kind === 'string') this.addRead(called, first, inner)
      for (const operand of operands) this.visitOperand(operand, inner)
    }
  }

  private visitOperand(operand: Operand, around: Around): void {
    if (operand.kind === 'pipe') this.visitPipe(operand, around)
    else if (operand.kind === 'chain') this.visitOperand(operand.of, around)
    else if (operand.kind === 'variable' && around.isTested) this.testedVariables.add(operand.name)
  }

  private addRead(called: Operand, { at, value }: StringNode, around: Around): void {
    const { shift, isTested, variable } = around
    const names = namesOf(called)
    const [files, method = ''] = names.slice(-2)
    // Those of a subchart are other files.
    if (files !== 'Files' || names.includes('Subcharts')) return
    if (!/^(?:Get(?:Bytes)?|Lines|Glob)$/.test(method)) return
    const isPattern = method === 'Glob'
    this.reads.push({ at: at + shift, name: value, isPattern, isTested, variable })
  }

  private isTester(operand: Operand): boolean {
    return operand.kind === 'identifier' && this.testers.has(operand.name)
  }
}

function namesOf(called: Operand): readonly string[] {
  if (called.kind === 'field') return called.names
  return called.kind === 'variable' || called.kind === 'chain' ? called.fields : []
}
