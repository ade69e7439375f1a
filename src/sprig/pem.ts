export interface PemBlock {
  readonly type: string
  readonly bytes: Buffer
}

/** Finds the first PEM block of a text; undefined when there is none. */
export function decodePem(text: string): PemBlock | undefined {
  const pattern = /^-----BEGIN ([^\n]*?)-----[ \t\r]*\n([\s\S]*?)^-----END \1-----/gm
  for (const [, type = '', body = ''] of text.matchAll(pattern)) {
    const data = body.replace(/^(?:[^\n]*: [^\n]*\n)+\r?\n/, '').replaceAll(/\s/g, '')
    if (/^[A-Za-z0-9+/]*={0,2}$/.test(data) && data.length % 4 === 0) {
      return { type, bytes: Buffer.from(data, 'base64') }
    }
  }
  return undefined
}

/** Writes a PEM block with lines of 64 characters. */
export function encodePem({ type, bytes }: PemBlock): string {
  const lines = bytes.toString('base64').replaceAll(/.{1,64}/g, '$&\n')
  return `-----BEGIN ${type}-----\n${lines}-----END ${type}-----\n`
}
