import { quote } from '../golang/strconv.ts'
import { SECRET_KEY } from '../base/secret-keys.ts'
import { pointerTo } from './schema-uri.ts'

/** Why a value does not meet a schema, as a tree. */
export interface Failure {
  /** Steps to the value, from the outermost. */
  readonly path: readonly string[]
  /**
   * `group` holds several failures of one schema, `reference` those behind a `$ref`,
   * `schema` is the root; all others speak for themselves.
   */
  readonly kind: 'group' | 'reference' | 'schema' | 'plain'
  readonly text: string
  readonly causes: readonly Failure[]
  /** Names of the value that the schema does not allow, and those that it declares. */
  readonly refused?: RefusedNames
  /** Steps to the map that has the name which failed: names are checked as values of their own. */
  readonly nameIn?: readonly string[]
}

export interface RefusedNames {
  names: readonly string[]
  declared: readonly string[]
}

/** Stands for any failure where only yes or no is asked for. */
export const FAILED: Failure = { path: [], kind: 'plain', text: '', causes: [] }

/**
 * Prints a failure and its causes, one line each, indented below what they explain.
 *
 * Source: santhosh-tekuri/jsonschema v6 output.go, `display`.
 */
export function describeFailure(failure: Failure): string {
  return display(failure, ({ path, text }) => quotable(path, text))
}

/** Prints why a schema is none; all of it may be told, as a schema holds no person's values. */
export function describeSchemaFailure(failure: Failure): string {
  return display(failure, ({ text }) => text)
}

/** The failures that have no causes of their own; a name fails as one, whatever is wrong with it. */
export function leavesOf(failure: Failure): Failure[] {
  const { nameIn } = failure
  if (nameIn !== undefined) return [{ ...failure, path: nameIn, causes: [] }]
  if (failure.causes.length === 0) return [failure]
  return failure.causes.flatMap(leavesOf)
}

/** Quotes as messages do, in single quotes. */
export function quoteSingle(text: string): string {
  const inner = quote(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", "\\'")
  return `'${inner}'`
}

function display(root: Failure, textOf: (failure: Failure) => string): string {
  const lines: string[] = []
  const addLines = (failure: Failure, indent: number): void => {
    let inner = indent
    const isTransparent = failure.kind === 'reference' && failure.causes.length === 1
    if (!isTransparent) {
      const bullet = indent > 0 ? `${'  '.repeat(indent - 1)}- ` : ''
      lines.push(bullet + lineOf(failure, textOf(failure)))
      inner++
    }
    for (const cause of failure.causes) addLines(cause, inner)
  }
  addLines(root, 0)
  return lines.join('\n')
}

function lineOf({ kind, path, text }: Failure, shown: string): string {
  return kind === 'schema' ? text : `at ${quoteSingle(pointerTo('', ...path))}: ${shown}`
}

/** Messages that begin with the value: of a pattern, a format, a comparison. */
const QUOTED_VALUE = /^'(?:[^'\\]|\\.)*'(?= (?:does not match pattern|is not valid) )/

/** What a secret holds is not for a message, unlike all other values. */
function quotable(path: readonly string[], text: string): string {
  return path.some((key) => SECRET_KEY.test(key)) ? text.replace(QUOTED_VALUE, '[hidden]') : text
}
