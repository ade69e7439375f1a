import type HandlebarsModule from 'handlebars'
import { requirePackage } from '../base/lazy.ts'
import { LIMITS } from '../base/limits.ts'
import type { FunctionTable } from '../golang/function.ts'
import { quote } from '../golang/strconv.ts'
import type { GoMap, Value } from '../golang/value.ts'
import { blockHelpers } from './block-helpers.ts'
import { Budget, BudgetError, COSTS } from './budget.ts'
import { HandlebarsFault, type Place } from './fault.ts'
import { functionHelpers, placed, type Helper } from './helpers.ts'
import { inspectSource } from './inspect-source.ts'
import { layoutHelpers } from './layout-helpers.ts'
import { rewrite } from './rewrite.ts'
import type { RenderState } from './state.ts'
import { Views } from './view.ts'

/** A file that templates print with `{{> name}}`. */
export interface PartialFile {
  /** As it is called within its chart: the file's name without `_` and endings. */
  name: string
  /** Chart it belongs to; from elsewhere it is called `chart/name`. */
  chart: string
  file: string
  source: string
}

type Compiled = (context: unknown, options?: object) => string
type PartialTable = Record<string, Compiled>

/**
 * Handlebars, locked down for templates of anybody: no prototype is reached, nothing is
 * escaped, helpers that do not exist are errors, no helper of Handlebars itself remains, and
 * every turn of a loop, every call and every partial counts against one budget.
 */
export class HandlebarsEnvironment {
  private readonly handlebars: typeof HandlebarsModule
  private readonly helpers = new Map<string, Helper>()
  private readonly partials = new Map<string, PartialTable>()
  private readonly files: readonly PartialFile[]
  private readonly knownHelpers: Record<string, boolean>
  private readonly state: RenderState

  constructor(functions: FunctionTable, partials: readonly PartialFile[], steps?: number) {
    const library = requirePackage('handlebars/dist/handlebars.js') as typeof HandlebarsModule
    this.handlebars = library.create()
    writeText(this.handlebars)
    this.state = {
      views: new Views(),
      budget: new Budget(steps),
      file: '',
      source: '',
      place: undefined,
    }
    this.files = partials
    for (const [name, helper] of functionHelpers(functions, this.state)) {
      this.helpers.set(name, helper)
    }
    for (const [name, helper] of blockHelpers(this.state, this.helpers.get('lookup'))) {
      this.helpers.set(name, helper)
    }
    for (const [name, helper] of layoutHelpers(this.state)) this.helpers.set(name, helper)
    this.knownHelpers = Object.fromEntries([...this.helpers.keys()].map((name) => [name, true]))
    this.replaceHelpers()
    for (const partial of partials) this.addPartial(partial)
  }

  /**
   * Renders one file.
   *
   * @param data what Go templates see as `$`
   * @throws HandlebarsFault with the place in the file, BudgetError
   */
  render(file: { chart: string; path: string; source: string }, data: GoMap): string {
    const template = this.compile(file.chart, file.path, file.source)
    const context = this.state.views.showFacts(data)
    return this.running(file.path, file.source, () =>
      this.state.budget.measure(template(context, { partials: this.tableOf(file.chart) })),
    )
  }

  /** The file that is being rendered; empty when none is. */
  get runningFile(): string {
    return this.state.file
  }

  /** Renders a partial for a caller outside Handlebars, with any value as its context. */
  renderPartial(chart: string, name: string, data: Value): string {
    const partial = this.tableOf(chart)[name]
    if (partial === undefined) throw new Error(`no partial "${name}"`)
    const shown =
      data instanceof Map ? this.state.views.showFacts(data) : this.state.views.show(data)
    return partial(shown, { partials: this.tableOf(chart) })
  }

  private replaceHelpers(): void {
    for (const name of Object.keys(this.handlebars.helpers)) this.handlebars.unregisterHelper(name)
    for (const [name, helper] of this.helpers) this.handlebars.registerHelper(name, helper)
    for (const name of Object.keys(this.handlebars.decorators)) {
      this.handlebars.unregisterDecorator(name)
    }
  }

