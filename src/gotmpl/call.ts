/*
 * Calls of functions and methods: arguments are checked against the parameters' Go types.
 * What can be told from the template and the signature alone is worked out once a call site.
 *
 * Source: Go's text/template/exec.go, `evalCall`, `evalArg` and `validateType`.
 */
import { PkgError } from '../base/errors.ts'
import type { Param, TypedMethod } from '../golang/function.ts'
import { GoError, GoInt, int, type Method, type Value } from '../golang/value.ts'
import { type Parameter, nilOf, TYPE_NAMES, validate } from './convert.ts'
import { type Cell, type Evaluate, failure, type Frame, spend, type Stage } from './frame.ts'
import { type NamedNode, type NumberNode, type Operand, sourceOf } from './nodes.ts'
import { TemplateError } from './template-error.ts'

export interface Argument {
  node: Operand
  evaluate: Evaluate
  /** Whether an interface holds the value; only known for `slice`, which alone minds. */
  isBoxed?: (frame: Frame) => boolean
}

/** How a call site calls a function of a given signature. */
export interface Plan {
  /** One for each argument that is written at the call site. */
  readonly arguments: readonly Evaluate[]
  /** What the value of the stage before is checked against; undefined where there is none. */
  readonly final: Parameter | undefined
  /** Why the call cannot be made at all. */
  readonly mistake: string | undefined
}

export interface Signature {
  readonly params: readonly Parameter[]
  readonly variadic: boolean
}

/** Arguments of a method call. */
export interface MethodCall {
  /** What errors name. */
  readonly node: NamedNode
  readonly args: readonly Argument[]
  /** Whether a stage of the pipeline comes before, whose value is `last`. */
  readonly hasFinal: boolean
  readonly last: Cell
  readonly hasArguments: boolean
  /** The same without arguments, for the names before the last one; undefined if it has none. */
  readonly bare: MethodCall | undefined
}

const NO_ARGUMENTS: readonly Argument[] = []

/** A method call of a node without arguments. */
export function bareCall(node: NamedNode): MethodCall {
  return {
    node,
    args: NO_ARGUMENTS,
    hasFinal: false,
    last: undefined,
    hasArguments: false,
    bare: undefined,
  }
}

/** Works out how the arguments of a call site become those of a function. */
export function planCall(
  name: string,
  signature: Signature,
  args: readonly Argument[],
  hasFinal: boolean,
): Plan {
  const { params, variadic } = signature
  const count = args.length + (hasFinal ? 1 : 0)
  const parameterAt = (index: number): Parameter =>
    params[Math.min(index, params.length - 1)] ?? 'any'
  return {
    arguments: args.map((argument, index) => convert(argument, parameterAt(index))),
    final: hasFinal ? parameterAt(count - 1) : undefined,
    mistake: wrongCount(name, { params, variadic }, { given: args.length, count }),
  }
}

/** The values that a function is called with; `last` is that of the stage before, if any. */
export function evaluateArguments(frame: Frame, plan: Plan, last: Cell): Value[] {
  // A cell without a value only comes where a builtin asks for cells.
  return stagesOf(plan).map((stage) => stage(frame, last) as Value)
}

/** What gives the values that a function is called with: those at the call site, then `last`. */
export function stagesOf({ arguments: own, final }: Plan): readonly Stage[] {
  return final === undefined ? own : [...own, (frame, last) => validate(frame, last, final)]
}

/** Whether two functions can be called alike, so that a plan for one serves the other. */
export function isSameSignature(a: Signature, b: Signature): boolean {
  if (a.params === b.params) return a.variadic === b.variadic
  if (a.variadic !== b.variadic || a.params.length !== b.params.length) return false
  return a.params.every((parameter, index) => parameter === b.params[index])
}

/** The error of a call, to be thrown: a function's own failure is told as Go tells it. */
export function callFailure(
  frame: Frame,
  where: { node: NamedNode; name: string },
  error: unknown,
): unknown {
  if (error instanceof PkgError) return placed(frame, where.node, error)
  if (!(error instanceof GoError) && !(error instanceof TemplateError)) return error
  frame.node = where.node
  return failure(frame, `error calling ${where.name}: ${error.message}`, error)
}

/** A function that ran out of its budget does not know where it was called; this tells it. */
function placed(frame: Frame, node: NamedNode, error: PkgError): PkgError {
  if (error.span !== undefined) return error
  const { source } = frame.template
  const { code, message, hint, details } = error
  const at = node.at + frame.shift
  const place = `template "${source.name}:${source.lineAt(at)}"`
  return new PkgError(code, `${place}: ${message}`, {
    hint,
    details,
    span: source.span(at),
    cause: error,
  })
}

