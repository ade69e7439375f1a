/**
 * The bytes of a name or password as URLs have them: a `%` that stands for itself stays, and
 * what is encoded need not be UTF-8.
 */
export function percentDecoded(text: string): Buffer {
  const bytes = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1')
}
