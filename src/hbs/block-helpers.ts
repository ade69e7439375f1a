import { GoError, GoStruct, kindOf, type Value } from '../golang/value.ts'
import { sortedKeys } from '../golang/order.ts'
import { adviseOnHelper } from './advice.ts'
import { COSTS } from './budget.ts'
import { HandlebarsFault } from './fault.ts'
import { atCall, lookUp, type Helper, type HelperCall } from './helpers.ts'
import type { RenderState } from './state.ts'
import { isTrue } from '../golang/truth.ts'

/** Whether one of the helpers below has this name, which templates can call. */
export function isBlockHelper(name: string): boolean {
  return ['if', 'unless', 'each', 'with', 'lookup', 'and', 'or', 'not'].includes(name)
}

/**
 * The helpers that replace Handlebars' own: they count their steps, take Go's view of what
 * is empty, and go through maps by sorted key.
 */
export function blockHelpers(state: RenderState, clusterLookup?: Helper): Map<string, Helper> {
  return new Map<string, Helper>([
    ['if', conditional(state, true)],
    ['unless', conditional(state, false)],
    ['each', each(state)],
    ['with', withHelper(state)],
    ['lookup', lookupHelper(state, clusterLookup)],
    ['and', junction(state, false)],
    ['or', junction(state, true)],
    ['not', negation(state)],
    ['log', unknown(state)],
    ['helperMissing', unknown(state)],
    ['blockHelperMissing', section(state)],
  ])
}

function conditional(state: RenderState, wanted: boolean): Helper {
  return function conditional(this: unknown, ...all: unknown[]): unknown {
    const call = callOf(all)
    return atCall(state, call, () => {
      assertOneArgument(state, call, all)
      const value = state.views.read(result(all[0], this))
      return isTrue(value) === wanted ? call.fn(this) : call.inverse(this)
    })
  }
}

/** `{{#if eq a b}}` lacks the parentheses that make `eq a b` one argument. */
function assertOneArgument(state: RenderState, call: HelperCall, all: readonly unknown[]): void {
  if (all.length === 2) return
  const { name } = call
  const isNaming = name === 'each' || name === 'with'
  throw new HandlebarsFault(`"${name}" wants one argument`, {
    file: state.file,
    place: call.loc?.start,
    hint:
      all.length === 1
        ? `Say what it is about: {{#${name} VALUE}}.`
        : `Put a call into parentheses: {{#${name} (FUNCTION …)}}${isNaming ? '; a name stands between bars: as |name|' : ''}.`,
  })
}

function withHelper(state: RenderState): Helper {
  return function withHelper(this: unknown, ...all: unknown[]): unknown {
    const call = callOf(all)
    return atCall(state, call, () => {
      assertOneArgument(state, call, all)
      const context = result(all[0], this)
      if (!isTrue(state.views.read(context))) return call.inverse(this)
      return call.fn(context, { data: frame(call), blockParams: [context] })
    })
  }
}

function each(state: RenderState): Helper {
  return function each(this: unknown, ...all: unknown[]): unknown {
    const call = callOf(all)
    return atCall(state, call, () => {
      assertOneArgument(state, call, all)
      const items = itemsOf(state.views.read(result(all[0], this)))
      if (items.values.length === 0) return call.inverse(this)
      return turns(state, call, items)
    })
  }
}

/** What a loop goes through; the keys of a list are its positions. */
interface Items {
  readonly keys?: readonly string[]
  readonly values: readonly Value[]
}

/** Characters after which pieces become one text; each holds on to all that it was made of. */
const CHUNK = 65_536

function turns(state: RenderState, call: HelperCall, { keys, values }: Items): string {
  const { views, budget } = state
  // One frame for all turns, as a turn is over before the next begins.
  const data = frame(call, { key: '', index: 0, first: true, last: false })
  const pieces: string[] = []
  let text = ''
  let waiting = 0
  for (const [index, value] of values.entries()) {
    budget.spend(COSTS.turn)
    const key = keys?.[index] ?? index
    Object.assign(data, { key, index, first: index === 0, last: index === values.length - 1 })
    const context = views.show(value)
    const piece = call.fn(context, { data, blockParams: [context, key] })
    pieces.push(piece)
    waiting += piece.length
    if (waiting < CHUNK) continue
    text = budget.measure(text + pieces.join(''))
    pieces.length = 0
    waiting = 0
  }
  return text + pieces.join('')
}

