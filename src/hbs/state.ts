import type { Budget } from './budget.ts'
import type { Place } from './fault.ts'
import type { Views } from './view.ts'

/** What the helpers of one environment share while a template runs. */
export interface RenderState {
  views: Views
  budget: Budget
  /** File that is running, for errors, and its text. */
  file: string
  source: string
  /** Where it made its last call of a helper or partial. */
  place: Place | undefined
}
