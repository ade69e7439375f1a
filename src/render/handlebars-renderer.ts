import { PkgError, type SourceSpan } from '../base/errors.ts'
import type { FunctionTable, GoFunction } from '../golang/function.ts'
import type { Value } from '../golang/value.ts'
import { BUILTINS } from '../gotmpl/builtins.ts'
import { TemplateError } from '../gotmpl/template-error.ts'
import { BudgetError } from '../hbs/budget.ts'
import { HandlebarsEnvironment, type PartialFile } from '../hbs/environment.ts'
import { HandlebarsFault } from '../hbs/fault.ts'
import type { TemplateFile } from './collect-templates.ts'
import { executionFailure, warningOf } from './template-failure.ts'

/** Renders the Handlebars files of a chart, and their partials for Go templates. */
export class HandlebarsRenderer {
  private readonly environment: HandlebarsEnvironment
  private readonly sources: ReadonlyMap<string, string>
  private readonly partials: readonly PartialFile[]

  constructor(files: readonly TemplateFile[], functions: FunctionTable, steps: number | undefined) {
    const own = files.filter((file) => file.isHandlebars)
    this.sources = new Map(files.map((file) => [file.path, file.text]))
    this.partials = own.filter((file) => file.isPartial).map(partialOf)
    this.environment = new HandlebarsEnvironment(withBuiltins(functions), this.partials, steps)
  }

  /** @throws PkgError TEMPLATE_SYNTAX, TEMPLATE_FAILED, RENDER_BUDGET with the place */
  render(file: TemplateFile): string {
    const { path, text: source, scope } = file
    const chart = scope.chart.metadata.name
    return this.explained(path, () => this.environment.render({ chart, path, source }, scope.data))
  }

  /** Renders a partial by `name`, or `chart/name`, with a value as its context. */
  include(name: string, data: Value): string | undefined {
    const partial =
      this.partials.find((each) => `${each.chart}/${each.name}` === name) ??
      this.partials.findLast((each) => each.name === name)
    if (partial === undefined) return undefined
    return this.explained(partial.file, () =>
      this.environment.renderPartial(partial.chart, partial.name, data),
    )
  }

  private explained<T>(path: string, work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof HandlebarsFault) throw this.explainFault(error)
      if (error instanceof BudgetError) {
        throw new PkgError('RENDER_BUDGET', `${path}: ${error.message}`, {
          hint: 'Look for a loop that does not end, or raise the budget with --render-fuel.',
          span: { file: path },
          cause: error,
        })
      }
      if (error instanceof TemplateError)
        throw executionFailure(error, (file) => this.sources.has(file))
      throw error
    }
  }

  private explainFault(fault: HandlebarsFault): PkgError {
    const { file, place, code } = fault
    const where = place === undefined ? file : `${file}:${place.line}:${place.column}`
    const what = code === 'TEMPLATE_SYNTAX' ? 'parse error' : 'execution error'
    const message = warningOf(fault.message) ?? fault.message
    return new PkgError(code, `${what} at (${where}): ${message}`, {
      span: this.spanOf(fault),
      cause: fault,
    })
  }

  private spanOf({ file, place }: HandlebarsFault): SourceSpan {
    if (place === undefined) return { file }
    const source = this.sources.get(file)?.split('\n')[place.line - 1]
    const span = { file, line: place.line, column: place.column + 1 }
    return source === undefined ? span : { ...span, source }
  }
}

/** `templates/_labels.hbs` and `templates/_labels.yaml.hbs` are both called `labels`. */
function partialOf({ path, text, scope }: TemplateFile): PartialFile {
  const base = path.slice(path.lastIndexOf('/') + 2)
  const name = base.slice(0, base.indexOf('.'))
  return { name, chart: scope.chart.metadata.name, file: path, source: text }
}

/** Go's comparisons, `printf`, `index` and the like, which its templates have built in. */
function withBuiltins(functions: FunctionTable): FunctionTable {
  const all = new Map<string, GoFunction>()
  for (const [name, { params, variadic, call }] of BUILTINS) {
    const own = params.map((param) => (param === 'reflect.Value' ? 'any' : param))
    all.set(name, { params: own, variadic, call })
  }
  for (const [name, target] of functions) all.set(name, target)
  return all
}
