import { PkgError, type SourceSpan } from '../base/errors.ts'
import { trimSpace } from '../golang/space.ts'
import { TemplateError } from '../gotmpl/template-error.ts'

/** Marks around the message of `required` and `fail`, by which Helm finds it again. */
const WARNING_START = 'HELM_ERR_START'
const WARNING_END = 'HELM_ERR_END'

/** Whether a name in an error is that of a template file. */
export type IsFile = (path: string) => boolean

/** Wraps a message that shall reach people without the trace around it. */
export function wrapWarning(message: string): string {
  return WARNING_START + message + WARNING_END
}

/**
 * Turns a syntax error of the template engine into what people read, in Helm's words.
 *
 * Source: Helm 4.1.4 pkg/engine/engine.go, cleanupParseError.
 */
export function parseFailure(file: string, error: TemplateError, isFile: IsFile): PkgError {
  const tokens = error.message.split(': ')
  const last = tokens.at(-1) ?? ''
  const text =
    tokens.length === 1
      ? `parse error in (${file}): ${error.message}`
      : `parse error at (${tokens[1] ?? ''}): ${last}`
  const span = spanOf([error], isFile)
  return new PkgError('TEMPLATE_SYNTAX', text, { span, cause: error })
}

/**
 * Turns a failure while a template ran into what people read, in Helm's words: one line for
 * `required` and `fail`, a trace from the file inwards where every step is known, else the
 * engine's own text.
 *
 * Source: Helm 4.1.4 pkg/engine/engine.go, reformatExecErrorMsg.
 */
export function executionFailure(error: TemplateError, isFile: IsFile): PkgError {
  const chain = causesOf(error)
  const span = spanOf(
    chain.filter((cause) => cause instanceof TemplateError),
    isFile,
  )
  return new PkgError('TEMPLATE_FAILED', helmText(error.message, chain), { span, cause: error })
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
function spanOf(chain: readonly TemplateError[], isFile: IsFile): SourceSpan | undefined {
  return chain.toReversed().find(({ span }) => isFile(span.file))?.span
}
