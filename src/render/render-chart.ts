import type { FileStore } from '../base/kept-file.ts'
import { announceLongRun } from '../base/long-run.ts'
import type { Chart } from '../chart/chart.ts'
import type { FunctionTable, GoFunction } from '../golang/function.ts'
import { byText } from '../golang/order.ts'
import type { GoMap } from '../golang/value.ts'
import { BUILTINS } from '../gotmpl/builtins.ts'
import { TemplateError } from '../gotmpl/template-error.ts'
import { TemplateSet } from '../gotmpl/template-set.ts'
import type { Capabilities } from './capabilities.ts'
import { collectTemplates, sizeOf, type TemplateFile } from './collect-templates.ts'
import { buildScope, templateValue, type ReleaseFacts } from './context.ts'
import { helmFunctions } from './functions.ts'
import { HandlebarsRenderer } from './handlebars-renderer.ts'
import { CrdDecoder } from './kept-crds.ts'
import { lookupNothing, type Lookup } from './lookup.ts'
import type { RenderedFile } from './rendered-file.ts'
import { findTemplates, keepTemplates } from './template-cache.ts'
import { executionFailure, parseFailure, type Surroundings } from './template-failure.ts'
import {
  SET_NAME,
  templateFunctions,
  withoutNoValue,
  type CallState,
} from './template-functions.ts'

/** What a render needs beside chart and values. */
export interface RenderContext {
  release: ReleaseFacts
  capabilities: Capabilities
  /** Answers `lookup`; by default with nothing. */
  lookup?: Lookup
  /** For a lint: called for what `required` and `fail` complain of, which then do not fail. */
  onLintWarning?: (message: string) => void
  /** Steps that all templates together may take. */
  steps?: number
  /** Lets `getHostByName` ask for addresses. */
  enableDns?: boolean
  /** Keeps what is read of templates for later runs. */
  fileStore?: FileStore | undefined
}

/**
 * Renders every template of a chart and its subcharts: `*.hbs` with Handlebars, all others
 * with Go's text/template.
 *
 * @param values as laid over the chart's own; templates may change what they hold
 * @returns the files that are no partials, in the order of their paths, notes among them
 * @throws PkgError TEMPLATE_SYNTAX, TEMPLATE_FAILED, RENDER_BUDGET
 */
export function renderChart(chart: Chart, values: GoMap, context: RenderContext): RenderedFile[] {
  const files = collectTemplates(buildScope(chart, values, context))
  const { fileStore } = context
  const { name, version } = chart.metadata
  const crds = fileStore && new CrdDecoder(fileStore, `${name}-${version}-crd-values`)
  const render = new ChartRenderer(files, context, crds)
  const rendered: RenderedFile[] = []
  let length = 0
  for (const file of files) {
    if (file.isPartial) continue
    const content = render.file(file)
    rendered.push({ path: file.path, content })
    if (length <= MUCH && (length += content.length) > MUCH) announceLongRun()
  }
  crds?.save()
  return rendered.sort(byText(rendered, ({ path }) => path))
}

/** In characters. Most of so much text, and of the objects in it, stays to the end. */
const MUCH = 65_536

/** Both engines over the templates of one chart, which they parse once. */
class ChartRenderer {
  private readonly set: TemplateSet
  private readonly handlebars: HandlebarsRenderer | undefined
  private readonly around: Surroundings

  constructor(
    files: readonly TemplateFile[],
    context: RenderContext,
    crds: CrdDecoder | undefined,
  ) {
    const texts = new Map(files.map(({ path, text }) => [path, text]))
    const { steps } = context
    const functions = helmFunctions({
      lookup: context.lookup ?? lookupNothing,
      onLintWarning: context.onLintWarning,
      enableDns: context.enableDns === true,
      crds,
    })
    this.set = new TemplateSet(functions, {
      name: SET_NAME,
      missingKey: 'zero',
      ...(steps === undefined ? {} : { steps }),
    })
    const state: CallState = {
      included: new Map(),
      tplDepth: 0,
      isFile: (path) => texts.has(path),
      includePartial: (name, data) => this.handlebars?.include(name, data),
    }
    const calls = templateFunctions(this.set, state)
    this.set.withFunctions(calls)
    this.around = {
      textOf: (path) => texts.get(path),
      functions: () => [...BUILTINS.keys(), ...functions.keys(), ...calls.keys()],
      templates: () => this.set.names(),
    }
    const goFiles = files.filter((file) => !file.isHandlebars)
    this.parseAll(goFiles, context.fileStore)
    if (goFiles.length < files.length) {
      this.handlebars = new HandlebarsRenderer(files, merged(functions, calls), steps)
    }
  }

  file(file: TemplateFile): string {
    file.scope.data.set('Template', templateValue(file.path, file.basePath))
    try {
      if (file.isHandlebars) return this.handlebars?.render(file) ?? ''
      return withoutNoValue(this.set.execute(file.path, file.scope.data))
    } catch (error) {
      throw this.explain(error)
    }
  }

  private parseAll(files: readonly TemplateFile[], store: FileStore | undefined): void {
    const keeper = store !== undefined && sizeOf(files) >= store.least ? store : undefined
    const kept = keeper && findTemplates(keeper, files)
    if (kept !== undefined) {
      this.set.restore(
        files.map(({ path, text }) => ({ name: path, text })),
        kept,
      )
      return
    }
    for (const file of files) this.parse(file)
    if (keeper !== undefined) keepTemplates(keeper, files, this.set.keep())
  }

  private parse(file: TemplateFile): void {
    try {
      this.set.parse(file.path, file.text)
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      throw parseFailure(file.path, error, this.around)
    }
  }

  private explain(error: unknown): unknown {
    if (!(error instanceof TemplateError)) return error
    return executionFailure(error, this.around)
  }
}

function merged(functions: FunctionTable, calls: FunctionTable): FunctionTable {
  return new Map<string, GoFunction>([...functions, ...calls])
}
