import { PkgError } from '../base/errors.ts'
import { LIMITS } from '../base/limits.ts'
import type { FunctionTable } from '../golang/function.ts'
import { quote } from '../golang/strconv.ts'
import type { Value } from '../golang/value.ts'
import { BUILTINS } from './builtins.ts'
import { compileTemplate } from './compile.ts'
import {
  type Budget,
  Frame,
  Functions,
  outputOf,
  type RunTemplate,
  type Surroundings,
} from './frame.ts'
import { KnownActions } from './known-actions.ts'
import { Source } from './source.ts'
import { restoreLists } from './restore-lists.ts'
import { StatementTable } from './statement-table.ts'
import { TemplateError } from './template-error.ts'
import {
  type KeptFiles,
  readLists,
  type ReadLists,
  type ReadOptions,
  TemplateFiles,
} from './template-files.ts'

export interface EngineOptions {
  /** Name of the set itself, which the error about an unknown template tells. */
  name?: string
  /** What a key gives that a map does not have; by default `<no value>`. */
  missingKey?: 'zero' | 'error' | 'default'
  /** Statements, loop turns and calls that may run in all. */
  steps?: number
  /** Bytes that a template may write. */
  outputBytes?: number
}

/** A template of a set: its own text, or what a `define` or `block` in it defines. */
export interface Template extends RunTemplate {
  readonly isEmpty: boolean
}

/** Templates that can call each other, and the functions that they can call. */
export class TemplateSet implements Surroundings {
  functions: Functions
  private family: Family
  private layer: Layer = { templates: new Map(), below: undefined }

  constructor(functions: FunctionTable, options: EngineOptions = {}) {
    this.functions = new Functions(functions, new Map())
    this.family = foundFamily(options)
  }

  /**
   * Reads a text and adds its templates to the set. A template without text does not replace
   * one that has some.
   *
   * @returns the template of the text itself, whether it was added or not
   * @throws TemplateError with Go's text, and then nothing is added
   */
  parse(name: string, text: string): Template {
    const parsed = this.read(name, text)
    this.add(parsed)
    const main = parsed.get(name)
    if (main === undefined) throw new Error(`no template was read from ${name}`)
    return main
  }

  /** What was read of the files of this set, for `restore`. */
  keep(): KeptFiles {
    return this.family.files.keep()
  }

  /**
   * Adds files as `parse` does, one after the other, by what `keep` gave of the same files to a set
   * with the same functions.
   */
  restore(files: readonly { name: string; text: string }[], kept: KeptFiles): void {
    const { isFunction } = this.readOptions()
    for (const { source, lists } of restoreLists(files, kept, isFunction)) {
      this.add(compileAll(source, lists))
    }
  }

  has(name: string): boolean {
    return this.find(name) !== undefined
  }

  /** The names of all templates, in no special order. */
  names(): string[] {
    const names = new Set<string>()
    for (let at: Layer | undefined = this.layer; at !== undefined; at = at.below) {
      for (const name of at.templates.keys()) names.add(name)
    }
    return [...names]
  }

  find(name: string): Template | undefined {
    for (let at: Layer | undefined = this.layer; at !== undefined; at = at.below) {
      const template = at.templates.get(name)
      if (template !== undefined) return template
    }
    return undefined
  }

  /**
   * Runs a template, by its name or as `parse` gave it, and returns what it writes.
   *
   * @throws TemplateError with Go's text
   * @throws PkgError RENDER_BUDGET when it takes too many steps or writes too much
   */
  execute(template: string | Template, data: Value): string {
    const found = typeof template === 'string' ? this.known(template) : template
    const { family } = this
    const frame = new Frame(found, this, family.budget, data ?? undefined)
    if (family.depth > 0) {
      found.body(frame)
      return outputOf(frame)
    }
    return this.executeOutermost(frame, found)
  }

  /** A set with the same templates and functions, to which more can be added on its own. */
  clone(): TemplateSet {
    const { layer } = this
    if (layer.templates.size > 0) this.layer = { templates: new Map(), below: layer }
    const copy = new TemplateSet(this.functions.shared)
    copy.functions = this.functions
    copy.family = this.family
    copy.layer = { templates: new Map(), below: this.layer.below }
    return copy
  }

