import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import { fn, type FunctionTable } from '../golang/function.ts'
import { quote } from '../golang/strconv.ts'
import { GoError, type Value } from '../golang/value.ts'
import { TemplateError } from '../gotmpl/template-error.ts'
import type { TemplateSet } from '../gotmpl/template-set.ts'

/** Name of the set of all templates, and of every text given to `tpl`. */
export const SET_NAME = 'gotpl'

/** What calls of templates from templates share in one render. */
export interface CallState {
  /** Calls under way of each template, by name. */
  included: Map<string, number>
  /** Calls of `tpl` under way. */
  tplDepth: number
  isFile: (path: string) => boolean
  /** Renders a partial of the other engine; undefined where there is none of that name. */
  includePartial: (name: string, data: Value) => string | undefined
}

/**
 * Builds the functions that call templates: `include` and `tpl`, for one set.
 *
 * Source: Helm 4.1.4 pkg/engine/engine.go, includeFun, tplFun.
 */
export function templateFunctions(set: TemplateSet, state: CallState): FunctionTable {
  return new Map([
    [
      'include',
      fn(['string', 'any'], (name: string, data: Value) => include(set, state, { name, data })),
    ],
    ['tpl', fn(['string', 'any'], (text: string, data: Value) => tpl(set, state, { text, data }))],
  ])
}

/** Runs a named template; of equal names Go's comes before a Handlebars partial. */
function include(set: TemplateSet, state: CallState, call: { name: string; data: Value }): string {
  const { name, data } = call
  const { included } = state
  const depth = included.get(name) ?? 0
  if (depth > LIMITS.includeDepth) {
    throw new GoError(
      `rendering template has a nested reference name: ${name}: unable to execute template`,
    )
  }
  included.set(name, depth + 1)
  try {
    if (!set.has(name)) {
      const partial = state.includePartial(name, data)
      if (partial !== undefined) return partial
    }
    return set.execute(name, data)
  } finally {
    included.set(name, depth)
  }
}

/** Runs a text as a template that can use all others, and whose definitions stay its own. */
function tpl(set: TemplateSet, state: CallState, call: { text: string; data: Value }): string {
  const { text, data } = call
  if (!text.includes('{{')) return withoutNoValue(text)
  if (state.tplDepth >= LIMITS.tplDepth) {
    throw new PkgError('RENDER_BUDGET', `tpl calls itself more than ${LIMITS.tplDepth} deep`)
  }
  state.tplDepth++
  try {
    return withoutNoValue(runText(set, state, { text, data }))
  } finally {
    state.tplDepth--
  }
}

function runText(set: TemplateSet, state: CallState, call: { text: string; data: Value }): string {
  const { text, data } = call
  const clone = set.clone()
  clone.withFunctions(templateFunctions(clone, state))
  const template = attempt(state, { text, doing: 'cannot parse template' }, () =>
    clone.parse(SET_NAME, text),
  )
  return attempt(state, { text, doing: 'error during tpl function execution for' }, () =>
    clone.execute(template, data),
  )
}

/** Helm puts what it was doing before the error; its place is kept only if it is in a file. */
function attempt<T>(state: CallState, call: { text: string; doing: string }, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const wrapped = new GoError(`${call.doing} ${quote(call.text)}: ${error.message}`)
    if (state.isFile(error.span.file)) wrapped.cause = error
    throw wrapped
  }
}

/** Go prints `<no value>` for what is missing; Helm takes it away again, wherever it stands. */
export function withoutNoValue(text: string): string {
  return text.replaceAll('<no value>', '')
}