function itemsOf(value: Value): Items {
  if (value instanceof Map) {
    const keys = sortedKeys(value)
    return { keys, values: keys.map((key) => value.get(key) ?? null) }
  }
  if (Array.isArray(value)) return { values: value }
  if (value === null || value === '' || value === false) return { values: [] }
  if (value instanceof GoStruct) {
    return { keys: [...value.fields.keys()], values: [...value.fields.values()] }
  }
  throw new GoError(`"each" wants a list or a map, got ${kindOf(value)}`)
}

/** With a container and a key Handlebars' own; with four texts Helm's, which asks the cluster. */
function lookupHelper(state: RenderState, clusterLookup: Helper | undefined): Helper {
  return function lookupHelper(this: unknown, ...all: unknown[]): unknown {
    const call = callOf(all)
    if (all.length === 5 && clusterLookup !== undefined) return clusterLookup.call(this, ...all)
    return atCall(state, call, () => {
      if (all.length !== 3) throw new GoError('"lookup" wants a map or list and a key')
      const [container, key] = all.map((arg) => state.views.read(arg))
      return state.views.show(lookUp(container ?? null, key ?? null))
    })
  }
}

/** `and` gives the first argument that is false, `or` the first that is true; else the last. */
function junction(state: RenderState, wanted: boolean): Helper {
  return function junction(this: unknown, ...all: unknown[]): unknown {
    const call = callOf(all)
    return atCall(state, call, () => {
      const args = all.slice(0, -1)
      if (args.length === 0) throw new GoError(`"${call.name}" wants at least one argument`)
      const found = args.find((arg) => isTrue(state.views.read(arg)) === wanted)
      return choose(this, call, {
        value: found ?? args.at(-1),
        isTrue: (found !== undefined) === wanted,
      })
    })
  }
}

function negation(state: RenderState): Helper {
  return function negation(this: unknown, ...all: unknown[]): unknown {
    const call = callOf(all)
    return atCall(state, call, () => {
      assertOneArgument(state, call, all)
      const value = !isTrue(state.views.read(all[0]))
      return choose(this, call, { value, isTrue: value })
    })
  }
}

function choose(
  context: unknown,
  call: HelperCall,
  outcome: { value: unknown; isTrue: boolean },
): unknown {
  if (typeof call.fn !== 'function') return outcome.value
  return outcome.isTrue ? call.fn(context) : call.inverse(context)
}

/** `{{name}}` without such a value prints nothing; with arguments it was meant as a helper. */
function unknown(state: RenderState): Helper {
  return function unknown(this: unknown, ...all: unknown[]): unknown {
    const call = callOf(all)
    if (all.length === 1 && Object.keys(call.hash as object).length === 0) return undefined
    throw new HandlebarsFault(`there is no helper "${call.name}"`, {
      file: state.file,
      place: call.loc?.start,
      hint: adviseOnHelper(call.name),
    })
  }
}

/** `{{#name}}…{{/name}}` of something that is no helper: prints it for a list's items, or if true. */
function section(state: RenderState): Helper {
  return function section(this: unknown, ...all: unknown[]): unknown {
    const call = callOf(all)
    return atCall(state, call, () => {
      const value = state.views.read(all[0])
      if (Array.isArray(value) && value.length > 0) return turns(state, call, itemsOf(value))
      if (!isTrue(value)) return call.inverse(this)
      return call.fn(value === true ? this : all[0])
    })
  }
}

function callOf(all: unknown[]): HelperCall {
  return all[all.length - 1] as HelperCall
}

/** A method of a fact (`capabilities.apiVersions.has`) may stand where a value is wanted. */
function result(value: unknown, context: unknown): unknown {
  return typeof value === 'function' ? (value as (this: unknown) => unknown).call(context) : value
}

function frame(call: HelperCall, entries: Record<string, unknown> = {}): object {
  const data: unknown = call.data
  return { ...(typeof data === 'object' ? data : {}), _parent: data, ...entries }
}