/** Calls a method of a value. */
export function callMethod(
  frame: Frame,
  target: { self: Value; name: string; method: Method },
  call: MethodCall,
): Cell {
  const { self, name, method } = target
  const plan = planCall(name, signatureOf(method, call), call.args, call.hasFinal)
  if (plan.mistake !== undefined) throw failure(frame, plan.mistake)
  const values = evaluateArguments(frame, plan, call.last)
  spend(frame, 1)
  try {
    return method(self, ...values)
  } catch (error) {
    throw callFailure(frame, { node: call.node, name }, error)
  }
}

/** A method that does not declare its parameters takes anything. */
function signatureOf(method: Method & Partial<TypedMethod>, call: MethodCall): Signature {
  if (method.params !== undefined) return { params: method.params, variadic: false }
  const count = call.args.length + (call.hasFinal ? 1 : 0)
  return { params: Array.from({ length: count }, (): Param => 'any'), variadic: false }
}

function wrongCount(
  name: string,
  { params, variadic }: Signature,
  { given, count }: { given: number; count: number },
): string | undefined {
  const problem = `wrong number of args for ${name}: want`
  if (!variadic) {
    return count === params.length ? undefined : `${problem} ${params.length} got ${count}`
  }
  const least = params.length - 1
  return count < least ? `${problem} at least ${least} got ${given}` : undefined
}

function convert({ node, evaluate }: Argument, parameter: Parameter): Evaluate {
  switch (node.kind) {
    case 'nil':
      return nilArgument(node, parameter)
    case 'bool':
    case 'number':
    case 'string':
      return parameter === 'any' || parameter === 'reflect.Value'
        ? evaluate
        : literalArgument(node, parameter)
    default:
      return checkedArgument(evaluate, parameter, node.kind === 'pipe')
  }
}

function checkedArgument(evaluate: Evaluate, parameter: Parameter, isPipe: boolean): Evaluate {
  if (parameter === 'any') return (frame) => evaluate(frame) ?? null
  if (isPipe) return (frame) => validate(frame, evaluate(frame) ?? undefined, parameter)
  if (parameter === 'reflect.Value') return evaluate
  return (frame) => validate(frame, evaluate(frame), parameter)
}

function nilArgument(node: NamedNode, parameter: Parameter): Evaluate {
  if (nilOf(parameter) === undefined) {
    return refusal(node, `cannot assign nil to ${TYPE_NAMES[parameter]}`)
  }
  return (frame) => {
    frame.node = node
    return nilOf(parameter)?.value
  }
}

type Literal = Operand & { kind: 'bool' | 'number' | 'string' }

function literalArgument(node: Literal, parameter: Param): Evaluate {
  const source = sourceOf(node)
  const expected = EXPECTED[parameter]
  if (expected === undefined) {
    return refusal(node, `can't handle ${source} for arg of type ${TYPE_NAMES[parameter]}`)
  }
  const value = literalValue(node, parameter)
  if (value === undefined) return refusal(node, `expected ${expected}; found ${source}`)
  return (frame) => {
    frame.node = node
    return value
  }
}

/** What errors call the literals that a parameter takes. */
const EXPECTED: Readonly<Partial<Record<Param, string>>> = {
  string: 'string',
  bool: 'bool',
  int: 'integer',
  int64: 'integer',
  uint32: 'unsigned integer',
  duration: 'integer',
  float64: 'float',
}

function literalValue(node: Literal, parameter: Param): Value | undefined {
  if (node.kind === 'string') return parameter === 'string' ? node.value : undefined
  if (node.kind === 'bool') return parameter === 'bool' ? node.value : undefined
  return numberValue(node, parameter)
}

function numberValue(node: NumberNode, parameter: Param): Value | undefined {
  if (parameter === 'float64') return node.float
  if (node.int === undefined) return undefined
  switch (parameter) {
    case 'int':
      return int(node.int)
    case 'int64':
    case 'duration':
      return new GoInt(node.int, 'int64')
    case 'uint32':
      return node.int < 0n ? undefined : new GoInt(BigInt.asUintN(32, node.int), 'uint32')
    default:
      return undefined
  }
}

function refusal(node: NamedNode, message: string): Evaluate {
  return (frame) => {
    frame.node = node
    throw failure(frame, message)
  }
}
