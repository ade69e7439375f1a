/*
 * What a template is made of. `at` is the offset in the template's text by which errors
 * name the node; for `.a.b` Go gives that of `.b`, and so do we. Statements whose pipelines
 * read alike share one, whose offsets are those of the first; `shift` leads to their own.
 *
 * Source: Go's text/template/parse/node.go.
 */
import { quote } from '../golang/strconv.ts'
import type { Evaluate } from './frame.ts'

export type Statement =
  TextNode | ActionNode | IfNode | WithNode | RangeNode | TemplateNode | BreakNode | ContinueNode

/** What a pipeline's commands are made of. */
export type Operand =
  | FieldNode
  | VariableNode
  | ChainNode
  | IdentifierNode
  | PipeNode
  | DotNode
  | NilNode
  | BoolNode
  | NumberNode
  | StringNode

/** A node that an error can name. */
export type NamedNode = Operand | CommandNode | TemplateNode

export interface TextNode {
  kind: 'text'
  at: number
  text: string
}

export interface ActionNode {
  kind: 'action'
  at: number
  shift: number
  pipe: PipeNode
}

export interface IfNode {
  kind: 'if'
  at: number
  shift: number
  pipe: PipeNode
  list: ListNode
  otherwise: ListNode | undefined
}

export interface WithNode {
  kind: 'with'
  at: number
  shift: number
  pipe: PipeNode
  list: ListNode
  otherwise: ListNode | undefined
}

export interface RangeNode {
  kind: 'range'
  at: number
  shift: number
  pipe: PipeNode
  list: ListNode
  otherwise: ListNode | undefined
}

/** A call of a template, also by `block`. */
export interface TemplateNode {
  kind: 'template'
  at: number
  shift: number
  name: string
  pipe: PipeNode | undefined
}

export interface BreakNode {
  kind: 'break'
  at: number
}

export interface ContinueNode {
  kind: 'continue'
  at: number
}

export interface ListNode {
  /** Made when it is first asked for. */
  readonly nodes: readonly Statement[]
}

export interface PipeNode {
  kind: 'pipe'
  /** In which of a set's files it stands. */
  file: number
  /** Its number in the table of the files; -1 when it is not in there. */
  slot: number
  at: number
  /** Variables that take the value, two at most. */
  variables: readonly VariableNode[]
  /** Whether they are assigned (`=`) and not declared (`:=`). */
  isAssignment: boolean
  commands: readonly CommandNode[]
  /** Whether statements share it that need no variables but `$`. */
  isShared: boolean
  /** What it was compiled to for all that share it. */
  compiled: Evaluate | undefined
}

export interface CommandNode {
  kind: 'command'
  at: number
  /** At least one; the first is what is called or evaluated. */
  operands: readonly Operand[]
}

export interface FieldNode {
  kind: 'field'
  at: number
  names: readonly string[]
}

/** A variable with fields, as `$x.a.b`; the name has its dollar sign. */
export interface VariableNode {
  kind: 'variable'
  at: number
  name: string
  fields: readonly string[]
}

/** Fields of a parenthesised pipeline or of a function's result. */
export interface ChainNode {
  kind: 'chain'
  at: number
  of: Operand
  fields: readonly string[]
}

export interface IdentifierNode {
  kind: 'identifier'
  at: number
  name: string
}

export interface DotNode {
  kind: 'dot'
  at: number
}

export interface NilNode {
  kind: 'nil'
  at: number
}

export interface BoolNode {
  kind: 'bool'
  at: number
  value: boolean
}

/** A number with every type that it can stand for. */
export interface NumberNode {
  kind: 'number'
  at: number
  text: string
  int: bigint | undefined
  uint: bigint | undefined
  float: number | undefined
  /** Real and imaginary part of a complex constant. */
  complex: readonly [number, number] | undefined
}

export interface StringNode {
  kind: 'string'
  at: number
  value: string
  quoted: string
}

/** The node as errors quote it: normalised source, without delimiters but for templates. */
export function sourceOf(node: NamedNode): string {
  switch (node.kind) {
    case 'pipe':
      return pipeSource(node)
    case 'command':
      return node.operands.map(operandSource).join(' ')
    case 'template': {
      const argument = node.pipe === undefined ? '' : ` ${pipeSource(node.pipe)}`
      return `{{template ${quote(node.name)}${argument}}}`
    }
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'variable':
      return [node.name, ...node.fields].join('.')
    case 'chain':
      return [operandSource(node.of), ...node.fields].join('.')
    case 'identifier':
      return node.name
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'bool':
      return String(node.value)
    case 'number':
      return node.text
    default:
      return node.quoted
  }
}

function pipeSource(pipe: PipeNode): string {
  const value = pipe.commands.map(sourceOf).join(' | ')
  if (pipe.variables.length === 0) return value
  const names = pipe.variables.map(sourceOf).join(', ')
  return `${names} ${pipe.isAssignment ? '=' : ':='} ${value}`
}

function operandSource(node: Operand): string {
  return node.kind === 'pipe' ? `(${pipeSource(node)})` : sourceOf(node)
}
