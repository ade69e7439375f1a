import type { SourceSpan } from '../base/errors.ts'

/** How bad a finding is: good to know, against a convention, or no use at all. */
export type Severity = 'info' | 'warning' | 'error'

/** One thing that a lint has to say of a chart. */
export interface Finding {
  severity: Severity
  /** What it is about, in Helm's words: a file of the chart, a folder, or the chart's path. */
  path: string
  message: string
  /** Id of a rule that Helm does not have. */
  rule?: string
  /** Where in the chart's files, as far as it is known. */
  span?: SourceSpan
}

/** Gathers findings, rule by rule. */
export class Findings {
  readonly all: Finding[] = []

  /**
   * Notes what a rule found.
   *
   * @param message what is wrong; undefined when nothing is
   * @returns whether nothing is wrong
   */
  check(rule: Omit<Finding, 'message'>, message: string | undefined): boolean {
    if (message === undefined) return true
    this.all.push({ ...rule, message })
    return false
  }
}
