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
  callFailure,
  evaluateArguments,
  isSameSignature,
  type Plan,
  planCall,
  type Signature,
  stagesOf,
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
  isBuiltin: boolean
  call: (...args: never[]) => Value
  plan: Plan
  /** Makes the call where it is not one with up to three arguments, as nearly all are. */
  special: Stage | undefined
  /** What gives the arguments. */
  stages: readonly Stage[]
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
  const where = { node, name: identifier.name }
  let known: Site | undefined
  return (frame, last) => {
    frame.node = identifier
    let site = known
    if (site === undefined || site.functions !== frame.set.functions) {
      known = site = resolve(frame, where, { args, hasFinal, known })
    }
    spend(frame, 1)
    const { special, stages, call } = site
    if (special !== undefined) return special(frame, last)
    const size = stages.length
    // These need no list.
    const a = size > 0 ? (stages[0] as Stage)(frame, last) : undefined
    const b = size > 1 ? (stages[1] as Stage)(frame, last) : undefined
    const c = size > 2 ? (stages[2] as Stage)(frame, last) : undefined
    try {
      if (size === 1) return call(a as never)
      if (size === 2) return call(a as never, b as never)
      return size === 3 ? call(a as never, b as never, c as never) : call()
    } catch (error) {
      throw callFailure(frame, where, error)
    }
  }
}

/** What errors of a call name. */
interface Where {
  node: NamedNode
  name: string
}

function resolve(
  frame: Frame,
  where: Where,
  {
    args,
    hasFinal,
    known,
  }: { args: readonly Argument[]; hasFinal: boolean; known: Site | undefined },
): Site {
  const { name } = where
  const { functions } = frame.set
  const builtin = BUILTINS.get(name)
  const found = functions.get(name) ?? builtin
  if (found === undefined) throw failure(frame, `"${name}" is not a defined function`)
  const isBuiltin = found === builtin
  const isAlike = known?.isBuiltin === isBuiltin && isSameSignature(known.signature, found)
  const own = isAlike ? known.plan : planCall(name, found, args, hasFinal)
  const plan = isBuiltin && !isAlike ? planOfBuiltin(name, own, args) : own
  const stages = stagesOf(plan)
  const { call } = found
  const special = specialCall(where, { plan, call, isBuiltin, stages })
  return { functions, signature: found, isBuiltin, call, plan, special, stages }
}

function specialCall(
  where: Where,
  { plan, call, isBuiltin, stages }: Pick<Site, 'plan' | 'call' | 'isBuiltin' | 'stages'>,
): Stage | undefined {
  const { mistake } = plan
  const { name } = where
  if (mistake !== undefined) {
    return (frame) => {
      throw failure(frame, mistake)
    }
  }
  if (isBuiltin && (name === 'and' || name === 'or')) {
    return (frame, last) => shortCircuit(frame, plan, last, name === 'or')
  }
  if (stages.length <= 3) return undefined
  return (frame, last) => {
    const values = evaluateArguments(frame, plan, last) as never[]
    try {
      return call(...values)
    } catch (error) {
      throw callFailure(frame, where, error)
    }
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
