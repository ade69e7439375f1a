/**
 * Cuts white space from both ends: Unicode's, as Go has it, so U+0085 but not U+FEFF.
 *
 * Source: Go strings.TrimSpace, unicode.IsSpace.
 */
export function trimSpace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 9 && unit <= 13)
  if (unit < 0x1680) return unit === 0x85 || unit === 0xa0
  if (unit >= 0x2000 && unit <= 0x200a) return true
  return OTHER_SPACES.includes(unit)
}

const OTHER_SPACES = [0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]
