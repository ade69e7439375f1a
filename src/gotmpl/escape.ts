/* Source: Go's text/template/funcs.go, `HTMLEscape` and `JSEscape`; net/url, `QueryEscape`. */
import { toBytes } from '../golang/bytes.ts'
import { isPrintable } from '../golang/printable.ts'

const HTML: Readonly<Record<string, string>> = {
  '\0': '\uFFFD',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (character) => HTML[character] ?? character)
}

/** Escapes text for a JavaScript string in either kind of quotes. */
export function escapeJs(text: string): string {
  return text.replaceAll(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, (character) => {
    const known = JS[character]
    if (known !== undefined) return known
    const point = character.codePointAt(0) ?? 0
    // A byte that is no UTF-8 counts as U+FFFD, which prints, but stays as it is.
    const isByte = point >= 0xd800 && point <= 0xdfff
    if (isByte || (point > 0x7f && isPrintable(point))) return character
    return `\\u${point.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

/** Escapes text for the query of a URL; a space becomes a plus sign. */
export function escapeQuery(text: string): string {
  if (/^[A-Za-z0-9\-_.~]*$/.test(text)) return text
  let escaped = ''
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte)
    if (/[A-Za-z0-9\-_.~]/.test(character)) escaped += character
    else if (byte === 32) escaped += '+'
    else escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return escaped
}
