import type { PkgError, SourceSpan } from '../base/errors.ts'
import { hideUserinfo } from '../base/shown-address.ts'
import type { ErrorDocument } from '../types/error.ts'
import { term } from './term.ts'

/**
 * A failure as people read it: Helm's first line, then place, hint and code. Whatever it names,
 * addresses are shown without user and password.
 *
 * @param options.json one JSON object on one line instead
 */
export function viewError(error: PkgError, options: { json?: boolean } = {}): string {
  if (options.json === true) return `${hideUserinfo(JSON.stringify(toDocument(error)))}\n`
  const lines = [`Error: ${error.message.trimEnd()}`, ...error.details]
  if (error.span !== undefined) lines.push(...viewSpan(error.span))
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`)
  lines.push(`  code: ${error.code}`)
  return `${lines.map((line) => term(hideUserinfo(line))).join('\n')}\n`
}

/** The failure's place with the line and a caret under the column. */
function viewSpan(span: SourceSpan): string[] {
  const place = [span.file, span.line, span.column].filter((part) => part !== undefined).join(':')
  if (span.line === undefined || span.source === undefined) return [`  --> ${place}`]
  const number = String(span.line)
  const gutter = ' '.repeat(number.length)
  const lines = [`  --> ${place}`, `  ${gutter} |`, `  ${number} | ${span.source}`]
  if (span.column !== undefined) {
    const before = term(span.source.slice(0, span.column - 1)).replaceAll(/[^\t]/g, ' ')
    lines.push(`  ${gutter} | ${before}^`)
  }
  return lines
}

function toDocument(error: PkgError): ErrorDocument {
  const { message, code, hint, span, details } = error
  return {
    error: {
      code,
      message,
      ...(hint !== undefined && { hint }),
      ...(span !== undefined && { span }),
      ...(details.length > 0 && { details: [...details] }),
    },
  }
}
