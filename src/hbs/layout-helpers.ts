import { atCall, type Helper, type HelperCall } from './helpers.ts'
import { STANDING_ALONE, VALUE_OF } from './rewrite.ts'
import type { RenderState } from './state.ts'

/** The helpers that rewritten tags call. */
export function layoutHelpers(state: RenderState): Map<string, Helper> {
  return new Map<string, Helper>([
    [STANDING_ALONE, standingAlone(state)],
    [VALUE_OF, valueOf],
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