  private addPartial(partial: PartialFile): void {
    const { budget } = this.state
    let compiled: Compiled | undefined
    const call: Compiled = (context, options) => {
      const { file, place } = this.state
      const caller = file === '' || place === undefined ? undefined : { file, place }
      if (budget.isDeepest) throw tooDeep(partial, caller)
      try {
        budget.spend(COSTS.partial)
        compiled ??= this.compile(partial.chart, partial.file, partial.source)
        const template = compiled
        const partials = { ...this.tableOf(partial.chart) }
        const run = (): string => budget.measure(template(context, { ...options, partials }))
        return budget.nest(() => this.running(partial.file, partial.source, run))
      } catch (error) {
        if (caller === undefined) throw error
        if (error instanceof BudgetError) throw placed(error, caller)
        if (error instanceof HandlebarsFault) error.callers.push(caller)
        throw error
      }
    }
    this.tableOf(partial.chart)[partial.name] = call
    const qualified = `${partial.chart}/${partial.name}`
    for (const chart of new Set(this.files.map((file) => file.chart))) {
      this.tableOf(chart)[qualified] = call
    }
    this.tableOf('')[qualified] = call
  }

  /** The partials that a chart's templates can name: its own, and all under their chart. */
  private tableOf(chart: string): PartialTable {
    const known = this.partials.get(chart)
    if (known !== undefined) return known
    const table = Object.create(null) as PartialTable
    if (chart !== '') Object.assign(table, this.tableOf(''))
    this.partials.set(chart, table)
    return table
  }

  private compile(chart: string, file: string, source: string): Compiled {
    const { handlebars, knownHelpers } = this
    const isHelper = (name: string): boolean => this.helpers.has(name)
    const ast = inspectSource(file, source, {
      parse: (text) => handlebars.parseWithoutProcessing(text),
      names: { partials: Object.keys(this.tableOf(chart)), isHelper },
    })
    rewrite(ast, source, isHelper)
    return handlebars.compile(ast, { noEscape: true, knownHelpers }) as Compiled
  }

  private running<T>(file: string, source: string, work: () => T): T {
    const { file: calling, source: text, place } = this.state
    const before = { file: calling, source: text, place }
    Object.assign(this.state, { file, source })
    try {
      return work()
    } catch (error) {
      throw missingPartial(error, this.state) ?? error
    } finally {
      Object.assign(this.state, before)
    }
  }
}

/** A partial whose name is computed is looked for when it is called. */
function missingPartial(error: unknown, { file, place }: RenderState): HandlebarsFault | undefined {
  if (!(error instanceof Error)) return undefined
  const name = /^The partial (.*) could not be found$/s.exec(error.message)?.[1]
  if (name === undefined) return undefined
  if (name === 'undefined') {
    const hint = 'Look at what gives the name: it has no value.'
    return new HandlebarsFault('the name of the partial is not set', { file, place, hint })
  }
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name
  const hint = /[\n"]/.test(shown) || shown !== name ? NO_NAME : undefined
  return new HandlebarsFault(`there is no partial ${quote(shown)}`, { file, place, hint })
}

const NO_NAME =
  'Look at what gives the name: "a" calls the file "templates/_a.hbs", and no text is printed as it is.'

function tooDeep(
  { name, file }: PartialFile,
  caller: { file: string; place: Place } | undefined,
): HandlebarsFault {
  return new HandlebarsFault(`partials are nested more than ${LIMITS.partialDepth} deep`, {
    code: 'RENDER_BUDGET',
    ...(caller ?? { file }),
    hint: `Look for a partial that calls itself without an end: "${name}" does.`,
  })
}

/** The parts of Handlebars' code generator that `writeText` changes and uses. */
interface CodeGenerator {
  /** What generates the code of blocks. */
  compiler: unknown
  append(): void
  appendToBuffer(source: readonly unknown[]): unknown
  popStack(): unknown
  pushSource(source: unknown): void
}

/**
 * Lets every tag write text. Without escaping Handlebars joins what tags give with `+`, and
 * `{{a}}{{b}}` of two numbers would write their sum.
 */
function writeText(handlebars: typeof HandlebarsModule): void {
  const environment = handlebars as unknown as { JavaScriptCompiler: new () => CodeGenerator }
  class TextCompiler extends environment.JavaScriptCompiler {
    override compiler = TextCompiler
    override append(): void {
      this.pushSource(this.appendToBuffer(['[', this.popStack(), '].join("")']))
    }
  }
  environment.JavaScriptCompiler = TextCompiler
}
