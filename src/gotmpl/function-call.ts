/*
 * Calls of functions by name. A call site looks its function up when it first runs, and again
 * only when it runs in a set with other functions.
 *
 * Source: Go's text/template/exec.go, `evalFunction` and `evalCall`.
 */
import { GoStruct, type Value } from '../golang/value.ts'
import { BUILTINS } from './builtins.ts'
import {
  type Argument,
  argumentAt,
  callFailure,
  evaluateArguments,
  isSameSignature,
  type Plan,
  planCall,
  type Signature,
} from './call.ts'
import {
  type Cell,
  type Evaluate,
  failure,
  type Frame,
  type Functions,
  spend,
  type Stage,
} from './frame.ts'
import { type IdentifierNode, type NamedNode, sourceOf } from './nodes.ts'
import { isTrue } from '../golang/truth.ts'

/** How a call site calls the function that its name stands for in one set. */
interface Site {
  functions: Functions
  signature: Signature
  call: (...args: never[]) => Value
  logic: 'and' | 'or' | undefined
  plan: Plan
}

/**
 * Compiles a call of a function.
 *
 * @param node what an error of the function names
 * @param hasFinal whether the value of the stage before is the last argument
 */
export function compileFunction(
  identifier: IdentifierNode,
  node: NamedNode,
  args: readonly Argument[],
  hasFinal: boolean,
): Stage {
  const { name } = identifier
  let site: Site | undefined
  return (frame, last) => {
    frame.node = identifier
    if (site === undefined || site.functions !== frame.set.functions) {
      site = resolve(frame, { name, args, hasFinal }, site)
    }
    const { plan, call } = site
    if (plan.mistake !== undefined) throw failure(frame, plan.mistake)
    spend(frame, 1)
    if (site.logic !== undefined) return shortCircuit(frame, plan, last, site.logic === 'or')
    const { length } = plan.arguments
    const size = plan.final === undefined ? length : length + 1
    if (size > 3) return callWithMany(frame, site, last, { node, name })
    // Nearly all calls have up to three arguments, which then need no list.
    const a = size > 0 ? argumentAt(frame, plan, 0, last) : undefined
    const b = size > 1 ? argumentAt(frame, plan, 1, last) : undefined
    const c = size > 2 ? argumentAt(frame, plan, 2, last) : undefined
    try {
      if (size === 1) return call(a as never)
      if (size === 2) return call(a as never, b as never)
      return size === 3 ? call(a as never, b as never, c as never) : call()
    } catch (error) {
      throw callFailure(frame, { node, name }, error)
    }
  }
}

function callWithMany(
  frame: Frame,
  { plan, call }: Site,
  last: Cell,
  where: { node: NamedNode; name: string },
): Value {
  const values = evaluateArguments(frame, plan, last) as never[]
  try {
    return call(...values)
  } catch (error) {
    throw callFailure(frame, where, error)
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
    plan: found === builtin ? planOfBuiltin(name, plan, args) : plan,
  }
}

function planOfBuiltin(name: string, plan: Plan, args: readonly Argument[]): Plan {
  if (name === 'call') return planNamedCall(plan, args)
  return name === 'slice' ? planSlice(plan, args) : plan
}

/** The builtin `slice` refuses an index that an interface holds, as a field of values is. */
function planSlice(plan: Plan, args: readonly Argument[]): Plan {
  const evaluated = plan.arguments.map((evaluate, index): Evaluate => {
    const argument = args[index]
    if (index === 0 || argument?.isBoxed === undefined) return evaluate
    const { isBoxed } = argument
    return (frame) => {
      const value = evaluate(frame)
      if (value === undefined) return value
      return value === null || isBoxed(frame) ? BOXED : value
    }
  })
  return { ...plan, arguments: evaluated }
}

/** Stands for an index whose type is `interface {}`. */
const BOXED = new GoStruct({ name: 'interface {}' }, new Map())

/** The builtin `call` is told the source of what it is to call, for its errors. */
function planNamedCall(plan: Plan, args: readonly Argument[]): Plan {
  const [first] = args
  const name = first === undefined ? undefined : sourceOf(first.node)
  return { ...plan, arguments: [() => name, ...plan.arguments] }
}

/** `and` and `or`: the first argument that decides, else the last. */
function shortCircuit(frame: Frame, plan: Plan, last: Cell, isOr: boolean): Cell {
  let value: Cell
  for (let index = 0; index < plan.arguments.length; index++) {
    value = plan.arguments[index]?.(frame)
    if (isTrue(value) === isOr) return value
  }
  return plan.final === undefined ? value : last
}
