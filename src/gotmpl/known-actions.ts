import type { PipeNode } from './nodes.ts'

/** An action that was read before, without what stands around it. */
export interface KnownAction {
  readonly kind: 'action' | 'if' | 'with' | 'range' | 'template' | 'end' | 'else'
  /** The pipeline; undefined for `end` and `else`, and where a template is called without one. */
  readonly pipe: PipeNode | undefined
  /** Name of the template that is called; undefined for all other actions. */
  readonly name: string | undefined
  /** Offset of that name where it was first read. */
  readonly nameAt: number
  /** Offset, where it was first read, of what stands behind the left delimiter. */
  readonly inside: number
  /** Variables that have to be known, without `$`. */
  readonly uses: readonly string[]
  /** Variables that are known from here on. */
  readonly declares: readonly string[]
}

/**
 * What a set of templates knows of actions by their text. Charts repeat themselves: of five
 * actions four were written before, which then need not be read and compiled again.
 */
export class KnownActions {
  private readonly actions = new Map<string, KnownAction>()

  /** The action of a text, if it can stand where just these variables are known. */
  find(text: string, variables: readonly string[]): KnownAction | undefined {
    const action = this.actions.get(text)
    if (action === undefined || action.uses.length === 0) return action
    return action.uses.every((name) => variables.includes(name)) ? action : undefined
  }

  add(text: string, action: KnownAction): void {
    if (this.actions.size < MAX_ACTIONS) this.actions.set(text, action)
  }
}

/** Large charts have a few thousand; texts that `tpl` makes in a loop are not to pile up. */
const MAX_ACTIONS = 20_000
