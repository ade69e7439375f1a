import { PkgError } from '../base/errors.ts'
import { GoError } from '../golang/value.ts'
import { TemplateError } from '../gotmpl/template-error.ts'
import { TemplateSet } from '../gotmpl/template-set.ts'
import { sprigFunctions } from '../sprig/index.ts'

/**
 * Makes a release name from a template that sees no data: `--name-template`.
 *
 * @throws PkgError TEMPLATE_SYNTAX, TEMPLATE_FAILED with Go's text
 *
 * Source: Helm 4.1.4 pkg/action/install.go, TemplateName.
 */
export function renderName(template: string): string {
  const set = new TemplateSet(sprigFunctions(), { name: NAME })
  try {
    return set.execute(set.parse(NAME, template), null)
  } catch (error) {
    if (!(error instanceof TemplateError) && !(error instanceof GoError)) throw error
    const isSyntax = error instanceof TemplateError && error.kind === 'syntax'
    throw new PkgError(isSyntax ? 'TEMPLATE_SYNTAX' : 'TEMPLATE_FAILED', error.message, {
      hint: 'Correct the template given with --name-template.',
      cause: error,
    })
  }
}

const NAME = 'name-template'
