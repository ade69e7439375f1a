export interface PemBlock {
  readonly type: string
  readonly bytes: Buffer
}

/**
 * Finds the first PEM block of a text; undefined when there is none.
 *
 * Source: Go's encoding/pem, `Decode`: lines with a colon at the top are headers.
 */
export function decodePem(text: string): PemBlock | undefined {
  let open: { type: string; lines: string[] } | undefined
  for (const line of text.split('\n')) {
    const mark = line.trimEnd()
    if (mark.startsWith(BEGIN) && mark.endsWith(DASHES)) {
      open = { type: mark.slice(BEGIN.length, -DASHES.length), lines: [] }
    } else if (open !== undefined && mark.startsWith('-----END ')) {
      const bytes = mark === `-----END ${open.type}${DASHES}` ? bytesOf(open.lines) : undefined
      if (bytes !== undefined) return { type: open.type, bytes }
      open = undefined
    } else open?.lines.push(line)
  }
  return undefined
}

const BEGIN = '-----BEGIN '
const DASHES = '-----'

function bytesOf(lines: readonly string[]): Buffer | undefined {
  const first = lines.findIndex((line) => !line.includes(':'))
  if (first < 0 && lines.length > 0) return undefined
  const data = lines
    .slice(Math.max(first, 0))
    .join('')
    .replaceAll(/[ \t\r]/g, '')
  if (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return undefined
  return Buffer.from(data, 'base64')
}

/** Writes a PEM block with lines of 64 characters. */
export function encodePem({ type, bytes }: PemBlock): string {
  const lines = bytes.toString('base64').replaceAll(/.{1,64}/g, '$&\n')
  return `-----BEGIN ${type}-----\n${lines}-----END ${type}-----\n`
}
