import { TemplateSet } from '../../../src/gotmpl/template-set.ts'
import type { Value } from '../../../src/golang/value.ts'
import { type SprigOptions, sprigFunctions } from '../../../src/sprig/index.ts'

/** Runs a template with Sprig's functions and `data` as the dot. */
export function render(template: string, data: Value = null, options: SprigOptions = {}): string {
  const set = new TemplateSet(sprigFunctions(options), { name: 'test', missingKey: 'zero' })
  return set.execute(set.parse('test', template), data)
}
