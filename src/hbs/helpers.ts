import type { HelperOptions } from 'handlebars'
import { PkgError } from '../base/errors.ts'
import type { FunctionTable, GoFunction } from '../golang/function.ts'
import { GoError, type GoMap, type Value } from '../golang/value.ts'
import { callFunction, fewestArguments } from './call-function.ts'
import { BudgetError, COSTS, MORE_FUEL } from './budget.ts'
import { HandlebarsFault, type Place } from './fault.ts'
import type { RenderState } from './state.ts'
import { isTrue } from '../golang/truth.ts'

/** A helper as Handlebars calls it: `this` is the context, the last argument the options. */
export type Helper = (this: unknown, ...args: unknown[]) => unknown

/** What Handlebars passes on top of its documented options. */
export interface HelperCall extends HelperOptions {
  name: string
  loc?: { start: Place }
}

/**
 * Makes every template function a helper.
 *
 * As a block (`{{#eq a b}}…{{else}}…{{/eq}}`) a function decides which part is printed. The
 * hash options `indent` and `nindent` lay out its text: `indent=4` puts four blanks before
 * each line but the first, `nindent=4` starts on a new line and indents all of them.
 */
export function functionHelpers(table: FunctionTable, state: RenderState): Map<string, Helper> {
  const helpers = new Map<string, Helper>()
  for (const [name, target] of table) helpers.set(name, functionHelper(name, target, state))
  return helpers
}

/** Runs a helper's work; a failure is tied to the place of the call. */
export function atCall<T>(state: RenderState, call: HelperCall, work: () => T): T {
  state.place = call.loc?.start
  try {
    state.budget.spend(COSTS.helper)
    return work()
  } catch (error) {
    throw placed(error, { file: state.file, place: call.loc?.start })
  }
}

/** A failure in a helper's words as one at a place of a template. */
export function placed(error: unknown, where: { file: string; place: Place | undefined }): unknown {
  if (error instanceof GoError) return new HandlebarsFault(error.message, where)
  if (error instanceof BudgetError) {
    return new HandlebarsFault(error.message, { ...where, code: 'RENDER_BUDGET', hint: MORE_FUEL })
  }
  if (!(error instanceof PkgError) || error.span !== undefined) return error
  const { code, message, hint } = error
  return new HandlebarsFault(message, { ...where, code, hint })
}

function functionHelper(name: string, target: GoFunction, state: RenderState): Helper {
  const fewest = fewestArguments(target)
  return function helper(this: unknown, ...all: unknown[]): unknown {
    const call = all[all.length - 1] as HelperCall
    const given = all.length - 1
    return atCall(state, call, () => {
      if (given === 0 && fewest > 0 && !isBlock(call)) return valueOf(this, call, state)
      const args = all.slice(0, given).map((arg) => state.views.read(arg))
      addHash(name, call.hash as Record<string, unknown>, args, state)
      const value = callFunction(name, target, args)
      if (isBlock(call)) return isTrue(value) ? call.fn(this) : call.inverse(this)
      return layOut(value, call, state)
    })
  }
}

/**
 * What a name without arguments means where the function of that name needs some: the value
 * in the context, or of `{{@index}}` in the data; Handlebars does not tell the two apart.
 */
function valueOf(context: unknown, call: HelperCall, state: RenderState): unknown {
  const { line, column } = call.loc?.start ?? { line: 0, column: 0 }
  const tag = state.source.split('\n', line)[line - 1]?.slice(column) ?? ''
  const holder: unknown = /^\{\{[{&~\s]*@/.test(tag) ? call.data : context
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, call.name)) {
    return undefined
  }
  return (holder as Record<string, unknown>)[call.name]
}

function isBlock(call: HelperCall): boolean {
  return typeof call.fn === 'function'
}

/** Hash options are entries for `dict`; for others only the layout options mean anything. */
function addHash(
  name: string,
  hash: Record<string, unknown>,
  args: Value[],
  state: RenderState,
): void {
  for (const key of Object.keys(hash)) {
    if (name === 'dict') args.push(key, state.views.read(hash[key]))
    else if (key !== 'indent' && key !== 'nindent') {
      throw new GoError(`"${name}" has no option "${key}"; there are indent and nindent`)
    }
  }
}

function layOut(value: Value, call: HelperCall, state: RenderState): unknown {
  const hash = call.hash as Record<string, unknown>
  const indent = blanks('indent', hash)
  const nindent = blanks('nindent', hash)
  if (call.name === 'dict' || (indent === undefined && nindent === undefined)) {
    return state.views.show(value)
  }
  if (typeof value !== 'string')
    throw new GoError('indent and nindent need a function that gives text')
  const pad = indent ?? nindent ?? ''
  const text = value.replaceAll('\n', `\n${pad}`)
  return state.budget.measure(nindent === undefined ? text : `\n${pad}${text}`)
}

function blanks(option: string, hash: Record<string, unknown>): string | undefined {
  const given = hash[option]
  if (given === undefined) return undefined
  // Integers of values are bigints, those of templates numbers.
  const count = typeof given === 'bigint' || typeof given === 'number' ? Number(given) : Number.NaN
  if (!Number.isInteger(count) || count < 0 || count > 1000) {
    throw new GoError(`the option "${option}" wants a whole number of blanks`)
  }
  return ' '.repeat(count)
}

/** Looks a key up in a map or a position in a list; null where there is none. */
export function lookUp(container: Value, key: Value): Value {
  if (container instanceof Map) return lookUpKey(container, key)
  if (!Array.isArray(container)) return null
  const at = typeof key === 'object' && key !== null && 'value' in key ? Number(key.value) : NaN
  return container[at] ?? null
}

function lookUpKey(map: GoMap, key: Value): Value {
  return typeof key === 'string' ? (map.get(key) ?? null) : null
}
