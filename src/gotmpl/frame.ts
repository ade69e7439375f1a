import { PkgError } from '../base/errors.ts'
import { announceLongRun } from '../base/long-run.ts'
import type { FunctionTable, GoFunction } from '../golang/function.ts'
import type { Value } from '../golang/value.ts'
import type { NamedNode } from './nodes.ts'
import type { Source } from './source.ts'
import { executionError, type TemplateError } from './template-error.ts'

/**
 * A value on its way through a pipeline, as Go's reflect package sees it.
 *
 * `undefined` is no value at all, what a pipeline makes of nil; `null` is the nil inside an
 * interface, such as an entry of a map. They print alike, but fail in different words.
 */
export type Cell = Value | undefined

/** A compiled expression. Where it ends a pipeline, `null` means the same as `undefined`. */
export type Evaluate = (frame: Frame) => Cell

/** A compiled command of a pipeline; `last` is the value of the stage before, if there is one. */
export type Stage = (frame: Frame, last?: Cell) => Cell

/** A compiled list of statements; says how the list it stands in goes on. */
export type Block = (frame: Frame) => Completion

/**
 * A compiled statement. It may give back a block to be run in its stead, so that nested
 * blocks take less of the stack: templates may include each other 1,000 levels deep.
 */
export type Step = (frame: Frame) => Completion | Block

export type Completion = typeof GO_ON | typeof BREAK | typeof CONTINUE
export const GO_ON = 0
export const BREAK = 1
export const CONTINUE = 2

export interface RunTemplate {
  readonly name: string
  readonly source: Source
  readonly body: Block
}

/** What the templates of one set can reach. */
export interface Surroundings {
  readonly functions: Functions
  find(name: string): RunTemplate | undefined
}

/** What may be spent by all templates of a set and of its clones together. */
export interface Budget {
  steps: number
  readonly allSteps: number
  /** Bound on each text that is written; counts characters, which are never more than bytes. */
  readonly outputBytes: number
  readonly missingKey: 'zero' | 'error' | 'default'
}

/** The functions of a set: a table that its clones share, and what a clone has in place of it. */
export class Functions {
  readonly shared: FunctionTable
  readonly own: FunctionTable

  constructor(shared: FunctionTable, own: FunctionTable) {
    this.shared = shared
    this.own = own
  }

  get(name: string): GoFunction | undefined {
    return this.own.get(name) ?? this.shared.get(name)
  }
}

/** One execution of one template. */
export class Frame {
  dot: Cell
  /** Whether an interface holds the dot, which errors tell by `interface {}`. */
  isDotBoxed = false
  /** What is being evaluated; errors name it. */
  node: NamedNode = START
  /** How far behind the node's own offset it stands here; see nodes.ts. */
  shift = 0
  /** What was written last; `outputOf` gives all. */
  out = ''
  /** What was written before that. */
  settled = ''
  /** Characters that `out` may take before it is settled. */
  room: number
  /** By slot; slot 0 is `$`. */
  readonly variables: Cell[]
  /** By slot: variables of a range whose elements interfaces hold. */
  boxedVariables: boolean[] | undefined = undefined
  readonly template: RunTemplate
  readonly set: Surroundings
  readonly budget: Budget

  constructor(template: RunTemplate, set: Surroundings, budget: Budget, data: Cell) {
    this.template = template
    this.set = set
    this.budget = budget
    this.dot = data
    this.room = Math.min(PIECE, budget.outputBytes)
    this.variables = [data]
  }
}

const START: NamedNode = { kind: 'dot', at: 0 }

/** A failure at the node that is being evaluated. */
export function failure(frame: Frame, message: string, cause?: unknown): TemplateError {
  const { template, node } = frame
  const at = node.at + frame.shift
  const where = { source: template.source, templateName: template.name, node, at }
  return executionError(where, message, cause)
}

/** Characters that are appended one after the other before they are put away: each time is an object. */
const PIECE = 8192
/** Characters. Most of so much text stays to the end; until then the room for young objects is small. */
const MUCH = 65_536

/** Appends to the frame's output. */
export function write(frame: Frame, text: string): void {
  if ((frame.out += text).length > frame.room) settle(frame)
}

/** All that was written. */
export function outputOf({ settled, out }: Frame): string {
  return settled === '' ? out : settled + out
}

/** Puts away what was written last. */
function settle(frame: Frame): void {
  const { out, budget, settled } = frame
  frame.settled += flat(out)
  if (settled.length <= MUCH && frame.settled.length > MUCH) announceLongRun()
  frame.out = ''
  const left = budget.outputBytes - frame.settled.length
  if (left < 0) throw tooMuchOutput(frame)
  frame.room = Math.min(PIECE, left)
}

/**
 * The same text in one place. What is appended stays a text of its own, beside an object for each
 * time, until V8 is asked for a character of the whole.
 */
function flat(text: string): string {
  return Number.isNaN(text.charCodeAt(0)) ? '' : text
}

/** Counts what is about to be done. */
export function spend(frame: Frame, steps: number): void {
  if ((frame.budget.steps -= steps) < 0) throw overBudget(frame)
}

function overBudget(frame: Frame): PkgError {
  const most = frame.budget.allSteps.toLocaleString('en-US')
  return new PkgError('RENDER_BUDGET', `${place(frame)} takes more than ${most} steps`, {
    hint: 'Look for a loop that does not end, or raise the budget with --render-fuel.',
    span: frame.template.source.span(frame.node.at + frame.shift),
  })
}

function tooMuchOutput(frame: Frame): PkgError {
  const most = frame.budget.outputBytes.toLocaleString('en-US')
  return new PkgError('RENDER_BUDGET', `${place(frame)} writes more than ${most} bytes`, {
    hint: 'Look for a loop that writes too much, or raise the budget with --render-fuel.',
    span: frame.template.source.span(frame.node.at + frame.shift),
  })
}

/** Gives what went wrong in printing a value the place of the action. */
export function unprintable(frame: Frame, error: unknown): unknown {
  const span = frame.template.source.span(frame.node.at + frame.shift)
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return new PkgError('RENDER_BUDGET', `${place(frame)} prints a value that is nested too deep`, {
      hint: 'Look for a map or a list that holds itself.',
      span,
      cause: error,
    })
  }
  if (!(error instanceof PkgError) || error.span !== undefined) return error
  const { code, message, hint } = error
  return new PkgError(code, `${place(frame)}: ${message}`, { hint, span, cause: error })
}

function place({ template, node, shift }: Frame): string {
  return `template "${template.source.name}:${template.source.lineAt(node.at + shift)}"`
}
