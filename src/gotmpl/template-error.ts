import type { SourceSpan } from '../base/errors.ts'
import { quote } from '../golang/strconv.ts'
import { type NamedNode, sourceOf } from './nodes.ts'
import type { Source } from './source.ts'

/**
 * A failure of a template, in Go's words.
 *
 * When templates call each other, the failure of the inner one is the `cause` of the outer
 * one's, with a function's error between them.
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly kind: 'syntax' | 'exec'
  /** Name under which the template's text was parsed; for a file of a chart its path. */
  readonly templateName: string
  /** Where in that text, as people count: characters from 1. */
  readonly span: SourceSpan

  constructor(
    message: string,
    where: { kind: 'syntax' | 'exec'; span: SourceSpan; cause?: unknown },
  ) {
    super(message, where.cause === undefined ? {} : { cause: where.cause })
    this.kind = where.kind
    this.templateName = where.span.file
    this.span = where.span
  }

  /** Line of the failure, from 1. */
  get line(): number | undefined {
    return this.span.line
  }

  /** Column of the failure in characters, from 1. */
  get column(): number | undefined {
    return this.span.column
  }
}

/**
 * A template that cannot be parsed: `template: NAME:LINE: MESSAGE`.
 *
 * @param where offsets: `told` is in the line that the message tells, `at` is the mistake
 */
export function syntaxError(
  source: Source,
  where: { told: number; at: number },
  message: string,
): TemplateError {
  const line = source.lineAt(where.told)
  return new TemplateError(`template: ${source.name}:${line}: ${message}`, {
    kind: 'syntax',
    span: source.span(where.at),
  })
}

/**
 * A template that failed when it was executed:
 * `template: FILE:LINE:COLUMN: executing "NAME" at <EXPRESSION>: MESSAGE`.
 *
 * @param where `at` is the offset of the node, which may be shared by several places
 * @param cause the failure of the function that was called
 */
export function executionError(
  where: { source: Source; templateName: string; node: NamedNode; at: number },
  message: string,
  cause?: unknown,
): TemplateError {
  const { source, templateName, node, at } = where
  const place = `${source.describe(at)}: executing ${quote(templateName)}`
  return new TemplateError(`template: ${place} at <${sourceOf(node)}>: ${message}`, {
    kind: 'exec',
    span: source.span(at),
    cause,
  })
}
