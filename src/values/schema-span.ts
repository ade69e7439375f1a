import type { SourceSpan } from '../base/errors.ts'
import { offsetOfJsonError } from '../encoding/json-error.ts'
import { spanFinder, spanIn, type NamedText } from '../encoding/yaml-span.ts'

/**
 * Finds what is wrong in a schema that cannot be used: where it is no JSON, the keyword that the
 * message names deepest, or the reference that leads nowhere.
 *
 * @param message as the check of the schema has it
 */
export function spanOfSchemaError(file: NamedText, message: string): SourceSpan {
  const { name, text } = file
  const offset = offsetOfJsonError(text) ?? offsetOfReference(text, message)
  if (offset !== undefined) {
    const before = text.slice(0, offset)
    return spanIn(file, before.split('\n').length, offset - before.lastIndexOf('\n'))
  }
  const places = [...message.matchAll(/at '((?:[^'\\]|\\.)*)':/g)].map(
    ([, pointer = '']) => pointer,
  )
  const deepest = places.reduce((best, each) => (each.length >= best.length ? each : best), '')
  const path = deepest.split('/').slice(1).map(unescaped)
  return (path.length > 0 ? spanFinder(file)(path) : undefined) ?? { file: name }
}

/** Of `json-pointer in "file:///values.schema.json#/definitions/x" not found` and its like. */
function offsetOfReference(text: string, message: string): number | undefined {
  const [, address = ''] = /"(?:file:\/\/\/values\.schema\.json)?([^"]+)"/.exec(message) ?? []
  const at = address === '' ? -1 : text.indexOf(JSON.stringify(address))
  return at < 0 ? undefined : at
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
