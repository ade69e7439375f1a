import { PkgError, type SourceSpan } from '../base/errors.ts'
import { trimSpace } from '../golang/space.ts'
import { Source } from '../gotmpl/source.ts'
import { TemplateError } from '../gotmpl/template-error.ts'
import { adviceFor, REFUSED_BY_CHART, unclosedBlock, type KnownNames } from './template-advice.ts'

/** Marks around the message of `required` and `fail`, by which Helm finds it again. */
const WARNING_START = 'HELM_ERR_START'
const WARNING_END = 'HELM_ERR_END'

/** The templates that a failing one lies among. */
export interface Surroundings extends KnownNames {
  /** The text of a template file; undefined for another name. */
  textOf: (path: string) => string | undefined
}

/** Wraps a message that shall reach people without the trace around it. */
export function wrapWarning(message: string): string {
  return WARNING_START + message + WARNING_END
}

/**
 * Turns a syntax error of the template engine into what people read, in Helm's words.
 *
 * Source: Helm 4.1.4 pkg/engine/engine.go, cleanupParseError.
 */
export function parseFailure(file: string, error: TemplateError, around: Surroundings): PkgError {
  const tokens = error.message.split(': ')
  const last = tokens.at(-1) ?? ''
  const text =
    tokens.length === 1
      ? `parse error in (${file}): ${error.message}`
      : `parse error at (${tokens[1] ?? ''}): ${last}`
  const span = last === 'unexpected EOF' ? spanOfUnclosed(file, around) : undefined
  return new PkgError('TEMPLATE_SYNTAX', text, {
    span: span ?? spanOf([error], around),
    hint: adviceFor(last, around) + overLines(file, error, around),
    cause: error,
  })
}

/** An action that was not closed swallows the lines below it, and fails somewhere there. */
function overLines(file: string, error: TemplateError, { textOf }: Surroundings): string {
  const { line = 1 } = error
  const before = (textOf(file) ?? '')
    .split('\n')
    .slice(0, line - 1)
    .join('\n')
  const open = before.lastIndexOf('{{')
  if (open < 0 || before.includes('}}', open)) return ''
  const begin = new Source(file, before).lineAt(open)
  return ` The action that begins in line ${begin} goes on to here: close it with "}}" if it should not.`
}

/** The end of a file is not where the mistake is. */
function spanOfUnclosed(file: string, { textOf }: Surroundings): SourceSpan | undefined {
  const text = textOf(file) ?? ''
  const offset = unclosedBlock(text)
  return offset === undefined ? undefined : new Source(file, text).span(offset)
}

/**
 * Turns a failure while a template ran into what people read, in Helm's words: one line for
 * `required` and `fail`, a trace from the file inwards where every step is known, else the
 * engine's own text.
 *
 * Source: Helm 4.1.4 pkg/engine/engine.go, reformatExecErrorMsg.
 */
export function executionFailure(error: TemplateError, around: Surroundings): PkgError {
  const chain = causesOf(error)
  const span = spanOf(
    chain.filter((cause) => cause instanceof TemplateError),
    around,
  )
  const isRefusal = warningOf(error.message) !== undefined
  return new PkgError('TEMPLATE_FAILED', shortened(helmText(error.message, chain)), {
    span,
    hint: isRefusal ? REFUSED_BY_CHART : adviceFor(error.message, around),
    cause: error,
  })
}

/** Characters kept at both ends of a trace that a thousand includes have made. */
const KEPT_OF_TRACE = 1000

function shortened(text: string): string {
  const left = text.length - 2 * KEPT_OF_TRACE
  if (left <= KEPT_OF_TRACE) return text
  return `${text.slice(0, KEPT_OF_TRACE)} … ${left} characters … ${text.slice(-KEPT_OF_TRACE)}`
}

function helmText(message: string, chain: readonly Error[]): string {
  const tokens = splitTokens(message)
  if (tokens === undefined) return message
  const { location, rest } = tokens
  const warning = warningOf(rest)
  if (warning !== undefined) return `execution error at (${location}): ${warning}`
  const traces: string[] = []
  for (const cause of chain) {
    const trace = traceOf(cause.message)
    if (trace === undefined) return message
    if (trace !== traces.at(-1)) traces.push(trace)
  }
  return trimSpace(traces.join(''))
}

function causesOf(error: Error): Error[] {
  const chain: Error[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) chain.push(at)
  return chain
}

function splitTokens(message: string): { location: string; rest: string } | undefined {
  const first = message.indexOf(': ')
  const second = first < 0 ? -1 : message.indexOf(': ', first + 2)
  if (second < 0) return undefined
  return { location: message.slice(first + 2, second), rest: message.slice(second + 2) }
}

export function warningOf(text: string): string | undefined {
  const start = text.indexOf(WARNING_START)
  const end = text.lastIndexOf(WARNING_END)
  if (start < 0 || end < start + WARNING_START.length) return undefined
  return text.slice(start + WARNING_START.length, end)
}

/** One step of the trace; undefined for an error that the template engine did not write. */
function traceOf(message: string): string | undefined {
  const prefix = 'template: '
  if (!message.startsWith(prefix)) return undefined
  const remainder = message.slice(prefix.length)
  if (remainder.startsWith('no template ')) return `${message}\n`
  return executingTrace(remainder) ?? simpleTrace(remainder)
}

/** `file:1:2: executing "name" at <node>: what went wrong`. */
function executingTrace(remainder: string): string | undefined {
  const executing = ': executing "'
  const start = remainder.indexOf(executing)
  if (start < 0) return undefined
  const nameEnd = remainder.indexOf('"', start + executing.length)
  if (nameEnd < 0 || !remainder.startsWith(' at <', nameEnd + 1)) return undefined
  const nodeEnd = remainder.indexOf('>: ', nameEnd)
  if (nodeEnd < 0) return undefined
  const node = remainder.slice(nameEnd + 6, nodeEnd)
  const name = remainder.slice(start + executing.length, nameEnd)
  const message = cutNextTemplate(remainder.slice(nodeEnd + 3))
  return trace(remainder.slice(0, start), `executing "${name}" at <${node}>:`, message)
}

/** `file:1:2: what went wrong`. */
function simpleTrace(remainder: string): string | undefined {
  const separator = remainder.lastIndexOf(': ')
  if (separator < 0) return undefined
  return trace(remainder.slice(0, separator), '', cutNextTemplate(remainder.slice(separator + 2)))
}

function cutNextTemplate(message: string): string {
  const next = message.indexOf(' template:')
  return next < 0 ? message : message.slice(0, next)
}

function trace(location: string, executing: string, message: string): string {
  const place = location === '' ? '' : `${location}\n  `
  const step = executing === '' ? '' : `${executing}\n    `
  return `${place}${step}${message === '' ? '' : `${message}\n`}`
}

/** The innermost place that lies in a file of the chart, not in a text given to `tpl`. */
function spanOf(chain: readonly TemplateError[], { textOf }: Surroundings): SourceSpan | undefined {
  return chain.toReversed().find(({ span }) => textOf(span.file) !== undefined)?.span
}
