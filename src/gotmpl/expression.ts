/*
 * Compiles pipelines to closures. Each sets the frame's node before it can fail, in the order
 * in which Go does, since errors name the node that was looked at last.
 *
 * Source: Go's text/template/exec.go, `evalPipeline` to `evalFunction`.
 */
import { areDigits } from '../base/ascii.ts'
import { type GoMap, GoStruct, int, typeOfCollection, type Value } from '../golang/value.ts'
import { type Argument, bareCall, type MethodCall } from './call.ts'
import { complexValue } from './complex.ts'
import { holdsInterfaces } from './convert.ts'
import { type ChainStart, follow, isExported } from './fields.ts'
import { type Cell, type Evaluate, failure, type Frame, type Stage } from './frame.ts'
import { compileFunction } from './function-call.ts'
import {
  type CommandNode,
  type NamedNode,
  type NumberNode,
  type Operand,
  type PipeNode,
  sourceOf,
  type VariableNode,
} from './nodes.ts'
import type { Scope } from './scope.ts'

/** Compiles a pipeline; the variables it declares become known in the scope. */
export function compilePipe(pipe: PipeNode, scope: Scope): Evaluate {
  // A template may give `$` another meaning than the rest has.
  if (pipe.isShared && !scope.isRootHidden) return (pipe.compiled ??= compileStages(pipe, scope))
  const value = compileStages(pipe, scope)
  return pipe.variables.length === 0 ? value : compileDeclaration(pipe, value, scope)
}

function compileStages(pipe: PipeNode, scope: Scope): Evaluate {
  const { commands } = pipe
  // No list is taken apart by its iterator here: that makes an object for each step, and what
  // compiles a pipeline runs too seldom for V8 to leave them out.
  const head = commands[0]
  const next = commands[1]
  if (head === undefined) return () => undefined
  const first = compileCommand(head, scope, { isFirst: true, pipe })
  if (next === undefined) return first
  const second = compileCommand(next, scope, { isFirst: false, pipe })
  if (commands.length === 2) return (frame) => second(frame, first(frame) ?? undefined)
  const rest = commands
    .slice(2)
    .map((command) => compileCommand(command, scope, { isFirst: false, pipe }))
  return (frame) => {
    let value = second(frame, first(frame) ?? undefined)
    for (let index = 0; index < rest.length; index++) {
      const stage = rest[index]
      if (stage !== undefined) value = stage(frame, value ?? undefined)
    }
    return value
  }
}

function compileDeclaration(pipe: PipeNode, value: Evaluate, scope: Scope): Evaluate {
  const stores = pipe.variables.map((variable) => storeOf(variable, pipe, scope))
  return (frame) => {
    const result = value(frame) ?? undefined
    for (let index = 0; index < stores.length; index++) stores[index]?.(frame, result, false)
    return result
  }
}

/** Puts a value into a variable; `isBoxed` tells whether an interface holds it. */
export type Store = (frame: Frame, value: Cell, isBoxed: boolean) => void

/** The way into a variable that a pipeline declares or assigns. */
export function storeOf(variable: VariableNode, pipe: PipeNode, scope: Scope): Store {
  const { name } = variable
  const slot = pipe.isAssignment ? scope.find(name) : scope.declare(name)
  if (slot === undefined) {
    return (frame) => {
      throw failure(frame, `undefined variable: ${name}`)
    }
  }
  return storeIn(slot)
}

/** The way into a slot. */
function storeIn(slot: number): Store {
  return (frame, value, isBoxed) => {
    frame.variables[slot] = value
    if (isBoxed) (frame.boxedVariables ??= [])[slot] = true
    else if (frame.boxedVariables !== undefined) frame.boxedVariables[slot] = false
  }
}

const NO_OPERANDS: readonly Operand[] = []

interface Position {
  /** Whether no stage comes before, whose value would be the last argument. */
  isFirst: boolean
  pipe: PipeNode
}