  /** Puts functions in the place of the set's own; its clones made before keep theirs. */
  withFunctions(functions: FunctionTable): this {
    this.functions = new Functions(
      this.functions.shared,
      new Map([...this.functions.own, ...functions]),
    )
    return this
  }

  private executeOutermost(frame: Frame, template: Template): string {
    const { family } = this
    family.depth++
    try {
      template.body(frame)
      return outputOf(frame)
    } catch (error) {
      if (isExhausted(error)) throw tooDeep(template, error)
      throw error
    } finally {
      family.depth--
    }
  }

  private add(templates: ReadonlyMap<string, Template>): void {
    for (const template of templates.values()) {
      if (!template.isEmpty || this.find(template.name) === undefined) {
        this.layer.templates.set(template.name, template)
      }
    }
  }

  private read(name: string, text: string): ReadonlyMap<string, Template> {
    const { files, texts } = this.family
    // Only what `tpl` renders comes more than once under one name; the files of a chart do not.
    if (this.layer.below === undefined) {
      const { source, lists } = files.read(name, text, this.readOptions())
      return compileAll(source, lists)
    }
    const key = `${name}\0${text}`
    const known = texts.get(key)
    if (known !== undefined) return known
    const source = new Source(name, text)
    const table = StatementTable.ofText()
    const templates = compileAll(source, readLists(source, table, this.readOptions()))
    if (texts.size >= MAX_TEXTS) texts.clear()
    texts.set(key, templates)
    return templates
  }

  private readOptions(): ReadOptions {
    return {
      isFunction: (word) => BUILTINS.has(word) || this.functions.get(word) !== undefined,
      actions: this.family.actions,
    }
  }

  private known(name: string): Template {
    const template = this.find(name)
    if (template !== undefined) return template
    const set = quote(this.family.name)
    const message = `template: no template ${quote(name)} associated with template ${set}`
    throw new TemplateError(message, { kind: 'exec', span: { file: name } })
  }
}

/** What a set and its clones share. */
interface Family {
  readonly name: string
  readonly budget: Budget
  /** Templates by name and text. */
  readonly texts: Map<string, ReadonlyMap<string, Template>>
  readonly files: TemplateFiles
  /** Actions by their text; no function is ever taken away from the set. */
  readonly actions: KnownActions
  /** Whether a template is being executed. */
  depth: number
}

/** Templates that a set added to those of the sets that it was cloned from. */
interface Layer {
  readonly templates: Map<string, Template>
  readonly below: Layer | undefined
}

const MAX_TEXTS = 500

function foundFamily(options: EngineOptions): Family {
  const steps = options.steps ?? LIMITS.renderSteps
  const budget: Budget = {
    steps,
    allSteps: steps,
    outputBytes: options.outputBytes ?? LIMITS.outputBytes,
    missingKey: options.missingKey ?? 'default',
  }
  return {
    name: options.name ?? 'gotpl',
    budget,
    texts: new Map(),
    files: new TemplateFiles(),
    actions: new KnownActions(),
    depth: 0,
  }
}

function compileAll(source: Source, { table, own, defined }: ReadLists): Map<string, Template> {
  const templates = new Map<string, Template>()
  for (const [name, slot] of [...defined, [source.name, own] as const]) {
    const body = compileTemplate(table.list(slot, source))
    templates.set(name, { name, source, body, isEmpty: table.isEmpty(slot, source) })
  }
  return templates
}

/** Whether JavaScript gave up for want of stack or memory. */
function isExhausted(error: unknown): error is RangeError {
  return (
    error instanceof RangeError &&
    /call stack|string length|array (?:buffer )?(?:length|allocation)/i.test(error.message)
  )
}

function tooDeep(template: Template, error: RangeError): PkgError {
  const { name } = template.source
  const isStack = error.message.includes('call stack')
  const problem = isStack ? 'calls templates too deeply' : 'makes a value that is too large'
  return new PkgError('RENDER_BUDGET', `template "${name}" ${problem}`, {
    hint: isStack
      ? 'Look for a template that includes itself without an end.'
      : 'Look for a loop that makes a text or a list larger and larger.',
    span: { file: name },
    cause: error,
  })
}
