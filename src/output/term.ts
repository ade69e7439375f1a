/** C0 and C1 controls, bidirectional marks and characters without width; not newline and tab. */
const OBEYED =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\r(?!\n)/g

/**
 * Makes text of strangers safe to show: what a terminal would obey or hide is spelled as
 * `\x1b` or `\u202e`. Every view passes what it did not write itself through this.
 */
export function term(text: string): string {
  return text.replaceAll(OBEYED, spell)
}

function spell(character: string): string {
  const code = character.charCodeAt(0)
  const digits = code.toString(16)
  return code < 256 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`
}