function compileCommand(command: CommandNode, scope: Scope, position: Position): Stage {
  const { operands } = command
  const first = operands[0]
  if (first === undefined) throw new Error('a command without operands')
  const rest = operands.length === 1 ? NO_OPERANDS : operands.slice(1)
  const hasArguments = rest.length > 0 || !position.isFirst
  if (first.kind === 'identifier') {
    const compile = first.name === 'slice' ? compileIndex : compileArgument
    const args = rest.map((operand) => compile(operand, scope))
    return compileFunction(first, command, args, !position.isFirst)
  }
  if (!hasArguments) {
    return first.kind === 'nil'
      ? refusal(first, 'nil is not a command')
      : compileOperand(first, scope)
  }
  return canBeMethod(first)
    ? compileMethod(first, rest, !position.isFirst, scope)
    : notAFunction(first, position)
}

type Chain = Operand & { kind: 'field' | 'chain' | 'variable' }

function canBeMethod(node: Operand): node is Chain {
  if (node.kind === 'variable') return node.fields.length > 0
  return node.kind === 'field' || node.kind === 'chain'
}

function notAFunction(first: Operand, { isFirst, pipe }: Position): Evaluate {
  return (frame) => {
    if (first.kind !== 'pipe') frame.node = first
    else if (isFirst) frame.node = pipe
    throw failure(frame, `can't give argument to non-function ${sourceOf(first)}`)
  }
}

function compileArgument(node: Operand, scope: Scope): Argument {
  return { node, evaluate: compileOperand(node, scope) }
}

/** An argument of `slice`, which refuses an index that an interface holds. */
function compileIndex(node: Operand, scope: Scope): Argument {
  return { ...compileArgument(node, scope), isBoxed: compileIsBoxed(node, scope) }
}

/** Tells of the value of an operand whether an interface holds it. */
function compileIsBoxed(node: Operand, scope: Scope): (frame: Frame) => boolean {
  switch (node.kind) {
    case 'dot':
      return isDotBoxed
    case 'field':
      return compileIsElement({ ...node, names: node.names.slice(0, -1) }, scope)
    case 'chain':
      return compileIsElement({ ...node, fields: node.fields.slice(0, -1) }, scope)
    case 'variable': {
      if (node.fields.length > 0) {
        return compileIsElement({ ...node, fields: node.fields.slice(0, -1) }, scope)
      }
      const slot = scope.find(node.name)
      return (frame) => slot !== undefined && frame.boxedVariables?.[slot] === true
    }
    default:
      return isNeverBoxed
  }
}

function compileIsElement(owner: Operand, scope: Scope): (frame: Frame) => boolean {
  const evaluate = compileOperand(owner, scope.fork())
  return (frame) => holdsInterfaces(evaluate(frame))
}

function compileOperand(node: Operand, scope: Scope): Evaluate {
  switch (node.kind) {
    case 'pipe':
      return compilePipe(node, scope)
    case 'identifier':
      return compileFunction(node, node, [], false)
    case 'field':
      return compileChain(node, node.names, (frame) => frame.dot, isDotBoxed)
    case 'chain': {
      const value = compileOperand(node.of, scope)
      const isPipe = node.of.kind === 'pipe'
      const start: Evaluate = isPipe ? (frame) => value(frame) ?? undefined : value
      return compileChain(node, node.fields, start, isNeverBoxed)
    }
    case 'variable':
      return compileVariable(node, scope)
    case 'dot':
      return (frame) => {
        frame.node = node
        return frame.dot
      }
    case 'nil':
      return (frame) => {
        frame.node = node
        return undefined
      }
    case 'bool':
    case 'string':
      return constant(node, node.value)
    default:
      return compileNumber(node)
  }
}

function constant(node: NamedNode, value: Value): Evaluate {
  return (frame) => {
    frame.node = node
    return value
  }
}

/** A number where no type is asked for: Go's rules for constants decide by how it is written. */
function compileNumber(node: NumberNode): Evaluate {
  if (node.complex !== undefined) return constant(node, complexValue(node.complex))
  if (node.float !== undefined && isWrittenAsFloat(node.text)) return constant(node, node.float)
  if (node.int !== undefined) return constant(node, int(node.int))
  return refusal(node, `${node.text} overflows int`)
}

