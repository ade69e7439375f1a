import { byteLength, sliceBytes, toBytes } from '../golang/bytes.ts'
import type { Mark } from './yaml-cursor.ts'
import { yamlError } from './yaml-cursor.ts'
import type { YamlError } from './yaml-error.ts'

/** Text whose characters all may stand in YAML and whose lines all end with a line feed. */
export function isSimpleText(text: string): boolean {
  return !UNUSUAL.test(text)
}

export interface ReadableText {
  /** The text up to where Helm stops reading. */
  readonly text: string
  /** What Helm reports when it needs more than `text`. */
  readonly refusal: YamlError | undefined
}

/**
 * Cuts a text before the first character that YAML forbids or that is not UTF-8.
 *
 * goyaml reads 512 bytes at a time and refuses a character only when it comes to read the
 * bytes it stands among, so a document that ends before is accepted.
 *
 * Source: readerc.go of go.yaml.in/yaml/v2.
 */
export function readableYaml(text: string, line: number): ReadableText {
  const at = text.search(REFUSED)
  if (at < 0) return { text, refusal: undefined }
  const chunk = byteLength(text.slice(0, at)) & -512
  const refusal = yamlError(problemAt(text, at), { goLine: 0, mark: markAt(text, at, line) })
  return { text: sliceBytes(text, 0, chunk), refusal }
}

function problemAt(text: string, at: number): string {
  const unit = text.charCodeAt(at)
  if (unit < 0xdc80 || unit > 0xdcff) return 'control characters are not allowed'
  const bytes = toBytes(text.slice(at, at + 4))
  const [leading = 0, second = 0] = bytes
  const length = utf8Length(leading)
  if (length < 2) return 'invalid leading UTF-8 octet'
  if (bytes.length < length) return 'incomplete UTF-8 octet sequence'
  for (const byte of bytes.subarray(1, length)) {
    if ((byte & 0xc0) !== 0x80) return 'invalid trailing UTF-8 octet'
  }
  const shortest = length === 2 ? 0xc280 : length === 3 ? 0xe0a0 : 0xf090
  if (leading * 256 + second < shortest) return 'invalid length of a UTF-8 sequence'
  return 'invalid Unicode character'
}

/** Bytes of the character that starts with this one; 0 where none does. */
export function utf8Length(leading: number): number {
  if (leading < 0x80) return 1
  if (leading < 0xc0) return 0
  if (leading < 0xe0) return 2
  if (leading < 0xf0) return 3
  return leading < 0xf8 ? 4 : 0
}

function markAt(text: string, at: number, line: number): Mark {
  const before = text.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  return { at, line: line + before.split('\n').length - 1, column: at - lineStart }
}

const UNUSUAL =
  /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
/** Control characters, the two non-characters, and the halves of pairs that stand for bytes. */
const REFUSED =
  /[\0-\x08\v\f\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|(?<![\ud800-\udbff])[\udc80-\udcff]/
