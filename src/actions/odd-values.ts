import { PkgError, type SourceSpan } from '../base/errors.ts'
import type { GoMap } from '../golang/value.ts'
import { unreadText, unreadValues, type SwitchedChart } from '../render/unread-values.ts'
import { duplicatesOf, sourcesOf } from '../values/compose-values.ts'
import { locateGiven } from '../values/locate-value.ts'

/** Something about a person's values that stops nothing but is hardly what was meant. */
interface Oddity {
  text: string
  span: SourceSpan | undefined
}

/**
 * Tells, a line each, of keys that stand twice in a person's files and of values that no
 * template read.
 *
 * @param given the person's values
 * @param traced values as templates had them; undefined when the defaults know all names
 * @throws PkgError VALUES_ODD with all of it when `isStrict`
 */
export function oddValues(
  charts: SwitchedChart,
  { given, traced }: { given: GoMap; traced: GoMap | undefined },
  isStrict: boolean,
): string[] {
  const odd = [...doubleKeys(charts, given, isStrict), ...unread(charts, given, traced)]
  if (odd.length === 0) return []
  const shown = odd.slice(0, MOST)
  const lines = shown.map(({ text, span }) => `${placeOf(span)}${text}`)
  if (odd.length > MOST) lines.push('… and more such values')
  if (!isStrict) return lines.map((line) => `warning: ${line}`)
  throw new PkgError('VALUES_ODD', `these values are hardly what was meant:`, {
    details: lines,
    span: odd.find(({ span }) => span?.line !== undefined)?.span,
    hint: 'Correct them, or go without --strict-values.',
  })
}

/** So many are told of; a file that is another chart's may hold thousands. */
const MOST = 10

/** Of the chart's own files, loading has told already; only strictness minds them again. */
function doubleKeys({ loaded }: SwitchedChart, given: GoMap, isStrict: boolean): Oddity[] {
  const own = isStrict ? loaded.warnings : []
  return [...own, ...duplicatesOf(given)].map(({ file, line, message }) => ({
    text: message,
    span: line === undefined ? { file } : { file, line },
  }))
}

function unread(charts: SwitchedChart, given: GoMap, traced: GoMap | undefined): Oddity[] {
  if (traced === undefined) return []
  const locate = locateGiven(sourcesOf(given))
  const odd: Oddity[] = []
  for (const value of unreadValues(charts, given, traced)) {
    odd.push({ text: unreadText(value), span: locate(value.path) })
    if (odd.length > MOST) break
  }
  return odd
}

function placeOf(span: SourceSpan | undefined): string {
  if (span === undefined) return ''
  return span.line === undefined ? `${span.file}: ` : `${span.file}:${span.line}: `
}
