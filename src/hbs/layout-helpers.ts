import { atCall, type Helper, type HelperCall } from './helpers.ts'
import { GoError } from '../golang/value.ts'
import { CALLED_HERE, STANDING_ALONE, VALUE_OF, WITH_NAMES } from './rewrite.ts'
import type { RenderState } from './state.ts'

/** The helpers that rewritten tags call. */
export function layoutHelpers(state: RenderState): Map<string, Helper> {
  return new Map<string, Helper>([
    [STANDING_ALONE, standingAlone(state)],
    [VALUE_OF, valueOf],
    [WITH_NAMES, withNames(state)],
    [CALLED_HERE, calledHere(state)],
  ])
}

/** Puts blanks before all lines of a text but the first, which stands behind them already. */
function standingAlone(state: RenderState): Helper {
  return function standingAlone(this: unknown, width, value, call): unknown {
    return atCall(state, call as HelperCall, () => {
      const shown = valueOf.call(this, value)
      const text = [shown].join('')
      if (!text.includes('\n')) return shown
      const pad = ' '.repeat(Number(width))
      const body = text.endsWith('\n') ? text.slice(0, -1) : text
      return state.budget.measure(body.replaceAll(/\n(?=[^\r\n])/g, `\n${pad}`))
    })
  }
}

/** A method of a fact may stand where a value is wanted. */
function valueOf(this: unknown, value: unknown): unknown {
  return typeof value === 'function' ? (value as (this: unknown) => unknown).call(this) : value
}

/** Notes where a partial is called. */
function calledHere(state: RenderState): Helper {
  return function calledHere(context, call): unknown {
    state.place = (call as HelperCall).loc?.start
    return context
  }
}

/** Lays names over the context of a partial; maps alone have names. */
function withNames(state: RenderState): Helper {
  return function withNames(context, call): unknown {
    const { hash } = call as HelperCall
    return atCall(state, call as HelperCall, () => {
      if (!state.views.hasNames(context)) {
        throw new GoError(
          `a partial is given names (${Object.keys(hash as object).join(', ')}) but its context is no map: name one, as in {{> partial @root …}}`,
        )
      }
      return { ...(context as object | null), ...(hash as object) }
    })
  }
}
