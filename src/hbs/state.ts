import type { Budget } from './budget.ts'
import type { Views } from './view.ts'

/** What the helpers of one environment share while a template runs. */
export interface RenderState {
  views: Views
  budget: Budget
  /** File that is running, for errors, and its text. */
  file: string
  source: string
}
