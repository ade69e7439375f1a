import { GoError } from '../golang/value.ts'

/**
 * Takes the quotation marks of either kind off a text and reads the escapes of Go inside.
 *
 * Source: k8s.io/client-go v0.35.1 util/jsonpath/parser.go, UnquoteExtend; strconv.UnquoteChar.
 *
 * @throws GoError with client-go's text
 */
export function unquoteEither(quoted: string): string {
  const quote = quoted.slice(0, 1)
  const inside = quoted.slice(1, -1)
  if (quoted.length < 2) throw refusal(quoted)
  return inside.replaceAll(ESCAPE, (_, body: string | undefined) => {
    if (body === undefined) throw refusal(quoted)
    const character = characterOf(body, quote)
    if (character === undefined) throw refusal(quoted)
    return character
  })
}

const ESCAPE = /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3}|[abfnrtv\\'"])|\\[\s\S]?/g

const SIMPLE: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

function characterOf(body: string, quote: string): string | undefined {
  const simple = SIMPLE[body]
  if (simple !== undefined) return simple
  if (body === '"' || body === "'") return body === quote ? body : undefined
  const isByte = /^[x0-7]/.test(body)
  const point = Number.parseInt(body.replace(/^[xuU]/, ''), /^[xuU]/.test(body) ? 16 : 8)
  if (!isByte) return isCharacter(point) ? String.fromCodePoint(point) : undefined
  if (point > 0xff) return undefined
  return String.fromCharCode(point < 0x80 ? point : 0xdc00 + point)
}

function isCharacter(point: number): boolean {
  return point <= 0x10_ffff && (point < 0xd800 || point > 0xdfff)
}

function refusal(quoted: string): GoError {
  return new GoError(`unquote string ${quoted} error invalid syntax`)
}
