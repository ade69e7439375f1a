/**
 * Reads the texts of a header `Warning`: `299 - "policy/v1beta1 is deprecated"`.
 *
 * Source: RFC 7234, section 5.5; the API server sends code 299 and agent `-` only.
 */
export function readWarnings(header: string | undefined): string[] {
  if (header === undefined) return []
  const texts = header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)
  return [...texts].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'))
}
