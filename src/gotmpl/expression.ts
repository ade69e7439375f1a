/*
 * Compiles pipelines to closures. Each sets the frame's node before it can fail, in the order
 * in which Go does, since errors name the node that was looked at last.
 *
 * Source: Go's text/template/exec.go, `evalPipeline` to `evalFunction`.
 */
import { int, typeOfCollection, type Value } from '../golang/value.ts'
import { BUILTINS } from './builtins.ts'
import {
  type Argument,
  bareCall,
  callFailure,
  evaluateArguments,
  isSameSignature,
  type MethodCall,
  type Plan,
  planCall,
  type Signature,
} from './call.ts'
import { complexValue } from './complex.ts'
import { type ChainStart, follow } from './fields.ts'
import { type Cell, type Evaluate, failure, type Frame, type Functions, spend } from './frame.ts'
import {
  type CommandNode,
  type IdentifierNode,
  type NamedNode,
  type NumberNode,
  type Operand,
  type PipeNode,
  sourceOf,
  type VariableNode,
} from './nodes.ts'
import type { Scope } from './scope.ts'
import { isTrue } from './truth.ts'

/** Compiles a pipeline; the variables it declares become known in the scope. */
export function compilePipe(pipe: PipeNode, scope: Scope): Evaluate {
  let value: Evaluate | undefined
  for (const command of pipe.commands) value = compileCommand(command, scope, value, pipe)
  if (value === undefined) return () => undefined
  if (pipe.variables.length === 0) return value
  return compileDeclaration(pipe, value, scope)
}

