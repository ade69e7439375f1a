/*
 * Whether texts of a Chart.yaml are e-mail addresses and URLs, as Helm judges.
 *
 * Source: IsEmail, IsURL and IsRequestURL of github.com/asaskevich/govalidator v11 over
 * net/url of Go.
 */
import { byteLength, runes } from '../golang/bytes.ts'
import { compileRegexp, type Regexp } from '../golang/regexp.ts'
import { GoError } from '../golang/value.ts'
import { parseUrl, type Url } from '../sprig/url.ts'

/** Whether a text is an e-mail address whose domain has a dot. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  if (at < 0 || !LOCAL_PART.test(text.slice(0, at))) return false
  const domain = text.slice(at + 1).replace(/\.$/, '')
  const dot = domain.lastIndexOf('.')
  return dot > 0 && DOMAIN.test(domain.slice(0, dot)) && LAST_LABEL.test(domain.slice(dot + 1))
}

/** Whether a text is a host, perhaps with scheme, user, port and path around it. */
export function isUrl(text: string): boolean {
  if (byteLength(text) <= 3 || runes(text).length >= 2083 || text.startsWith('.')) return false
  const isBarePort = text.includes(':') && !text.includes('://')
  const url = tryParse(isBarePort ? `http://${text}` : text)
  if (url === undefined || url.host.startsWith('.')) return false
  if (url.host === '' && url.path !== '' && !url.path.includes('.')) return false
  return ORDINARY_URL.test(text) || isUrlByPattern(text)
}

/** A part of what {@link isUrlByPattern} takes, which costs as much as the rest of a small lint. */
const ORDINARY_URL =
  /^https?:\/\/[a-zA-Z0-9]{2,}(?:[-.][a-zA-Z0-9]+)*[-.][a-zA-Z0-9]{2,}(?::\d{1,5})?(?:[/?#]\S*)?$/

/** Whether a text has the parts of a URL, as the library's pattern has them. */
export function isUrlByPattern(text: string): boolean {
  urlPattern ??= compileRegexp(urlSyntax())
  return urlPattern.test(text)
}

/** Whether a text is a URL with a scheme that an HTTP request could carry. */
export function isRequestUrl(text: string): boolean {
  // There are no fragments in requests: the number sign is one more character.
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?]*#/.test(text)) return false
  const url = tryParse(text.replaceAll('#', '%23'))
  return url !== undefined && url.scheme !== ''
}

function tryParse(text: string): Url | undefined {
  try {
    return parseUrl(text)
  } catch (error) {
    if (error instanceof GoError) return undefined
    throw error
  }
}

const WIDE = '\\u00A0-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFEF'
const LETTER = `a-zA-Z${WIDE}`
const ATOM = `[${LETTER}0-9!#$%&'*+\\-/=?^_\`{|}~]+`
const BLANKS = '(?:(?:[ \\t]*\\r\\n)?[ \\t]+)?'
const QUOTABLE = `[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\x21\\x23-\\x5b\\x5d-\\x7e${WIDE}]`
/** A quotation mark before every character: the library repeats the wrong group. */
const QUOTED = `(?:"${BLANKS}(?:${QUOTABLE}|\\([\\x01-\\x09\\x0b-\\x7f]))*${BLANKS}"`
const LOCAL_PART = new RegExp(`^(?:${ATOM}(?:\\.${ATOM})*|${QUOTED})$`)
/** All labels but the last, which together may hold any dots inside. */
const DOMAIN = new RegExp(`^[${LETTER}0-9](?:[${LETTER}0-9\\-._~]*[${LETTER}0-9])?$`)
const LAST_LABEL = new RegExp(`^[${LETTER}](?:[${LETTER}0-9\\-_~]*[${LETTER}])?$`)

let urlPattern: Regexp | undefined

/** RE2 runs it, because its repetitions stand inside each other. */
function urlSyntax(): string {
  const scheme = '(?:(?:ftp|tcp|udp|wss?|https?)://)?'
  const user = '(?:\\S+(?::\\S*)?@)?'
  const label = '[a-zA-Z0-9](?:[a-zA-Z0-9_-]+)?[a-zA-Z0-9](?:[-.][a-zA-Z0-9]+)*'
  const subdomain = 'www\\.|[a-zA-Z0-9]+(?:[-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\\.[a-zA-Z0-9]+'
  const wide = 'a-zA-Z\\x{00a1}-\\x{ffff}'
  const name = `(?:[${wide}0-9]+-?-?)*[${wide}0-9]+(?:\\.[${wide}]+)?`
  const host = `${ipv4()}|\\[(?:${ipv6()})\\]|(?:${label}|${subdomain})?${name}`
  return `^${scheme}${user}(?:${host})\\.?(?::\\d{1,5})?(?:[/?#]\\S*)?$`
}

function ipv4(): string {
  const first = '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3]|24\\d|25[0-5])'
  const last = '(?:[0-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])'
  return `${first}(?:\\.(?:\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])){2}\\.${last}`
}

function ipv6(): string {
  const group = '[0-9a-fA-F]{1,4}'
  const byte = '(?:25[0-5]|(?:2[0-4]|1?[0-9])?[0-9])'
  const dotted = `(?:${byte}\\.){3}${byte}`
  const shortened = [1, 2, 3, 4, 5, 6].map(
    (after) => `(?:${group}:){1,${7 - after}}(?::${group}){1,${after}}`,
  )
  return [
    `(?:${group}:){7}${group}`,
    `(?:${group}:){1,7}:`,
    ...shortened,
    `:(?:(?::${group}){1,7}|:)`,
    'fe80:(?::[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+',
    `::(?:ffff(?::0{1,4})?:)?${dotted}`,
    `(?:${group}:){1,4}:${dotted}`,
  ].join('|')
}
