import { PkgError, type SourceSpan } from '../base/errors.ts'
import type { FunctionTable, GoFunction } from '../golang/function.ts'
import { quote } from '../golang/strconv.ts'
import { GoError, type Value } from '../golang/value.ts'
import { BUILTINS } from '../gotmpl/builtins.ts'
import { TemplateError } from '../gotmpl/template-error.ts'
import { adviseOnFailure } from '../hbs/advice.ts'
import { BudgetError, MORE_FUEL } from '../hbs/budget.ts'
import { HandlebarsEnvironment, type PartialFile } from '../hbs/environment.ts'
import { HandlebarsFault } from '../hbs/fault.ts'
import type { TemplateFile } from './collect-templates.ts'
import { adviceFor, REFUSED_BY_CHART, type KnownNames } from './template-advice.ts'
import { executionFailure, warningOf } from './template-failure.ts'

/** Renders the Handlebars files of a chart, and their partials for Go templates. */
export class HandlebarsRenderer {
  private readonly environment: HandlebarsEnvironment
  private readonly sources: ReadonlyMap<string, string>
  /** By `chart/name`, and by their name alone, where the last of a name counts. */
  private readonly partials = new Map<string, PartialFile>()
  /** Names of charts by their files. */
  private readonly charts: ReadonlyMap<string, string>
  private readonly known: KnownNames

  constructor(files: readonly TemplateFile[], functions: FunctionTable, steps: number | undefined) {
    const own = files.filter((file) => file.isHandlebars)
    this.sources = new Map(files.map((file) => [file.path, file.text]))
    this.charts = new Map(own.map(({ path, scope }) => [path, scope.chart.metadata.name]))
    const partials = own.filter((file) => file.isPartial).map(partialOf)
    for (const partial of partials) this.partials.set(partial.name, partial)
    for (const partial of partials) this.partials.set(`${partial.chart}/${partial.name}`, partial)
    const helpers = withBuiltins(functions)
    this.environment = new HandlebarsEnvironment(helpers, partials, steps)
    this.known = {
      functions: () => [...helpers.keys()],
      templates: () => partials.map(({ name }) => name),
    }
  }

  /** @throws PkgError TEMPLATE_SYNTAX, TEMPLATE_FAILED, RENDER_BUDGET with the place */
  render(file: TemplateFile): string {
    const { path, text: source, scope } = file
    const chart = scope.chart.metadata.name
    return this.explained(path, () => this.environment.render({ chart, path, source }, scope.data))
  }

  /**
   * Renders a partial by `name`, or `chart/name`, with a value as its context. Of charts that both
   * have one of a name, the one that calls gets its own.
   */
  include(name: string, data: Value): string | undefined {
    const chart = this.charts.get(this.environment.runningFile)
    const partial =
      (chart === undefined ? undefined : this.partials.get(`${chart}/${name}`)) ??
      this.partials.get(name)
    if (partial === undefined) return undefined
    const print = (): string => this.environment.renderPartial(partial.chart, partial.name, data)
    // Within a Handlebars template its own calls are told too, when it is explained.
    return chart === undefined ? this.explained(partial.file, print) : print()
  }

  private explained<T>(path: string, work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof HandlebarsFault) throw this.explainFault(error)
      if (error instanceof BudgetError) {
        throw new PkgError('RENDER_BUDGET', `${path}: ${error.message}`, {
          hint: MORE_FUEL,
          span: { file: path },
          cause: error,
        })
      }
      if (error instanceof TemplateError)
        throw executionFailure(error, { ...this.known, textOf: (file) => this.sources.get(file) })
      throw error
    }
  }

  private explainFault(fault: HandlebarsFault): PkgError {
    const { file, place, code, callers } = fault
    const where = place === undefined ? file : `${file}:${place.line}:${place.column}`
    const what = code === 'TEMPLATE_SYNTAX' ? 'parse error' : 'execution error'
    const refusal = warningOf(fault.message)
    const message = refusal ?? fault.message
    const calls = new Set(callers.map((caller) => `\n  called at ${shown(caller)}`))
    const trace = [...calls].slice(0, MOST_CALLERS)
    return new PkgError(code, `${what} at (${where}): ${message}${trace.join('')}`, {
      span: this.spanOf(fault),
      hint:
        fault.hint ??
        (refusal === undefined
          ? (adviseOnFailure(message) ?? adviceFor(message, this.known))
          : REFUSED_BY_CHART),
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

/** So many calls of partials are told of, the innermost first. */
const MOST_CALLERS = 5

/** A place as editors open it, with columns from 1. */
function shown({ file, place }: HandlebarsFault['callers'][number]): string {
  return `${file}:${place.line}:${place.column + 1}`
}

/** `templates/_labels.hbs` and `templates/_labels.yaml.hbs` are both called `labels`. */
export function partialName(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 2)
  return base.slice(0, base.indexOf('.'))
}

function partialOf({ path, text, scope }: TemplateFile): PartialFile {
  const name = partialName(path)
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
  const include = functions.get('include')
  if (include !== undefined) all.set('include', { ...include, call: placedInclude(include) })
  return all
}

/** A name that neither engine knows is a mistake of the caller, whose place the error gets. */
function placedInclude({ call }: GoFunction): GoFunction['call'] {
  return (name: string, data: Value) => {
    try {
      return (call as (name: string, data: Value) => Value)(name, data)
    } catch (error) {
      if (!(error instanceof TemplateError) || error.line !== undefined) throw error
      throw new GoError(`there is no template or partial ${quote(name)}`)
    }
  }
}