function compileDeclaration(pipe: PipeNode, value: Evaluate, scope: Scope): Evaluate {
  const stores = pipe.variables.map((variable) => storeOf(variable, pipe, scope))
  return (frame) => {
    const result = value(frame) ?? undefined
    for (const store of stores) store(frame, result, false)
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
export function storeIn(slot: number): Store {
  return (frame, value, isBoxed) => {
    frame.variables[slot] = value
    if (isBoxed) (frame.boxedVariables ??= [])[slot] = true
    else if (frame.boxedVariables !== undefined) frame.boxedVariables[slot] = false
  }
}

function compileCommand(
  command: CommandNode,
  scope: Scope,
  final: Evaluate | undefined,
  pipe: PipeNode,
): Evaluate {
  const [first, ...rest] = command.operands
  if (first === undefined) throw new Error('a command without operands')
  switch (first.kind) {
    case 'identifier': {
      const args = rest.map((operand) => compileArgument(operand, scope))
      return compileFunction(first, command, args, final)
    }
    case 'field':
    case 'chain':
    case 'variable':
      if (first.kind === 'variable' && first.fields.length === 0) break
      if (rest.length > 0 || final !== undefined) {
        return compileMethod(first, rest, final, scope)
      }
      break
    default:
  }
  if (rest.length > 0 || final !== undefined) return notAFunction(first, final, pipe)
  if (first.kind === 'nil') return refusal(first, 'nil is not a command')
  return compileOperand(first, scope)
}

function notAFunction(first: Operand, final: Evaluate | undefined, pipe: PipeNode): Evaluate {
  return (frame) => {
    if (final === undefined) frame.node = pipe
    else final(frame)
    if (first.kind !== 'pipe') frame.node = first
    throw failure(frame, `can't give argument to non-function ${sourceOf(first)}`)
  }
}

function compileArgument(node: Operand, scope: Scope): Argument {
  return { node, evaluate: compileOperand(node, scope) }
}

function compileOperand(node: Operand, scope: Scope): Evaluate {
  switch (node.kind) {
    case 'pipe':
      return compilePipe(node, scope)
    case 'identifier':
      return compileFunction(node, node, [], undefined)
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
  const isFloat =
    /[.eEpP]/.test(node.text) && !/^0[xX](?!.*[pP])/.test(node.text) && !node.text.startsWith("'")
  if (isFloat && node.float !== undefined) return constant(node, node.float)
  if (node.int !== undefined) return constant(node, int(node.int))
  return refusal(node, `${node.text} overflows int`)
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

/** Follows names; plain maps, which nearly all are, on a path of their own. */
function compileChain(
  node: NamedNode,
  names: readonly string[],
  start: Evaluate,
  isBoxed: (frame: Frame) => boolean,
): Evaluate {
  const call = bareCall(node)
  return (frame) => {
    frame.node = node
    const first = start(frame)
    let value: Cell = first
    for (let index = 0; index < names.length; index++) {
      if (!(value instanceof Map) || typeOfCollection(value) !== undefined) value = undefined
      else value = value.get(names[index] ?? '')
      if (value === undefined) {
        return follow(frame, { value: first, isBoxed: isBoxed(frame) }, names, call)
      }
    }
    return value
  }
}

type Chain = Operand & { kind: 'field' | 'chain' | 'variable' }

/** A chain of fields whose last name is given arguments, so that it must be a method. */
function compileMethod(
  node: Chain,
  operands: readonly Operand[],
  final: Evaluate | undefined,
  scope: Scope,
): Evaluate {
  const start = compileChainStart(node, scope)
  const names = node.kind === 'field' ? node.names : node.fields
  const args = operands.map((operand) => compileArgument(operand, scope))
  const bare = bareCall(node)
  return (frame) => {
    const last = final === undefined ? undefined : (final(frame) ?? undefined)
    frame.node = node
    const call: MethodCall = {
      node,
      args,
      last,
      bare,
      hasFinal: final !== undefined,
      hasArguments: true,
    }
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

/** How a call site calls the function that its name stands for in one set. */
interface Site {
  functions: Functions
  signature: Signature
  call: (...args: never[]) => Value
  logic: 'and' | 'or' | undefined
  plan: Plan
}

function compileFunction(
  identifier: IdentifierNode,
  node: NamedNode,
  args: readonly Argument[],
  final: Evaluate | undefined,
): Evaluate {
  const { name } = identifier
  let site: Site | undefined
  return (frame) => {
    const last = final === undefined ? undefined : (final(frame) ?? undefined)
    frame.node = identifier
    if (site === undefined || site.functions !== frame.set.functions) {
      site = resolve(frame, { name, args, hasFinal: final !== undefined }, site)
    }
    const { plan, call } = site
    if (plan.mistake !== undefined) throw failure(frame, plan.mistake)
    spend(frame, 1)
    if (site.logic !== undefined) return shortCircuit(frame, plan, last, site.logic === 'or')
    const values = evaluateArguments(frame, plan, last) as never[]
    try {
      return call(...values)
    } catch (error) {
      throw callFailure(frame, { node, name }, error)
    }
  }
}

function resolve(
  frame: Frame,
  { name, args, hasFinal }: { name: string; args: readonly Argument[]; hasFinal: boolean },
  known: Site | undefined,
): Site {
  const { functions } = frame.set
  const builtin = BUILTINS.get(name)
  const found = functions.get(name) ?? builtin
  if (found === undefined) throw failure(frame, `"${name}" is not a defined function`)
  const plan =
    known !== undefined && isSameSignature(known.signature, found)
      ? known.plan
      : planCall(name, found, args, hasFinal)
  const isLogic = found === builtin && (name === 'and' || name === 'or')
  return {
    functions,
    signature: found,
    call: found.call,
    logic: isLogic ? name : undefined,
    plan: found === builtin && name === 'call' ? planNamedCall(plan, args) : plan,
  }
}

/** The builtin `call` is told the source of what it is to call, for its errors. */
function planNamedCall(plan: Plan, args: readonly Argument[]): Plan {
  const [first] = args
  const name = first === undefined ? undefined : sourceOf(first.node)
  return { ...plan, arguments: [() => name, ...plan.arguments] }
}

/** `and` and `or`: the first argument that decides, else the last. */
function shortCircuit(frame: Frame, plan: Plan, last: Cell, isOr: boolean): Cell {
  let value: Cell
  for (const evaluate of plan.arguments) {
    value = evaluate(frame)
    if (isTrue(value) === isOr) return value
  }
  return plan.final === undefined ? value : last
}
