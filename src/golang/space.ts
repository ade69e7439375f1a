const SPACE =
  '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const LEADING = new RegExp(`^[${SPACE}]+`)
const ANY_EDGE = new RegExp(`^[${SPACE}]|[${SPACE}]$`)
const ONE = new RegExp(`[${SPACE}]`)

/**
 * Cuts white space from both ends: Unicode's, as Go has it, so U+0085 but not U+FEFF.
 *
 * Source: Go strings.TrimSpace, unicode.IsSpace.
 */
export function trimSpace(text: string): string {
  if (!ANY_EDGE.test(text)) return text
  let end = text.length
  while (end > 0 && ONE.test(text.charAt(end - 1))) end--
  return text.slice(0, end).replace(LEADING, '')
}
