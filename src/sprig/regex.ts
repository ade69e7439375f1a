import { fn, type GoFunction } from '../golang/function.ts'
import {
  compileRegexp,
  findAll,
  findFirst,
  quoteMeta,
  type Regexp,
  replaceAll,
  replaceAllLiteral,
  splitAt,
} from '../golang/regexp.ts'
import { canBackquote, quote } from '../golang/strconv.ts'
import { GoError, type GoInt, GoNil, STRINGS, strings, type Value } from '../golang/value.ts'
import { orZero } from './cast.ts'

type Compile = (pattern: string) => Regexp

/**
 * Gives the functions over Go's regular expressions. A pattern that cannot be compiled
 * matches nothing in `regexMatch`; all others fail.
 *
 * Source: Masterminds/sprig v3.3.0 regex.go.
 */
export function regexFunctions(): Record<string, GoFunction> {
  const plain = findersAndReplacers(compileOrPanic)
  const must = findersAndReplacers(compileRegexp)
  const matches = (pattern: string, text: string): boolean =>
    compileRegexp(pattern).exec(text, 0) !== undefined
  return {
    regexMatch: fn(['string', 'string'], (pattern: string, text: string) =>
      orZero(() => matches(pattern, text), false),
    ),
    mustRegexMatch: fn(['string', 'string'], matches),
    regexQuoteMeta: fn(['string'], quoteMeta),
    ...plain,
    ...Object.fromEntries(
      Object.entries(must).map(([name, declared]) => [`mustR${name.slice(1)}`, declared]),
    ),
  }
}

function findersAndReplacers(compile: Compile): Record<string, GoFunction> {
  return {
    regexFind: fn(['string', 'string'], (pattern: string, text: string) =>
      findFirst(compile(pattern), text),
    ),
    regexFindAll: fn(['string', 'string', 'int'], (pattern: string, text: string, most: GoInt) =>
      list(findAll(compile(pattern), text, Number(most.value))),
    ),
    regexSplit: fn(['string', 'string', 'int'], (pattern: string, text: string, most: GoInt) =>
      list(splitAt(compile(pattern), text, Number(most.value))),
    ),
    regexReplaceAll: fn(
      ['string', 'string', 'string'],
      (pattern: string, text: string, template: string) =>
        replaceAll(compile(pattern), text, template),
    ),
    regexReplaceAllLiteral: fn(
      ['string', 'string', 'string'],
      (pattern: string, text: string, by: string) => replaceAllLiteral(compile(pattern), text, by),
    ),
  }
}

function list(found: string[] | undefined): Value {
  return found === undefined ? new GoNil('slice', STRINGS) : strings(found)
}

/** Tells of the pattern first, as Go's regexp.MustCompile. */
function compileOrPanic(pattern: string): Regexp {
  try {
    return compileRegexp(pattern)
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    const quoted = canBackquote(pattern) ? `\`${pattern}\`` : quote(pattern)
    throw new GoError(`regexp: Compile(${quoted}): ${error.message}`)
  }
}
