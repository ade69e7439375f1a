import { PkgError } from '../base/errors.ts'
import { GoError, type Value } from '../golang/value.ts'
import { TemplateError } from '../gotmpl/template-error.ts'
import { TemplateSet } from '../gotmpl/template-set.ts'

/**
 * Prints data by a Go template that has Go's own functions alone: `--template`.
 *
 * Source: Helm 4.1.4 pkg/cmd/printer.go, tpl.
 *
 * @throws PkgError TEMPLATE_SYNTAX, TEMPLATE_FAILED with Go's text
 */
export function renderOutput(template: string, data: Value): string {
  const set = new TemplateSet(new Map(), { name: NAME })
  try {
    return set.execute(set.parse(NAME, template), data)
  } catch (error) {
    if (!(error instanceof TemplateError) && !(error instanceof GoError)) throw error
    const isSyntax = error instanceof TemplateError && error.kind === 'syntax'
    throw new PkgError(isSyntax ? 'TEMPLATE_SYNTAX' : 'TEMPLATE_FAILED', error.message, {
      hint: 'Correct the template given with --template.',
      cause: error,
    })
  }
}

const NAME = '_'
