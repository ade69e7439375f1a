import type { SourceSpan } from '../base/errors.ts'
import { quotableLine } from '../base/secret-keys.ts'
import { splitYamlDocuments } from './yaml-decode.ts'
import { YamlError } from './yaml-error.ts'
import { yamlLocator, type YamlPath } from './yaml-locate.ts'

/** A person's own file, and its text. */
export interface NamedText {
  /** Path as the person knows it. */
  name: string
  text: string
}

/**
 * Gives the place in a file with the text of its line, but for secrets. What is missing at the
 * end is missed behind the last line that has something in it.
 */
export function spanIn({ name, text }: NamedText, line: number, column: number): SourceSpan {
  const lines = text.split(/\r?\n/)
  const last = lines.findLastIndex((each) => each.trim() !== '')
  const isBehind = last >= 0 && line > last + 1
  const at = isBehind ? last : line - 1
  const place = isBehind ? (lines[at] ?? '').length + 1 : column
  return { file: name, line: at + 1, column: place, source: quotableLine(lines, at) }
}

/**
 * Finds where a YAML file sets the value at a path.
 *
 * @returns undefined when it does not, or when it is no YAML
 */
export function spanOfPath(file: NamedText, path: YamlPath): SourceSpan | undefined {
  return spanFinder(file)(path)
}

/** Like {@link spanOfPath}, for many paths: the text is read once, when the first is asked for. */
export function spanFinder(file: NamedText): (path: YamlPath) => SourceSpan | undefined {
  let locate: ReturnType<typeof yamlLocator> | undefined
  return (path) => {
    locate ??= locatorOf(file.text)
    const position = locate(path)
    return position && spanIn(file, position.line, position.column)
  }
}

/** Like {@link spanFinder}, in all documents of a file, of which the last that sets a value counts. */
export function spanFinderInAll(file: NamedText): (path: YamlPath) => SourceSpan | undefined {
  let locators: { locate: ReturnType<typeof yamlLocator>; offset: number }[] | undefined
  return (path) => {
    locators ??= locatorsOf(file.text).toReversed()
    for (const { locate, offset } of locators) {
      const position = locate(path)
      if (position !== undefined) return spanIn(file, position.line + offset, position.column)
    }
    return undefined
  }
}

function locatorsOf(text: string) {
  let offset = 0
  return documentsOf(text).map((document) => {
    const found = { locate: locatorOf(document), offset }
    // The line that ends a document is in none.
    offset += document.split('\n').length
    return found
  })
}

function documentsOf(text: string): string[] {
  try {
    return splitYamlDocuments(text)
  } catch (error) {
    if (error instanceof YamlError) return []
    throw error
  }
}

/** In a text that is no YAML, nothing is found. */
function locatorOf(text: string): ReturnType<typeof yamlLocator> {
  try {
    return yamlLocator(text)
  } catch (error) {
    if (error instanceof YamlError) return () => undefined
    throw error
  }
}

/** Says in one sentence what to do about text that is no YAML, or not the YAML that is wanted. */
export function yamlAdvice(message: string): string {
  return ADVICE.find(([pattern]) => pattern.test(message))?.[1] ?? 'Correct the YAML there.'
}

const ADVICE: readonly [RegExp, string][] = [
  [
    /mapping values are not allowed/,
    'Put quotes around a value that holds ": ", or correct the indentation.',
  ],
  [
    /cannot start any token/,
    'Indent with blanks, not with tabs, and put quotes around text that begins with "@", "%" or "`".',
  ],
  [
    /did not find expected key/,
    'Correct the indentation: keys of one map begin in one column; and let nothing follow the quote that ends a text.',
  ],
  [
    /block mapping|could not find expected ':'/,
    'Correct the indentation: keys of one map begin in one column, and a ":" follows each.',
  ],
  [/did not find expected ',' or|flow/, 'Close the bracket, or put a comma before what follows.'],
  [/invalid map key/, 'Put quotes around text that begins with "{" or "[".'],
  [/unknown anchor/, 'Define the anchor with "&" above, in the same document.'],
  [/alphabetic or numeric character/, 'Put quotes around text that begins with "*" or "&".'],
  [/document separator/, 'Put nothing behind "---".'],
  [/unsupported value: (?:[-+]?Inf|NaN)/, 'JSON has no such number; put quotes around it.'],
  [/unsupported map key/, 'Put quotes around the key.'],
  [/unexpected end of stream/, 'Close the quote.'],
  [/incompatible YAML document/, 'Take the line "%YAML" out, or write "%YAML 1.1".'],
  [/UTF-8|UTF-16|Unicode character/, 'Save the file as UTF-8.'],
  [/control characters/, 'Take the character out, or escape it in double quotes, as in "\\x07".'],
  [/into Go value of type map\[/, 'Make the top level a map: "name: value", one a line.'],
]
