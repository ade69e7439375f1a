import { compileRegexp } from '../golang/regexp.ts'
import { quote } from '../golang/strconv.ts'
import { GoError } from '../golang/value.ts'
import type { Pattern } from './schema-node.ts'

/**
 * Compiles a regular expression of a schema, by Go's syntax and in linear time.
 *
 * @param location where the schema has it, for the message
 * @throws GoError with the text of Helm's validator
 */
export function compilePattern(source: string, location: string): Pattern {
  try {
    const regexp = compileRegexp(source)
    return { source, matches: (text) => regexp.test(text) }
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    throw new GoError(`invalid regex ${quote(source)} at ${quote(location)}: ${error.message}`)
  }
}
