import { PkgError } from '../base/errors.ts'
import { renderName } from '../render/name-template.ts'
import { generateName } from './names.ts'

export interface NameChoice {
  /** What follows the command: CHART, or NAME and CHART. */
  words: readonly string[]
  generate: boolean
  /** An empty one is none. */
  template: string | undefined
  /** Taken when neither words nor a template name the release, before one is generated. */
  fallback?: string
}

/**
 * Tells the release's name from the chart's reference among the words of install and
 * template.
 *
 * Source: Helm 4.1.4 pkg/action/install.go, NameAndChart.
 *
 * @throws PkgError USAGE with Helm's text
 */
export function chooseName(choice: NameChoice, now: Date): { name: string; chart: string } {
  const { words, generate, template, fallback } = choice
  const [first = '', second] = words
  if (second !== undefined) {
    if (generate) throw usage('cannot set --generate-name and also specify a name')
    if (template) throw usage('cannot set --name-template and also specify a name')
    return { name: first, chart: second }
  }
  if (template) return { name: renderName(template), chart: first }
  if (fallback !== undefined) return { name: fallback, chart: first }
  if (generate) return { name: generateName(first, now), chart: first }
  throw usage('must either provide a name or specify --generate-name')
}

function usage(message: string): PkgError {
  return new PkgError('USAGE', message, {
    hint: 'Write NAME CHART, or CHART with --generate-name.',
  })
}
