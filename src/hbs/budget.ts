import { LIMITS } from '../base/limits.ts'

/** More work than one render may do. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError'
}

/** What a person can do when a render used more than its budget. */
export const MORE_FUEL =
  'Look for a loop that does not end, or raise the budget with --render-fuel.'

/** What one step of each kind costs; chosen so that a runaway template ends within seconds. */
export const COSTS = { helper: 8, turn: 10, partial: 100 } as const

/** Counts the steps, the nesting and the output of one render. */
export class Budget {
  private steps = 0
  private depth = 0
  private readonly limit: number

  /** @param limit steps that one render may take */
  constructor(limit: number = LIMITS.renderSteps) {
    this.limit = limit
  }

  spend(cost: number): void {
    this.steps += cost
    if (this.steps > this.limit) {
      throw new BudgetError(`the render used more than its budget of ${this.limit} steps`)
    }
  }

  /** Whether no partial may be called from here. */
  get isDeepest(): boolean {
    return this.depth >= LIMITS.partialDepth
  }

  /** Runs a partial one level deeper. */
  nest<T>(run: () => T): T {
    this.depth++
    try {
      return run()
    } finally {
      this.depth--
    }
  }

  /** Refuses text longer than any output may be; gives it back otherwise. */
  measure(text: string): string {
    if (text.length > LIMITS.outputBytes) {
      throw new BudgetError(`the output is larger than ${LIMITS.outputBytes} bytes`)
    }
    return text
  }
}