function isWrittenAsFloat(text: string): boolean {
  if (areDigits(text, 0) || text.startsWith("'")) return false
  return /[.eEpP]/.test(text) && !/^0[xX](?!.*[pP])/.test(text)
}

function refusal(node: NamedNode, message: string): Evaluate {
  return (frame) => {
    frame.node = node
    throw failure(frame, message)
  }
}

function compileVariable(node: VariableNode, scope: Scope): Evaluate {
  const slot = scope.find(node.name)
  if (slot === undefined) return refusal(node, `undefined variable: ${node.name}`)
  if (node.fields.length === 0) {
    return (frame) => {
      frame.node = node
      return frame.variables[slot]
    }
  }
  return compileChain(
    node,
    node.fields,
    (frame) => frame.variables[slot],
    (frame) => frame.boxedVariables?.[slot] === true,
  )
}

function isDotBoxed(frame: Frame): boolean {
  return frame.isDotBoxed
}

function isNeverBoxed(): boolean {
  return false
}

/** Follows names; the keys of maps, which nearly all are, on a path of their own. */
function compileChain(
  node: NamedNode,
  names: readonly string[],
  start: Evaluate,
  isBoxed: (frame: Frame) => boolean,
): Evaluate {
  let bare: MethodCall | undefined
  return (frame) => {
    frame.node = node
    const first = start(frame)
    let value: Cell = first
    for (let index = 0; index < names.length; index++) {
      const name = names[index] ?? ''
      if (value instanceof Map) value = keyOf(value, name)
      else value = value instanceof GoStruct ? plainField(value, name) : undefined
      if (value === undefined) {
        bare ??= bareCall(node)
        return follow(frame, { value: first, isBoxed: isBoxed(frame) }, names, bare)
      }
    }
    return value
  }
}

/** What a map has for a key; undefined also for the name of a method, which comes before it. */
function keyOf(map: GoMap, name: string): Cell {
  const methods = typeOfCollection(map)?.methods
  return methods !== undefined && Object.hasOwn(methods, name) ? undefined : map.get(name)
}

/** What a struct has in a field; undefined for a method and for whatever is no plain field. */
function plainField({ type, fields }: GoStruct, name: string): Cell {
  const { methods } = type
  const isMethod = methods !== undefined && Object.hasOwn(methods, name)
  return isMethod || !isExported(name) ? undefined : fields.get(name)
}

/** A chain of fields whose last name is given arguments, so that it must be a method. */
function compileMethod(
  node: Chain,
  operands: readonly Operand[],
  hasFinal: boolean,
  scope: Scope,
): Stage {
  const start = compileChainStart(node, scope)
  const names = node.kind === 'field' ? node.names : node.fields
  const args = operands.map((operand) => compileArgument(operand, scope))
  const bare = bareCall(node)
  return (frame, last) => {
    frame.node = node
    const call: MethodCall = { node, args, last, hasFinal, hasArguments: true, bare }
    return follow(frame, start(frame), names, call)
  }
}

function compileChainStart(node: Chain, scope: Scope): (frame: Frame) => ChainStart {
  if (node.kind === 'field') return (frame) => ({ value: frame.dot, isBoxed: frame.isDotBoxed })
  if (node.kind === 'chain') {
    const value = compileOperand(node.of, scope)
    const isPipe = node.of.kind === 'pipe'
    return (frame) => {
      const first = value(frame)
      return { value: isPipe ? (first ?? undefined) : first, isBoxed: false }
    }
  }
  const slot = scope.find(node.name)
  if (slot === undefined) {
    const fail = refusal(node, `undefined variable: ${node.name}`)
    return (frame) => ({ value: fail(frame), isBoxed: false })
  }
  return (frame) => ({
    value: frame.variables[slot],
    isBoxed: frame.boxedVariables?.[slot] === true,
  })
}
